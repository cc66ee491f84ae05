import type { ActorContext, ActorOptions, Handlers } from "../behaviour.ts";
import type { JournaledOptions } from "../durable/journaled.ts";
import { InvalidNameError } from "../errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { Journal } from "../ports/journal.ts";
import type { Log } from "../ports/log.ts";
import type { Random } from "../ports/random.ts";
import type { Definitions, Protocol } from "../protocol.ts";
import type { Ref } from "../ref.ts";
import { type EntityState, type OpenedState, openEntityState } from "./entity-state.ts";
import type { Entities } from "./refs.ts";

/** What an entity can do besides answering messages: what an actor can, as far as it makes sense for one that moves. */
export interface EntityContext<D extends Definitions>
  extends Pick<
    ActorContext<D>,
    | "node"
    | "clock"
    | "random"
    | "log"
    | "signal"
    | "timers"
    | "trace"
    | "spawn"
    | "ref"
    | "watch"
    | "unwatch"
    | "become"
    | "receiveTimeout"
    | "pipe"
    | "span"
    | "onStop"
  > {
  /** Which entity of its kind this is. */
  readonly key: string;
  /** The entity wherever it lives, also after it has moved: safe to give away. An ask to itself fails as a `cycle`. */
  readonly self: Ref<D>;
  /**
   * References to entities of any kind. Asks through them carry who waits for whom, so that entities
   * that would wait for each other fail at once with stage `cycle`.
   */
  entities<C extends Definitions>(definition: EntityDefinition<C>): Entities<C>;
  /** Leaves memory after the message at hand; the next message activates the entity again. */
  passivate(): void;
}

/**
 * How an entity's records make up its state, as for `openJournaled`: the shape and version of a
 * record, `initial`, `apply`, and optionally snapshots and effects. An object with a member
 * `$activated` is never a record: the runtime writes those.
 */
export type EntityJournal<State, Record, Effect = never> = Omit<
  JournaledOptions<State, Record, Effect>,
  "journal" | "clock" | "kind" | "key" | "random" | "log"
>;

/** How entities of one kind are kept. */
export interface EntityOptions {
  /** Letters, digits, `-` and `_`, at most 48: part of the journal's subjects `journal.<kind>.<key>`. */
  readonly kind: string;
  /** An entity without a message for so long leaves memory, milliseconds. Default 600 000. */
  readonly passivateAfterMs?: number;
  /** Most entities of this kind in the memory of one node; beyond it the least recently used leave. Default 10 000. */
  readonly residentLimit?: number;
  /**
   * For durable entities, when a query that wrote nothing may be answered from state in memory. `owned`
   * (default): while this node's view says that it owns the key, no host fell silent, and the journal
   * was written or looked at within `staleMs`. `confirmed`: only after the journal's last record was
   * compared for this very query. When the journal says that another activation has taken over, the
   * query is handed on; when it can't be reached, the query is refused.
   */
  readonly read?: "owned" | "confirmed";
  /** See `read`; milliseconds, default 5000. */
  readonly staleMs?: number;
  /** How failures of the entity's own children are treated. */
  readonly supervision?: ActorOptions["supervision"];
}

/** A kind of entity, made with {@link defineEntity}. */
export interface EntityDefinition<D extends Definitions = Definitions> {
  readonly kind: string;
  readonly protocol: Protocol<D>;
  readonly durable: boolean;
  readonly passivateAfterMs: number;
  readonly residentLimit: number;
  /** How long a look at the journal stays good for queries, milliseconds; 0 for confirmed reads. */
  readonly staleMs: number;
  readonly supervision: ActorOptions["supervision"] | undefined;
  /** Reads the entity's journal, as the activation described by `by`. Undefined for volatile entities. */
  readonly open: ((opening: Opening) => Promise<OpenedState>) | undefined;
  readonly setup: (
    key: string,
    context: EntityContext<D>,
    state: OpenedState | undefined,
  ) => Handlers<D> | Promise<Handlers<D>>;
}

/** A kind of entity whose state is in the journal. */
export interface DurableEntityDefinition<D extends Definitions> extends EntityDefinition<D> {
  readonly durable: true;
}

/** A kind of entity whose state is lost whenever it leaves memory. */
export interface VolatileEntityDefinition<D extends Definitions> extends EntityDefinition<D> {
  readonly durable: false;
}

export interface Opening {
  readonly key: string;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Who activates the entity, and where. */
  readonly by: { readonly node: string; readonly activation: string };
  /** Nothing is written any more once this is aborted. */
  readonly signal: AbortSignal;
}

type DurableSetup<D extends Definitions, State, Record, Effect> = (
  key: string,
  context: EntityContext<D>,
  state: EntityState<State, Record, Effect>,
) => Handlers<D> | Promise<Handlers<D>>;

type VolatileSetup<D extends Definitions> = (
  key: string,
  context: EntityContext<D>,
) => Handlers<D> | Promise<Handlers<D>>;

const kindPattern = /^[A-Za-z0-9_-]{1,48}$/;

/**
 * Declares a kind of entity: actors named by a key, of which the cluster keeps one each. An entity
 * is there as soon as it is sent a message, on the node that rendezvous hashing of `kind/key` over
 * the hosts gives, and leaves memory when nobody needs it. Start hosting it with `hostEntities`.
 *
 * With `journal` its state is the fold of its records and every write is fenced: of two activations
 * only the later one can write, and the other ends. Write first, then act: when an append is refused,
 * the message is handed to the present owner, where its handler runs from the beginning. Without
 * `journal` its state is lost whenever it leaves memory, and a partition can give it two copies.
 *
 * Messages are handled one at a time. A handler that throws ends the activation; the message goes to
 * quarantine, and the next one activates the entity anew.
 *
 * @param protocol what every entity of the kind understands
 * @param options `kind`, `setup(key, context, state)`, `journal`, and how long entities stay in memory
 * @throws InvalidNameError when `kind` can't be part of a subject
 *
 * @example
 * const account = defineEntity(accountProtocol, {
 *   kind: "account",
 *   journal: { version: 1, record: z.object({ cents: z.number() }), initial: 0, apply: (sum, { cents }) => sum + cents },
 *   setup: (key, context, state) => ({
 *     deposit: ({ cents }) => state.append({ cents }),
 *     balance: () => state.state,
 *   }),
 * });
 */
export function defineEntity<D extends Definitions, State, Record, Effect = never>(
  protocol: Protocol<D>,
  options: EntityOptions & {
    readonly journal: EntityJournal<State, Record, Effect>;
    readonly setup: DurableSetup<D, State, Record, Effect>;
  },
): DurableEntityDefinition<D>;
export function defineEntity<D extends Definitions>(
  protocol: Protocol<D>,
  options: EntityOptions & { readonly journal?: undefined; readonly setup: VolatileSetup<D> },
): VolatileEntityDefinition<D>;
export function defineEntity<D extends Definitions, State, Record, Effect = never>(
  protocol: Protocol<D>,
  options: EntityOptions & {
    readonly journal?: EntityJournal<State, Record, Effect> | undefined;
    readonly setup: DurableSetup<D, State, Record, Effect> | VolatileSetup<D>;
  },
): EntityDefinition<D> {
  const { kind, journal, read = "owned", staleMs = 5000 } = options;
  if (!kindPattern.test(kind)) throw new InvalidNameError("entity kind", kind);
  return {
    kind,
    protocol,
    durable: journal !== undefined,
    passivateAfterMs: options.passivateAfterMs ?? 600_000,
    residentLimit: options.residentLimit ?? 10_000,
    staleMs: read === "confirmed" ? 0 : staleMs,
    supervision: options.supervision,
    open:
      journal &&
      ((opening) =>
        openEntityState(kind, journal as EntityJournal<unknown, unknown, unknown>, opening)),
    setup: options.setup as EntityDefinition<D>["setup"],
  };
}
