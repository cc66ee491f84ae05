import { z } from "zod";
import type { Cancel } from "../ports/clock.ts";
import type { Ports } from "../ports/ports.ts";
import type { Subscription, TransportMessage } from "../ports/transport.ts";
import { livesOn } from "../remote/address.ts";
import { pack, unpack } from "../remote/codec.ts";
import type { Advertised, Cluster } from "../system-api.ts";
import { Membership, type MembershipChange } from "./membership.ts";

const advertisedShape = z.object({
  address: z.string(),
  node: z.string(),
  capabilities: z.array(z.string()),
});
const noticeShape = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("beat"),
    node: z.string(),
    incarnation: z.number(),
    version: z.number(),
    actors: z.array(advertisedShape),
    /** Set by a node that has just come: the others answer at once. */
    hello: z.boolean(),
  }),
  z.object({ kind: z.literal("leave"), node: z.string(), incarnation: z.number() }),
]);
type Notice = z.output<typeof noticeShape>;

interface GossipOptions {
  /** Each node speaks on this subject and its own name. */
  readonly subject: string;
  readonly node: string;
  readonly ports: Ports;
  readonly heartbeatMs: number;
  readonly suspectMs: number;
  readonly changed: (change: MembershipChange) => void;
}

/**
 * Advertised actors for which a change is told one millisecond later after the change before it: each notice
 * names all of them, so that many changes, one by one, would otherwise cost the square of their number.
 */
const actorsToldPerMs = 100;

/** Lateness of a heartbeat timer, as a share of its period, above which this node has slept. */
const sleptShare = 0.5;

/** Tells the other nodes that this one is there, and with which actors; and keeps the view of them. */
export class Gossip implements Cluster {
  readonly #options: GossipOptions;
  readonly #membership: Membership;
  readonly #incarnation: number;
  readonly #subscription: Subscription;
  /** What this node advertises, by address. */
  readonly #actors = new Map<string, Advertised>();
  /** What was looked up since anything was last heard that may have changed it. */
  readonly #found = new Map<string, readonly Advertised[]>();
  #version = 0;
  #cancelBeat: Cancel | undefined;
  #announcing = false;
  #announcedAt = Number.NEGATIVE_INFINITY;
  #left = false;

  constructor(options: GossipOptions) {
    this.#options = options;
    this.#membership = new Membership(options.node, options.suspectMs);
    this.#incarnation = options.ports.clock.now();
    this.#subscription = options.ports.transport.subscribe(`${options.subject}.*`, (m) =>
      this.#heard(m),
    );
    this.#beat(true);
    this.#arm();
  }

  nodes(): readonly string[] {
    return [...this.#membership.nodes(), this.#options.node].sort();
  }

  find(capability: string): readonly Advertised[] {
    const known = this.#found.get(capability);
    if (known !== undefined) return known;
    const mine = [...this.#actors.values()].filter(({ capabilities }) =>
      capabilities.includes(capability),
    );
    const found = [...mine, ...this.#membership.find(capability)].sort((a, b) =>
      a.address < b.address ? -1 : 1,
    );
    this.#found.set(capability, found);
    return found;
  }

  /** From now on this node advertises the actor. Changes made in one turn are told together. */
  advertise(actor: Advertised): void {
    this.#actors.set(actor.address, actor);
    this.#changed(actor);
  }

  /** From now on this node does not advertise what lives at the address. */
  withdraw(address: string): void {
    const actor = this.#actors.get(address);
    if (actor === undefined) return;
    this.#actors.delete(address);
    this.#changed(actor);
  }

  #changed({ capabilities }: Advertised): void {
    for (const capability of capabilities) this.#found.delete(capability);
    this.#version += 1;
    if (this.#announcing || this.#left) return;
    this.#announcing = true;
    const { clock } = this.#options.ports;
    const pause = Math.floor(this.#actors.size / actorsToldPerMs);
    const early = this.#announcedAt + pause - clock.monotonic();
    if (early > 0) clock.schedule(early, () => this.#announce());
    else queueMicrotask(() => this.#announce());
  }

  #announce(): void {
    this.#announcing = false;
    this.#announcedAt = this.#options.ports.clock.monotonic();
    this.#beat(false);
  }

  async leave(): Promise<void> {
    this.#left = true;
    // A heartbeat after the farewell would bring the node back to the others.
    await this.#options.ports.pulse?.stop();
    this.#cancelBeat?.();
    const { node } = this.#options;
    this.#send({ kind: "leave", node, incarnation: this.#incarnation });
    this.#subscription.unsubscribe();
  }

  #arm(): void {
    const { ports, heartbeatMs } = this.#options;
    const due = ports.clock.monotonic() + heartbeatMs;
    this.#cancelBeat = ports.clock.schedule(heartbeatMs, () => {
      const now = ports.clock.monotonic();
      const late = now - due;
      this.#beat(false);
      this.#apply(this.#membership.tick(now, late > heartbeatMs * sleptShare ? late : 0));
      this.#arm();
    });
  }

  #beat(hello: boolean): void {
    if (this.#left) return;
    this.#send({
      kind: "beat",
      node: this.#options.node,
      incarnation: this.#incarnation,
      version: this.#version,
      actors: [...this.#actors.values()].map(({ address, node, capabilities }) => ({
        address,
        node,
        capabilities: [...capabilities],
      })),
      hello,
    });
  }

  #send(notice: Notice): void {
    const { ports, node, heartbeatMs } = this.#options;
    const subject = `${this.#options.subject}.${node}`;
    try {
      const payload = pack(notice);
      ports.transport.publish(subject, payload);
      if (notice.kind === "beat") {
        const quiet = notice.hello ? pack({ ...notice, hello: false }) : payload;
        ports.pulse?.beat(subject, quiet, heartbeatMs);
      }
    } catch (error) {
      ports.log("warn", "a heartbeat could not be sent", { error });
    }
  }

  #heard(message: TransportMessage): void {
    let notice: Notice;
    try {
      notice = noticeShape.parse(unpack(message.payload));
    } catch (error) {
      this.#options.ports.log("warn", "a malformed heartbeat was ignored", { error });
      return;
    }
    const { node, ports, subject } = this.#options;
    if (message.subject !== `${subject}.${notice.node}` || !speaksForItself(notice)) {
      ports.log("warn", "a heartbeat in another node's name was ignored", {
        subject: message.subject,
        claimed: notice.node,
      });
      return;
    }
    if (notice.node === node) return;
    this.#found.clear();
    const now = ports.clock.monotonic();
    if (notice.kind === "leave") {
      this.#apply(this.#membership.left(notice.node, notice.incarnation, now));
      return;
    }
    this.#apply(this.#membership.heard(notice, now));
    if (notice.hello) this.#beat(false);
  }

  #apply(changes: readonly MembershipChange[]): void {
    if (changes.length > 0) this.#found.clear();
    for (const change of changes) this.#options.changed(change);
  }
}

/** A node advertises its own actors only. */
function speaksForItself(notice: Notice): boolean {
  return (
    notice.kind === "leave" ||
    notice.actors.every(({ address, node }) => node === notice.node && livesOn(address, node))
  );
}
