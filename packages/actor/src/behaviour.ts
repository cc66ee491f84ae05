import type { Clock } from "./ports/clock.ts";
import type { Log } from "./ports/log.ts";
import type { Meter } from "./ports/meter.ts";
import type { Random } from "./ports/random.ts";
import type { Attributes, Span, TraceContext } from "./ports/tracer.ts";
import type { Body, Definitions, MessageName, Outcome, Protocol } from "./protocol.ts";
import type { Ref } from "./ref.ts";

/** One function per message of the protocol. A query's function returns the answer or a promise of it. */
export type Handlers<D extends Definitions> = {
  readonly [T in keyof D]: (body: Body<D, T>) => Outcome<D, T> | Promise<Outcome<D, T>>;
};

/**
 * When an actor that ended is started again by its supervisor: always, even when it stopped itself
 * (`permanent`), only after a failure (`transient`), or never (`temporary`). One that was told to
 * stop from outside stays stopped.
 */
export type RestartKind = "permanent" | "transient" | "temporary";

/** Which siblings share a failure: none, all, or those started after the failed one. */
export type Strategy = "one-for-one" | "one-for-all" | "rest-for-one";

/** How an actor treats failures of its children. */
export interface Supervision {
  /** Default `one-for-one`. */
  readonly strategy?: Strategy;
  /** More than `restarts` within `withinMs` stops the children and fails the supervisor. Default 5 in 30 000 ms. */
  readonly intensity?: { readonly restarts: number; readonly withinMs: number };
  /** Wait before a restart: `minMs` doubled for each restart in the window up to `maxMs`, spread by `jitter` (0..1). Default 100, 10 000, 0.2. */
  readonly backoff?: { readonly minMs: number; readonly maxMs: number; readonly jitter: number };
}

/** What happens to a message that finds the mailbox full. */
export type Overflow = "reject-new" | "drop-oldest";

/** How actors of a definition are run: how they supervise their children, their mailbox, and what may run side by side. */
export interface ActorOptions {
  /** How failures of this actor's children are treated. */
  readonly supervision?: Supervision;
  /** Mailbox bound in messages, and what gives when it is reached. Default 10 000, `reject-new`. */
  readonly mailbox?: { readonly capacity: number; readonly overflow?: Overflow };
  /** How often a message may fail its handler before it is quarantined. Default 1: at once. */
  readonly poisonAfter?: number;
  /**
   * Messages whose asynchronous handlers do not hold the mailbox: the next message is taken while
   * they wait, at most 1000 side by side. Between two awaits a handler still has the actor to itself.
   * After its first await, `context.trace` may be another message's. Default: none.
   */
  readonly interleave?: readonly string[] | "all";
}

/** How one actor is started: its name, when it is started again, and what it advertises. */
export interface SpawnOptions {
  /** Unique among siblings; letters, digits, `-` and `_`, not digits alone. Default: a number. */
  readonly name?: string;
  /** Default `transient`. */
  readonly restart?: RestartKind;
  /** Advertised to the whole cluster while the actor lives; found with `cluster.find`. */
  readonly capabilities?: readonly string[];
}

/** Messages an actor sends to itself, later. A key names one timer; setting it again replaces it. */
export interface Timers<D extends Definitions> {
  once<T extends MessageName<D>>(key: string, delayMs: number, type: T, body: Body<D, T>): void;
  every<T extends MessageName<D>>(key: string, periodMs: number, type: T, body: Body<D, T>): void;
  /** After this, no firing of the key's earlier timer is delivered, even one already on its way. */
  cancel(key: string): void;
}

/** What an actor can do besides answering messages. Valid from setup until the actor stops. */
export interface ActorContext<D extends Definitions = Definitions> {
  readonly self: Ref<D>;
  readonly node: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Where numbers about the work go. In a thread of its own an actor measures nothing. */
  readonly meter: Meter;
  /** Aborted when the actor stops or restarts: hand it to work that should end with it. */
  readonly signal: AbortSignal;
  readonly timers: Timers<D>;
  /** Where the message being handled belongs in its trace. */
  readonly trace: TraceContext | undefined;
  /**
   * When whoever asked the message at hand stops waiting, milliseconds since the epoch; `undefined` for
   * what was told. Valid until the handler's first await.
   */
  readonly deadline: number | undefined;
  /**
   * Address of the actor that sent the message at hand, or of this actor for its own timers; `undefined` for what came from
   * outside any actor. The node in it is the one on whose subject the message came: where the network lets each node publish
   * in its own name only, it is true. The rest is that node's word. Valid until the handler's first await.
   */
  readonly sender: string | undefined;

  spawn<C extends Definitions>(actor: Actor<C>, options?: SpawnOptions): Ref<C>;
  /** A handle to an actor anywhere, by address. Does not check that it exists. */
  ref<C extends Definitions>(protocol: Protocol<C>, address: string): Ref<C>;
  /** Stops a child, or this actor itself after the message at hand. */
  stop(ref?: { readonly address: string }): void;

  /** Calls `then` once, as a message of its own, when the actor at `ref` stops or its node is lost. */
  watch(ref: { readonly address: string }, then: (why: StopReason) => void): void;
  unwatch(ref: { readonly address: string }): void;
  /**
   * Ties the fates of two actors: when one of them fails for good, or its node is lost, the other fails
   * too, with a `LinkedActorError`. An ordered stop does not spread.
   */
  link(ref: { readonly address: string }): void;

  /** Sets the message at hand aside; at most `stashCapacity` (1000) are held. */
  stash(): void;
  /** Puts all stashed messages back at the head of the mailbox, in order. */
  unstashAll(): void;
  /** Replaces the handlers, from the next message on. */
  become(handlers: Handlers<D>): void;
  /** Sends `body` to self when no message has come for `idleMs`; `undefined` turns it off. */
  receiveTimeout<T extends MessageName<D>>(
    idleMs: number | undefined,
    type: T,
    body: Body<D, T>,
  ): void;

  /** Runs work without holding the mailbox; `then` runs as a message of its own with the outcome. */
  pipe<R>(work: Promise<R>, then: (outcome: Settled<R>) => void | Promise<void>): void;
  /** Runs `work` in a span that is a child of `parent` (default: the message at hand). */
  span<R>(
    name: string,
    attributes: Attributes,
    work: (span: Span) => Promise<R> | R,
    parent?: TraceContext,
  ): Promise<R>;
  /** Registers clean-up for when the actor stops or restarts; last registered runs first. */
  onStop(cleanUp: () => void | Promise<void>): void;
}

/** Why an actor that was watched is gone: told to, by failing for good, with its node, or it never was there. */
export type StopReason = "stopped" | "failed" | "node-lost" | "not-found";

/** What something that was waited for came to. */
export type Settled<R> =
  | { readonly ok: true; readonly value: R }
  | { readonly ok: false; readonly error: Error };

/** Sets an actor up: returns its handlers, which close over its private state. Runs again on restart. */
export type Setup<D extends Definitions> = (
  context: ActorContext<D>,
) => Handlers<D> | Promise<Handlers<D>>;

/** A protocol with a behaviour, ready to be spawned any number of times. */
export interface Actor<D extends Definitions = Definitions> {
  readonly protocol: Protocol<D>;
  readonly setup: Setup<D>;
  readonly options: ActorOptions;
}

/**
 * Joins a protocol and a behaviour.
 *
 * State lives in the closure of `setup`; nothing else can reach it. Messages are handled one at a
 * time: the next is taken when the handler has returned, or its promise has settled. A handler
 * that throws fails the actor, and the parent's supervision decides what follows.
 *
 * @example
 * const counter = defineActor(counterProtocol, () => {
 *   let total = 0;
 *   return {
 *     increment: ({ by }) => { total += by; },
 *     total: () => total,
 *   };
 * });
 */
export function defineActor<D extends Definitions>(
  protocol: Protocol<D>,
  setup: Setup<D>,
  options: ActorOptions = {},
): Actor<D> {
  return { protocol, setup, options };
}
