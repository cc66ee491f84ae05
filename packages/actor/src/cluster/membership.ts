import type { Advertised } from "../system-api.ts";

/** What a node tells the others about itself. */
export interface Heartbeat {
  readonly node: string;
  /** Greater for a later start of a node of the same name. */
  readonly incarnation: number;
  /** Grows when the advertised actors change. */
  readonly version: number;
  readonly actors: readonly Advertised[];
}

interface Member extends Heartbeat {
  readonly heardAt: number;
}

/** How the view of the cluster changed. */
export type MembershipChange = {
  readonly kind: "node-joined" | "node-left" | "node-lost";
  readonly node: string;
};

/**
 * Who is there, as one node sees it. A pure state machine: time comes in with each call, as
 * monotonic milliseconds.
 *
 * A node is lost when it was silent for `suspectMs`, counted only while this node itself was
 * awake: when its own timers ran late it may have missed what others said, so their time is
 * stretched by the delay (as Lifeguard does for SWIM).
 */
export class Membership {
  readonly #members = new Map<string, Member>();
  readonly #self: string;
  readonly #suspectMs: number;

  constructor(self: string, suspectMs: number) {
    this.#self = self;
    this.#suspectMs = suspectMs;
  }

  heard(beat: Heartbeat, now: number): readonly MembershipChange[] {
    const known = this.#members.get(beat.node);
    if (beat.node === this.#self) return [];
    if (known !== undefined && beat.incarnation < known.incarnation) return [];
    this.#members.set(beat.node, { ...beat, heardAt: now });
    if (known === undefined) return [{ kind: "node-joined", node: beat.node }];
    if (known.incarnation === beat.incarnation) return [];
    return [
      { kind: "node-lost", node: beat.node },
      { kind: "node-joined", node: beat.node },
    ];
  }

  left(node: string, incarnation: number): readonly MembershipChange[] {
    const known = this.#members.get(node);
    if (known === undefined || known.incarnation > incarnation) return [];
    this.#members.delete(node);
    return [{ kind: "node-left", node }];
  }

  /** @param lateMs how late this node's own timer fired */
  tick(now: number, lateMs: number): readonly MembershipChange[] {
    const changes: MembershipChange[] = [];
    for (const [node, member] of this.#members) {
      if (lateMs > 0) this.#members.set(node, { ...member, heardAt: member.heardAt + lateMs });
      else if (now - member.heardAt >= this.#suspectMs) {
        this.#members.delete(node);
        changes.push({ kind: "node-lost", node });
      }
    }
    return changes;
  }

  /** Other nodes, sorted. */
  nodes(): readonly string[] {
    return [...this.#members.keys()].sort();
  }

  /** Actors of other nodes that advertise the capability. */
  find(capability: string): readonly Advertised[] {
    return [...this.#members.values()].flatMap(({ actors }) =>
      actors.filter(({ capabilities }) => capabilities.includes(capability)),
    );
  }
}
