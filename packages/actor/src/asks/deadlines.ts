import type { Cancel, Clock } from "../ports/clock.ts";

/** Width of one slot of the wheel, milliseconds: deadlines are kept to this precision. */
const slotMs = 10;

/** Something that waits no longer than its deadline; links of its slot's list itself. */
export interface Waiting {
  /** How long it waits. */
  readonly withinMs: number;
  /** When it expires, monotonic milliseconds; unknown in the turn of the process in which it begins. */
  dueMs: number | undefined;
  slot: Slot | undefined;
  before: Waiting | undefined;
  after: Waiting | undefined;
  expire(): void;
}

interface Slot {
  readonly number: number;
  first: Waiting | undefined;
}

/**
 * Many deadlines behind one timer (Varghese and Lauck 1987, hashed wheel). Asks nearly always end
 * before their deadline, and those within a node before the process's turn of the event loop does. So
 * adding and removing cost next to nothing: for what began with `add` the clock is read, and a place on
 * the wheel found, only when it outlives that turn. Its time is counted from the end of the turn.
 */
export class Deadlines {
  readonly #clock: Clock;
  /** What began in this turn of the event loop. */
  readonly #fresh: Slot = { number: 0, first: undefined };
  #settling = false;
  readonly #slots = new Map<number, Slot>();
  #latest: Slot | undefined;
  #armedSlot = Number.POSITIVE_INFINITY;
  #cancelTimer: Cancel | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `expire` once, when `withinMs` have passed since this turn or up to a slot later, unless removed before. */
  add(waiting: Waiting): void {
    link(waiting, this.#fresh);
    if (this.#settling) return;
    this.#settling = true;
    setImmediate(this.#settle);
  }

  /** The same for what will hardly end in this turn: its time is counted from now. */
  addNow(waiting: Waiting): void {
    this.#place(waiting, this.#clock.monotonic());
  }

  /** When it expires, monotonic milliseconds: from now, when that was not known. */
  dueOf(waiting: Waiting): number {
    waiting.dueMs ??= this.#clock.monotonic() + waiting.withinMs;
    return waiting.dueMs;
  }

  remove(waiting: Waiting): void {
    const { slot, before, after } = waiting;
    if (slot === undefined) return;
    if (before === undefined) slot.first = after;
    else before.after = after;
    if (after !== undefined) after.before = before;
    waiting.slot = undefined;
    waiting.before = undefined;
    waiting.after = undefined;
  }

  /** Everything that waits. */
  *[Symbol.iterator](): Iterator<Waiting> {
    for (const { first } of [this.#fresh, ...this.#slots.values()]) {
      for (let waiting = first; waiting !== undefined; ) {
        const { after }: Waiting = waiting;
        yield waiting;
        waiting = after;
      }
    }
  }

  close(): void {
    this.#cancelTimer?.();
    this.#slots.clear();
    this.#latest = undefined;
  }

  /** The turn is over: what still waits goes on the wheel. */
  readonly #settle = (): void => {
    this.#settling = false;
    const fresh = this.#fresh;
    if (fresh.first === undefined) return;
    const now = this.#clock.monotonic();
    for (let waiting = fresh.first; waiting !== undefined; waiting = fresh.first) {
      this.remove(waiting);
      this.#place(waiting, now);
    }
  };

  #place(waiting: Waiting, now: number): void {
    waiting.dueMs ??= now + waiting.withinMs;
    const slot = this.#slotFor(Math.ceil(waiting.dueMs / slotMs));
    link(waiting, slot);
    if (slot.number < this.#armedSlot) this.#arm(slot.number);
  }

  /** Asks of one moment mostly have one deadline. */
  #slotFor(number: number): Slot {
    if (this.#latest?.number === number) return this.#latest;
    const slot = this.#slots.get(number) ?? { number, first: undefined };
    this.#slots.set(number, slot);
    this.#latest = slot;
    return slot;
  }

  #arm(slot: number): void {
    this.#cancelTimer?.();
    this.#armedSlot = slot;
    const delay = slot * slotMs - this.#clock.monotonic();
    this.#cancelTimer = this.#clock.schedule(delay, () => this.#fire());
  }

  #fire(): void {
    const due = Math.floor(this.#clock.monotonic() / slotMs);
    this.#armedSlot = Number.POSITIVE_INFINITY;
    let next = Number.POSITIVE_INFINITY;
    for (const slot of this.#slots.values()) {
      if (slot.number > due) {
        next = Math.min(next, slot.number);
        continue;
      }
      this.#slots.delete(slot.number);
      if (this.#latest === slot) this.#latest = undefined;
      for (let waiting = slot.first; waiting !== undefined; waiting = slot.first) {
        this.remove(waiting);
        waiting.expire();
      }
    }
    if (next < this.#armedSlot) this.#arm(next);
  }
}

function link(waiting: Waiting, slot: Slot): void {
  waiting.slot = slot;
  waiting.after = slot.first;
  if (slot.first !== undefined) slot.first.before = waiting;
  slot.first = waiting;
}
