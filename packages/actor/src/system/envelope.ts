import type { TraceContext } from "../ports/tracer.ts";

/** How an ask ended, as the asked side tells it. */
export type Answer =
  | { readonly ok: true; readonly value: unknown }
  | {
      readonly ok: false;
      readonly stage: "unreachable" | "mailbox" | "handler" | "cycle";
      readonly detail: string;
    };

/** What makes a message an ask. */
export interface Asked {
  /** Wall-clock end of the asker's patience, milliseconds since the epoch. */
  readonly deadline: number;
  /** Nobody waits for the answer any more. */
  readonly isOver: boolean;
  /** Addresses of the actors that wait for the answer, outermost first. */
  readonly chain: readonly string[];
  /** Takes the answer to the asker. Called once. */
  answer(answer: Answer): void;
  /** Tells the asker that the handler has begun and will take its time. */
  taken(): void;
}

/** A message on its way to one actor of this node. Its own link of the mailbox's list, so that queuing allocates nothing. */
export class Envelope {
  readonly type: string;
  readonly body: unknown;
  /** Address of the sender, if it was an actor. */
  readonly sender: string | undefined;
  readonly trace: TraceContext | undefined;
  readonly asked: Asked | undefined;
  /** How often its handler has failed. */
  failures = 0;
  /** Set when its handler put it aside instead of answering. */
  stashed = false;
  /** Set when it is one of those that are timed: the beginning of the present part, by the monotonic clock. */
  timedFrom: number | undefined = undefined;
  /** Set when its actor was restarted from outside while it was at work: it is in quarantine already. */
  givenUp = false;
  next: Envelope | undefined = undefined;

  constructor(
    type: string,
    body: unknown,
    sender: string | undefined,
    trace: TraceContext | undefined,
    asked: Asked | undefined,
  ) {
    this.type = type;
    this.body = body;
    this.sender = sender;
    this.trace = trace;
    this.asked = asked;
  }
}
