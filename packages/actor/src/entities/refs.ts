import type { ActorContext } from "../behaviour.ts";
import { AskError, EntityUnavailableError, InvalidNameError } from "../errors.ts";
import { type Random, systemRandom } from "../ports/random.ts";
import type { Body, Definitions, MessageName, QueryName, Reply } from "../protocol.ts";
import type { AskOptions, Ref } from "../ref.ts";
import type { ActorSystem, Cluster } from "../system-api.ts";
import type { EntityDefinition } from "./definition.ts";
import { liveHosts, ownerAmong } from "./hosts.ts";
import {
  type Addressed,
  type AddressedAsk,
  type Outcome,
  regionName,
  regionProtocol,
} from "./region-protocol.ts";

const keyPattern = /^[A-Za-z0-9_-]{1,64}$/;

/** The entities of one kind. */
export interface Entities<D extends Definitions> {
  readonly kind: string;
  /**
   * A reference to one entity, wherever it lives now and later; it need not exist yet.
   *
   * What is told arrives at most once, and becomes a dead letter when it can't be delivered. An ask
   * rejects with an `AskError`; when a host gave it up, its `cause` is an `EntityUnavailableError`
   * that says why. At stage `unreachable` nothing that it asked for was stored, unless it is this
   * node that stopped; at the others it is not known, so ask again only what may run twice.
   *
   * Messages of one sender to one entity are handled in the order in which they were sent, except
   * while the entity moves to another node.
   *
   * @param key letters, digits, `-` and `_`, at most 64
   * @throws InvalidNameError for any other key
   */
  ref(key: string): Ref<D>;
}

/** A system, whose messages come from nobody. */
type FromSystem = Pick<ActorSystem, "node" | "ref" | "cluster">;
/** An actor's context: messages come from the actor. */
type FromContext = Pick<ActorContext, "node" | "ref" | "random">;

/** Where references send from, and how they find the hosts. */
export interface Sender {
  readonly node: string;
  readonly ref: ActorSystem["ref"];
  readonly cluster: Cluster;
  readonly random: Random;
  /** Entities that wait for the answers of what is asked now. */
  readonly chain?: () => readonly string[];
}

/**
 * References to the entities of a kind from a node that need not host it.
 *
 * @param from a system, or the context of the actor that sends
 * @param definition the kind, as its hosts know it
 * @param options.cluster where hosts are looked up: `system.cluster`; needed for an actor's context
 * @param options.random for the ids of messages; default the context's, or the system's own
 *
 * @example
 * const accounts = entityRefs(system, account);
 * await accounts.ref("42").ask("balance", {}, { withinMs: 1000 });
 */
export function entityRefs<D extends Definitions>(
  from: FromSystem,
  definition: EntityDefinition<D>,
  options?: { readonly cluster?: Cluster; readonly random?: Random },
): Entities<D>;
export function entityRefs<D extends Definitions>(
  from: FromContext,
  definition: EntityDefinition<D>,
  options: { readonly cluster: Cluster; readonly random?: Random },
): Entities<D>;
export function entityRefs<D extends Definitions>(
  from: FromSystem | FromContext,
  definition: EntityDefinition<D>,
  options: { readonly cluster?: Cluster; readonly random?: Random } = {},
): Entities<D> {
  const own = "random" in from ? from.random : systemRandom;
  const cluster = options.cluster ?? (from as FromSystem).cluster;
  return entitiesFrom(
    {
      node: from.node,
      ref: (protocol, address) => from.ref(protocol, address),
      cluster,
      random: options.random ?? own,
    },
    definition,
  );
}

/** References that send as `sender` says. */
export function entitiesFrom<D extends Definitions>(
  sender: Sender,
  definition: EntityDefinition<D>,
): Entities<D> {
  const stream = `${sender.node}.${sender.random.hex(8)}`;
  let sent = 0;
  const nextId = (): string => {
    sent += 1;
    return `${stream}.${sent}`;
  };
  return {
    kind: definition.kind,
    ref: (key) => {
      if (!keyPattern.test(key)) throw new InvalidNameError("entity key", key);
      return new EntityRef(sender, definition, key, nextId);
    },
  };
}

class EntityRef<D extends Definitions> implements Ref<D> {
  readonly address: string;
  readonly #sender: Sender;
  readonly #definition: EntityDefinition<D>;
  readonly #key: string;
  readonly #nextId: () => string;

  constructor(sender: Sender, definition: EntityDefinition<D>, key: string, nextId: () => string) {
    this.address = `entity:${definition.kind}/${key}`;
    this.#sender = sender;
    this.#definition = definition;
    this.#key = key;
    this.#nextId = nextId;
  }

  tell<T extends MessageName<D>>(type: T, body: Body<D, T>): void {
    const region = this.#region();
    if (region !== undefined) {
      region.tell("tell", this.#addressed(type, body));
      return;
    }
    // An address nobody has, since `:` is in no name: the runtime makes it a dead letter.
    const { node, ref } = this.#sender;
    ref(this.#definition.protocol, `${node}/${this.address}`).tell(type, body);
  }

  async ask<T extends QueryName<D>>(
    type: T,
    body: Body<D, T>,
    { withinMs }: AskOptions,
  ): Promise<Reply<D, T>> {
    const region = this.#region();
    if (region === undefined) {
      const detail = "no live node hosts its kind; try again when one has joined";
      throw this.#failure(type, { ok: false, stage: "unreachable", reason: "no-host", detail });
    }
    const chain = [...(this.#sender.chain?.() ?? [])];
    const message: AddressedAsk = { ...this.#addressed(type, body), withinMs, chain };
    const outcome = await region.ask("ask", message, { withinMs }).catch((thrown: unknown) => {
      if (!(thrown instanceof AskError)) throw thrown;
      throw new AskError(thrown.stage, this.address, type, thrown.message, { cause: thrown });
    });
    if (!outcome.ok) throw this.#failure(type, outcome);
    return this.#checked(type, outcome.value);
  }

  #region(): Ref<(typeof regionProtocol)["messages"]> | undefined {
    const { cluster, ref } = this.#sender;
    const { kind } = this.#definition;
    const owner = ownerAmong(liveHosts(cluster, kind), kind, this.#key);
    return owner === undefined ? undefined : ref(regionProtocol, `${owner}/${regionName(kind)}`);
  }

  #addressed(type: string, body: unknown): Addressed {
    const { node: via } = this.#sender;
    return { id: this.#nextId(), via, hops: 0, key: this.#key, type, body };
  }

  #failure(type: string, { stage, reason, detail }: Extract<Outcome, { ok: false }>): AskError {
    const { kind } = this.#definition;
    const options =
      reason === undefined
        ? {}
        : { cause: new EntityUnavailableError(kind, this.#key, reason, detail) };
    return new AskError(stage, this.address, type, detail, options);
  }

  #checked<T extends QueryName<D>>(type: T, value: unknown): Reply<D, T> {
    const parsed = this.#definition.protocol.messages[type]?.reply?.safeParse(value);
    if (parsed?.success === true) return parsed.data as Reply<D, T>;
    const detail = `the answer is malformed: ${parsed?.error.message ?? "no such query"}`;
    throw new AskError("reply", this.address, type, detail);
  }
}
