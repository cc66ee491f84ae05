import type { ActorContext } from "../behaviour.ts";
import type { Definitions, Protocol } from "../protocol.ts";
import type { Ref } from "../ref.ts";
import type { ActorSystem, Cluster } from "../system-api.ts";

/** References kept between messages; all are given up at once, since members that went leave theirs behind. */
const refsKept = 10_000;

/** A system, whose messages come from nobody. */
export type FromSystem = Pick<ActorSystem, "node" | "ref" | "cluster">;

/** An actor's context: messages come from the actor and belong to its trace. */
export type FromContext = Pick<ActorContext, "node" | "ref" | "clock" | "random">;

type Addressed = ReadonlyArray<{ readonly address: string }>;

/** Named members, which are taken to be there; or a function that says who they are now. */
export interface NamedMembers {
  readonly members: Addressed | (() => Addressed);
}

/** The live actors anywhere in the cluster that advertise a capability, as this node sees them. */
export interface CapableMembers {
  readonly capability: string;
  /** Where to look them up: `system.cluster`. Only needed where an actor's context is the sender. */
  readonly cluster?: Cluster;
}

/** Like {@link CapableMembers}, for a sender that has no view of the cluster itself. */
export interface CapableMembersOf extends CapableMembers {
  readonly cluster: Cluster;
}

/** Whose members, what they understand, and who sends to them. */
export class Members<D extends Definitions> {
  /** Undefined for named members. */
  readonly capability: string | undefined;
  /** Addresses now, sorted, without duplicates. */
  readonly addresses: () => readonly string[];
  readonly #from: FromSystem | FromContext;
  readonly #protocol: Protocol<D>;
  readonly #refs = new Map<string, Ref<D>>();

  constructor(
    from: FromSystem | FromContext,
    protocol: Protocol<D>,
    which: NamedMembers | CapableMembers,
  ) {
    this.#from = from;
    this.#protocol = protocol;
    if ("capability" in which) {
      const { capability } = which;
      const cluster = which.cluster ?? (from as FromSystem).cluster;
      this.capability = capability;
      this.addresses = () => cluster.find(capability).map(({ address }) => address);
    } else {
      const { members } = which;
      if (typeof members === "function") this.addresses = () => sorted(members());
      else {
        const fixed = sorted(members);
        this.addresses = () => fixed;
      }
    }
  }

  ref(address: string): Ref<D> {
    const known = this.#refs.get(address);
    if (known !== undefined) return known;
    if (this.#refs.size >= refsKept) this.#refs.clear();
    const ref = this.#from.ref(this.#protocol, address);
    this.#refs.set(address, ref);
    return ref;
  }

  /**
   * An address nobody has, since `:` is not allowed in names. What is told to it becomes a dead
   * letter the way every message without a receiver does, with the group as its receiver.
   */
  nobody(): Ref<D> {
    return this.ref(`${this.#from.node}/group:${this.capability ?? "members"}`);
  }
}

function sorted(members: Addressed): readonly string[] {
  return [...new Set(members.map(({ address }) => address))].sort();
}
