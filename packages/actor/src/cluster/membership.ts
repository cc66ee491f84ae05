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

interface Farewell {
  readonly incarnation: number;
  readonly heardAt: number;
}

/**
 * Who is there, as one node sees it. A pure state machine: time comes in with each call, as
 * monotonic milliseconds.
 *
 * A node is lost when it was silent for `suspectMs`, counted only while this node itself was
 * awake: when its own timers ran late it may have missed what others said, so their time is
 * stretched by the delay (as Lifeguard does for SWIM).
 *
 * What is known of a node never goes back to an earlier version or incarnation while it is a
 * member, nor for `suspectMs` after its farewell. After a loss nothing is remembered: a heartbeat
 * that was under way for longer than `suspectMs` would be believed.
 */
export class Membership {
  readonly #members = new Map<string, Member>();
  /** Of nodes that have left: heartbeats may come after the farewell they were sent before. */
  readonly #farewells = new Map<string, Farewell>();
  readonly #self: string;
  readonly #suspectMs: number;

  constructor(self: string, suspectMs: number) {
    this.#self = self;
    this.#suspectMs = suspectMs;
  }

  heard(beat: Heartbeat, now: number): readonly MembershipChange[] {
    const known = this.#members.get(beat.node);
    if (beat.node === this.#self || this.#hasLeft(beat)) return [];
    if (known !== undefined && beat.incarnation < known.incarnation) return [];
    // Heartbeats of two connections, a node's own and its pulse's, can overtake each other.
    const newest = known !== undefined && isNewer(known, beat) ? known : beat;
    this.#members.set(beat.node, { ...newest, heardAt: now });
    if (known === undefined) return [{ kind: "node-joined", node: beat.node }];
    if (known.incarnation === beat.incarnation) return [];
    return [
      { kind: "node-lost", node: beat.node },
      { kind: "node-joined", node: beat.node },
    ];
  }

  left(node: string, incarnation: number, now: number): readonly MembershipChange[] {
    const known = this.#members.get(node);
    if (known !== undefined && known.incarnation > incarnation) return [];
    const farewell = this.#farewells.get(node);
    if (farewell === undefined || farewell.incarnation <= incarnation) {
      this.#farewells.set(node, { incarnation, heardAt: now });
    }
    if (!this.#members.delete(node)) return [];
    return [{ kind: "node-left", node }];
  }

  /** @param lateMs how late this node's own timer fired */
  tick(now: number, lateMs: number): readonly MembershipChange[] {
    const changes: MembershipChange[] = [];
    for (const [node, { heardAt }] of this.#farewells) {
      if (lateMs <= 0 && now - heardAt >= this.#suspectMs) this.#farewells.delete(node);
    }
    for (const [node, member] of this.#members) {
      if (lateMs > 0) {
        // What came while this node slept is heard on waking, before the timer: no later than now.
        const heardAt = Math.min(now, member.heardAt + lateMs);
        this.#members.set(node, { ...member, heardAt });
      } else if (now - member.heardAt >= this.#suspectMs) {
        this.#members.delete(node);
        changes.push({ kind: "node-lost", node });
      }
    }
    return changes;
  }

  #hasLeft({ node, incarnation }: Heartbeat): boolean {
    const farewell = this.#farewells.get(node);
    return farewell !== undefined && incarnation <= farewell.incarnation;
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

function isNewer(one: Heartbeat, other: Heartbeat): boolean {
  return one.incarnation === other.incarnation && one.version > other.version;
}
