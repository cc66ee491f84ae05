import type { Clock } from "../ports/clock.ts";
import type { TraceContext } from "../ports/tracer.ts";
import type { Addressed, AddressedAsk, Failure, Outcome } from "./region-protocol.ts";

/** One message in the hands of a region, until it is answered, told, handed on, or given up. */
export class Delivery {
  readonly message: Addressed;
  readonly trace: TraceContext | undefined;
  /** Entities that wait for the answer. */
  readonly chain: readonly string[];
  readonly isAsk: boolean;
  /** Forwards so far, those by refused writes included. */
  hops: number;
  readonly #clock: Clock;
  /** Monotonic end of the asker's patience. */
  readonly #due: number;
  readonly #settle: (outcome: Outcome) => void;
  #settled = false;

  constructor(
    message: Addressed | AddressedAsk,
    clock: Clock,
    trace: TraceContext | undefined,
    settle: (outcome: Outcome) => void,
  ) {
    const asked = "withinMs" in message ? message : undefined;
    this.message = message;
    this.trace = trace;
    this.hops = message.hops;
    this.isAsk = asked !== undefined;
    this.chain = asked?.chain ?? [];
    this.#clock = clock;
    this.#due = clock.monotonic() + (asked?.withinMs ?? Number.POSITIVE_INFINITY);
    this.#settle = settle;
  }

  /** What is left of the asker's patience, milliseconds. */
  leftMs(): number {
    return this.#due - this.#clock.monotonic();
  }

  /** Ends it, once. */
  settle(outcome: Outcome): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#settle(outcome);
  }

  fail(stage: Failure["stage"], reason: Failure["reason"], detail: string): void {
    this.settle({ ok: false, stage, reason, detail });
  }
}
