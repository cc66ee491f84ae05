import { AskError } from "../errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { Answer, Asked } from "../system/envelope.ts";
import { Deadlines, type Expiring } from "./deadlines.ts";

/** Most asks that may wait for an answer on one node; more are refused at once. */
const pendingAskLimit = 100_000;

/** The asks of one node that wait for an answer. */
export class Asks {
  readonly clock: Clock;
  readonly #pending = new Map<number, PendingAsk>();
  readonly #deadlines: Deadlines;
  #next = 0;

  constructor(clock: Clock) {
    this.clock = clock;
    this.#deadlines = new Deadlines(clock);
  }

  /**
   * Begins to wait for an answer.
   *
   * @param late told when an answer came after the ask had ended
   * @returns the ask, whose `promise` gives the answer's value or rejects with an `AskError`
   */
  open(
    address: string,
    type: string,
    withinMs: number,
    chain: readonly string[],
    late: (address: string, type: string) => void,
  ): PendingAsk {
    this.#next += 1;
    const ask = new PendingAsk(this, this.#next, address, type, withinMs, chain, late);
    if (this.#pending.size >= pendingAskLimit) {
      ask.refuse("mailbox", `${pendingAskLimit} asks are waiting on this node already`);
    } else if (!(withinMs > 0 && withinMs < Number.POSITIVE_INFINITY)) {
      ask.refuse("mailbox", `withinMs is ${withinMs}: give a time in milliseconds above 0`);
    } else {
      this.#pending.set(ask.id, ask);
      ask.slot = this.#deadlines.add(withinMs, ask);
    }
    return ask;
  }

  find(id: number): PendingAsk | undefined {
    return this.#pending.get(id);
  }

  /** The ask no longer waits. */
  ended(ask: PendingAsk): void {
    this.#pending.delete(ask.id);
    this.#deadlines.remove(ask.slot, ask);
  }

  /** The network found nobody at the place to which a parcel went. */
  unreachable(parcel: number): void {
    for (const ask of [...this.#pending.values()]) {
      if (ask.parcel === parcel) {
        ask.answer({ ok: false, stage: "unreachable", detail: "its node is not there" });
      }
    }
  }

  close(): void {
    this.#deadlines.close();
    for (const ask of [...this.#pending.values()]) {
      ask.answer({ ok: false, stage: "unreachable", detail: "this node has stopped" });
    }
  }
}

/** An ask that waits for its answer. For an actor of the same node it travels with the message itself. */
export class PendingAsk implements Asked, Expiring {
  readonly id: number;
  readonly chain: readonly string[];
  readonly deadline: number;
  readonly promise: Promise<unknown>;
  slot = 0;
  /** Number of the parcel that took it to another node. */
  parcel = 0;
  readonly #asks: Asks;
  readonly #address: string;
  readonly #type: string;
  readonly #withinMs: number;
  readonly #late: (address: string, type: string) => void;
  #resolve: (value: unknown) => void = () => {};
  #reject: (error: Error) => void = () => {};
  #taken = false;
  #over = false;

  constructor(
    asks: Asks,
    id: number,
    address: string,
    type: string,
    withinMs: number,
    chain: readonly string[],
    late: (address: string, type: string) => void,
  ) {
    this.id = id;
    this.chain = chain;
    this.deadline = asks.clock.now() + withinMs;
    this.#asks = asks;
    this.#address = address;
    this.#type = type;
    this.#withinMs = withinMs;
    this.#late = late;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get isOver(): boolean {
    return this.#over;
  }

  taken(): void {
    this.#taken = true;
  }

  answer(answer: Answer): void {
    if (this.#over) return this.#late(this.#address, this.#type);
    this.#end();
    if (answer.ok) this.#resolve(answer.value);
    else this.#fail(answer.stage, answer.detail);
  }

  expire(): void {
    if (this.#over) return;
    this.#end();
    const within = `within ${this.#withinMs} ms`;
    if (this.#taken) this.#fail("reply", `it was taken, but no answer came ${within}`);
    else this.#fail("mailbox", `it was not known to be taken ${within}`);
  }

  /** Ends an ask that never began to wait. */
  refuse(stage: AskError["stage"], detail: string): void {
    this.#over = true;
    this.#fail(stage, detail);
  }

  #end(): void {
    this.#over = true;
    this.#asks.ended(this);
  }

  #fail(stage: AskError["stage"], detail: string): void {
    this.#reject(new AskError(stage, this.#address, this.#type, detail));
  }
}
