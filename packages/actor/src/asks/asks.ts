import { AskError } from "../errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { Answer, Asked } from "../system/envelope.ts";
import { Deadlines, type Waiting } from "./deadlines.ts";

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
   * @param isLocal whether the asked actor is one of this node, and may answer in this very turn
   * @returns the ask, whose `promise` gives the answer's value or rejects with an `AskError`
   */
  open(
    address: string,
    type: string,
    withinMs: number,
    chain: readonly string[],
    isLocal: boolean,
  ): PendingAsk {
    const ask = new PendingAsk(this, address, type, withinMs, chain);
    if (this.#open >= pendingAskLimit) {
      ask.refuse("mailbox", `${pendingAskLimit} asks are waiting on this node already`);
    } else if (!(withinMs > 0 && withinMs < Number.POSITIVE_INFINITY)) {
      ask.refuse("mailbox", `withinMs is ${withinMs}: give a time in milliseconds above 0`);
    } else {
      this.#open += 1;
      if (isLocal) this.#deadlines.add(ask);
      else this.#deadlines.addNow(ask);
    }
    return ask;
  }

  /** Gives an ask that goes to another node the number by which its answer will come back. */
  number(ask: PendingAsk): number {
    this.#latest += 1;
    ask.id = this.#latest;
    this.#abroad.set(this.#latest, ask);
    return this.#latest;
  }

  find(id: number): PendingAsk | undefined {
    return this.#abroad.get(id);
  }

  /** The ask no longer waits. */
  ended(ask: PendingAsk): void {
    this.#open -= 1;
    this.#deadlines.remove(ask);
    if (ask.id !== undefined) this.#abroad.delete(ask.id);
  }

  late(address: string, type: string): void {
    this.#late(address, type);
  }

  /** Wall-clock end of the asker's patience, milliseconds since the epoch. */
  deadline(ask: PendingAsk): number {
    return this.#clock.now() + this.#deadlines.dueOf(ask) - this.#clock.monotonic();
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

/** Where the constructor of a promise leaves its function, for the ask that makes the promise. */
let resolvePromise: (value: unknown) => void;
/** One for all asks: a closure for each would cost more than the deadline does. */
const handOver = (resolve: (value: unknown) => void): void => {
  resolvePromise = resolve;
};

/** An ask that waits for its answer. For an actor of the same node it travels with the message itself. */
export class PendingAsk implements Asked, Waiting {
  readonly chain: readonly string[];
  readonly promise: Promise<unknown>;
  readonly withinMs: number;
  dueMs: number | undefined;
  slot: Waiting["slot"];
  before: Waiting | undefined;
  after: Waiting | undefined;
  /** Its number once it has gone to another node. */
  id: number | undefined;
  /** Number of the parcel that took it there. */
  parcel: number | undefined;
  isOver = false;
  readonly #asks: Asks;
  /** Of the actor that is asked. */
  readonly address: string;
  readonly #type: string;
  readonly #resolve: (value: unknown) => void;
  #taken = false;

  constructor(
    asks: Asks,
    address: string,
    type: string,
    withinMs: number,
    chain: readonly string[],
  ) {
    this.chain = chain;
    this.withinMs = withinMs;
    this.#asks = asks;
    this.address = address;
    this.#type = type;
    this.promise = new Promise(handOver);
    this.#resolve = resolvePromise;
  }

  get deadline(): number {
    return this.#asks.deadline(this);
  }

  taken(): void {
    this.#taken = true;
  }

  answer(answer: Answer): void {
    if (this.isOver) return this.#asks.late(this.address, this.#type);
    this.#end();
    if (answer.ok) this.#resolve(answer.value);
    else this.#fail(answer.stage, answer.detail);
  }

  expire(): void {
    if (this.isOver) return;
    this.#end();
    const within = `within ${this.withinMs} ms`;
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
    this.#resolve(Promise.reject(new AskError(stage, this.address, this.#type, detail)));
  }
}
