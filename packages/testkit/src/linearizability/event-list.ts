import type { History } from "./history.ts";

interface Event {
  readonly operation: number;
  readonly time: number;
  readonly isReturn: boolean;
}

/**
 * The calls and returns of operations not yet placed, in order of time, as a doubly linked list
 * from which a placed operation is lifted, and put back in reverse order without a search (the
 * undo of Wing & Gong that Lowe kept; Knuth's dancing links).
 *
 * Events are numbered from 1. Number 0 is both ends.
 */
export class EventList {
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  readonly #operationOf: Int32Array;
  readonly #returnOf: Int32Array;
  readonly #isReturn: Uint8Array;

  constructor(history: History<unknown, unknown>) {
    const events = eventsInOrder(history);
    const size = events.length + 1;
    this.#next = Int32Array.from({ length: size }, (_, event) => (event + 1) % size);
    this.#previous = Int32Array.from({ length: size }, (_, event) => (event + size - 1) % size);
    this.#operationOf = Int32Array.from([-1, ...events.map(({ operation }) => operation)]);
    this.#isReturn = Uint8Array.from([0, ...events.map(({ isReturn }) => Number(isReturn))]);
    this.#returnOf = new Int32Array(size);
    const returns = new Map<number, number>();
    for (const [index, { operation, isReturn }] of events.entries()) {
      if (isReturn) returns.set(operation, index + 1);
    }
    for (const [index, { operation, isReturn }] of events.entries()) {
      if (!isReturn) this.#returnOf[index + 1] = returns.get(operation) ?? 0;
    }
  }

  first(): number {
    return this.after(0);
  }

  after(event: number): number {
    return this.#next[event] as number;
  }

  isReturn(event: number): boolean {
    return this.#isReturn[event] === 1;
  }

  operationOf(event: number): number {
    return this.#operationOf[event] as number;
  }

  /** The return that has to come next: nothing called after it may be placed before it. */
  firstReturn(): number {
    let event = this.first();
    while (event !== 0 && !this.isReturn(event)) event = this.after(event);
    return event;
  }

  /** The return of a call's operation; 0 when it never returned. */
  returnOf(call: number): number {
    return this.#returnOf[call] as number;
  }

  returns(call: number): boolean {
    return this.returnOf(call) !== 0;
  }

  /** Takes a call and its return out. */
  lift(call: number): void {
    this.#unlink(call);
    const returned = this.returnOf(call);
    if (returned !== 0) this.#unlink(returned);
  }

  /** Puts back the call lifted last, and its return. */
  unlift(call: number): void {
    const returned = this.returnOf(call);
    if (returned !== 0) this.#relink(returned);
    this.#relink(call);
  }

  #unlink(event: number): void {
    const previous = this.#previous[event] as number;
    const next = this.#next[event] as number;
    this.#next[previous] = next;
    this.#previous[next] = previous;
  }

  #relink(event: number): void {
    this.#next[this.#previous[event] as number] = event;
    this.#previous[this.#next[event] as number] = event;
  }
}

function eventsInOrder(history: History<unknown, unknown>): Event[] {
  const events = history.flatMap(({ call, return: returned }, operation): Event[] => {
    const called = { operation, time: call, isReturn: false };
    return returned === undefined
      ? [called]
      : [called, { operation, time: returned, isReturn: true }];
  });
  return events.sort(
    (one, other) => one.time - other.time || Number(one.isReturn) - Number(other.isReturn),
  );
}
