import type { Body, Definitions, MessageName, QueryName, Reply } from "./protocol.ts";

/** How long an ask waits. */
export interface AskOptions {
  /** How long to wait for the answer, milliseconds. There is no default: an ask always says. */
  readonly withinMs: number;
}

/**
 * A handle to an actor, on this node or another, that can be sent only what its protocol holds.
 *
 * Messages from one sender to one receiver arrive in the order they were sent, at most once.
 */
export interface Ref<D extends Definitions = Definitions> {
  /** `<node>/<path>`, for example `n1/agents/analyst`. Stable across restarts of the actor. */
  readonly address: string;
  /** Sends without an answer. Never throws: what cannot be delivered becomes a dead letter. */
  tell<T extends MessageName<D>>(type: T, body: Body<D, T>): void;
  /**
   * Sends and waits for the answer.
   *
   * Rejects with an `AskError` whose `stage` says where it died: `unreachable` (nobody there),
   * `mailbox` (refused or never taken), `handler` (it threw), `reply` (no answer in time after it
   * was taken), or `cycle` (the ask chain leads back to an actor that is waiting).
   */
  ask<T extends QueryName<D>>(type: T, body: Body<D, T>, options: AskOptions): Promise<Reply<D, T>>;
}
