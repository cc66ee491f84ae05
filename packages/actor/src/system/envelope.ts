import type { TraceContext } from "../ports/tracer.ts";

/** How an ask ended, as the asked side tells it. */
export type Answer =
  | { readonly ok: true; readonly value: unknown }
  | {
      readonly ok: false;
      readonly stage: "unreachable" | "mailbox" | "handler" | "cycle";
      readonly detail: string;
    };

/** A message on its way to one actor of this node. */
export interface Envelope {
  readonly type: string;
  readonly body: unknown;
  /** Address of the sender, if it was an actor. */
  readonly sender: string | undefined;
  readonly trace: TraceContext | undefined;
  /** Addresses of the actors that wait for the answer to this ask, outermost first. */
  readonly chain: readonly string[] | undefined;
  /** Wall-clock end of the asker's patience, milliseconds since the epoch. */
  readonly deadline: number | undefined;
  /** Set on asks: takes the answer to the asker. Called once. */
  readonly answer: ((answer: Answer) => void) | undefined;
  /** Told when the message leaves the mailbox and its handler begins. */
  readonly taken: (() => void) | undefined;
  /** How often its handler has failed. */
  failures: number;
}

/** Work of the runtime itself: runs in the actor, before any message. */
export interface SystemTask {
  run(): void | Promise<void>;
}
