import { AskError } from "../errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { Answer, Asked } from "../system/envelope.ts";
import { Deadlines, Waiting } from "./deadlines.ts";

/** Most asks that may wait for an answer on one node; more are refused at once. */
const pendingAskLimit = 100_000;

/** Told when an answer came after its ask had ended. */
type Late = (address: string, type: string) => void;

/** The asks of one node that wait for an answer. */
export class Asks {
  readonly #clock: Clock;
  readonly #late: Late;
  readonly #deadlines: Deadlines;
  /** Asks whose answers come from other nodes, and so by number. */
  readonly #abroad = new Map<number, PendingAsk>();
  #open = 0;
  #latest: number;

  constructor(clock: Clock, late: Late) {
    this.#clock = clock;
    this.#late = late;
    this.#deadlines = new Deadlines(clock);
    // Answers to asks of an earlier process of this node may still come: theirs were other numbers.
    this.#latest = (clock.now() % 2 ** 22) * 2 ** 10;
  }

  /**
   * Begins to wait for an answer.
   *
   * @returns the ask, whose `promise` gives the answer's value or rejects with an `AskError`
   */
  open(address: string, type: string, withinMs: number, chain: readonly string[]): PendingAsk {
    const ask = new PendingAsk(this, address, type, withinMs, chain);
    if (this.#open >= pendingAskLimit) {
      ask.refuse("mailbox", `${pendingAskLimit} asks are waiting on this node already`);
    } else if (!(withinMs > 0 && withinMs < Number.POSITIVE_INFINITY)) {
      ask.refuse("mailbox", `withinMs is ${withinMs}: give a time in milliseconds above 0`);
    } else {
      this.#open += 1;
      ask.dueMs = this.#clock.monotonic() + withinMs;
      this.#deadlines.add(ask.dueMs, ask);
    }
    return ask;
  }

  /** Gives an ask that goes to another node the number by which its answer will come back. */
  number(ask: PendingAsk): number {
    this.#latest += 1;
    ask.id = this.#latest;
    this.#abroad.set(ask.id, ask);
    return ask.id;
  }

  find(id: number): PendingAsk | undefined {
    return this.#abroad.get(id);
  }

  /** The ask no longer waits. */
  ended(ask: PendingAsk): void {
    this.#open -= 1;
    this.#deadlines.remove(ask);
    if (ask.id !== 0) this.#abroad.delete(ask.id);
  }

  late(address: string, type: string): void {
    this.#late(address, type);
  }

  /** Wall-clock time for a monotonic one, milliseconds since the epoch. */
  wallClock(monotonicMs: number): number {
    return this.#clock.now() + monotonicMs - this.#clock.monotonic();
  }

  /** The network found nobody at the place to which a parcel went. */
  unreachable(parcel: number): void {
    for (const ask of [...this.#abroad.values()]) {
      if (ask.parcel === parcel) {
        ask.answer({ ok: false, stage: "unreachable", detail: "its node is not there" });
      }
    }
  }

  close(): void {
    for (const waiting of [...this.#deadlines]) {
      if (waiting instanceof PendingAsk) {
        waiting.answer({ ok: false, stage: "unreachable", detail: "this node has stopped" });
      }
    }
    this.#deadlines.close();
  }
}

/** An ask that waits for its answer. For an actor of the same node it travels with the message itself. */
export class PendingAsk extends Waiting implements Asked {
  readonly chain: readonly string[];
  readonly promise: Promise<unknown>;
  /** When it expires, monotonic milliseconds. */
  dueMs = 0;
  /** Its number once it has gone to another node. */
  id = 0;
  /** Number of the parcel that took it there. */
  parcel = 0;
  isOver = false;
  readonly #asks: Asks;
  readonly #address: string;
  readonly #type: string;
  readonly #withinMs: number;
  #resolve!: (value: unknown) => void;
  #reject!: (error: Error) => void;
  #taken = false;

  constructor(
    asks: Asks,
    address: string,
    type: string,
    withinMs: number,
    chain: readonly string[],
  ) {
    super();
    this.chain = chain;
    this.#asks = asks;
    this.#address = address;
    this.#type = type;
    this.#withinMs = withinMs;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get deadline(): number {
    return this.#asks.wallClock(this.dueMs);
  }

  taken(): void {
    this.#taken = true;
  }

  answer(answer: Answer): void {
    if (this.isOver) return this.#asks.late(this.#address, this.#type);
    this.#end();
    if (answer.ok) this.#resolve(answer.value);
    else this.#fail(answer.stage, answer.detail);
  }

  override expire(): void {
    if (this.isOver) return;
    this.#end();
    const within = `within ${this.#withinMs} ms`;
    if (this.#taken) this.#fail("reply", `it was taken, but no answer came ${within}`);
    else this.#fail("mailbox", `it was not known to be taken ${within}`);
  }

  /** Ends an ask that never began to wait. */
  refuse(stage: AskError["stage"], detail: string): void {
    this.isOver = true;
    this.#fail(stage, detail);
  }

  #end(): void {
    this.isOver = true;
    this.#asks.ended(this);
  }

  #fail(stage: AskError["stage"], detail: string): void {
    this.#reject(new AskError(stage, this.#address, this.#type, detail));
  }
}
