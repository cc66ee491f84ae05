import type { Cancel, Clock } from "../ports/clock.ts";

/** Width of one slot of the wheel, milliseconds: deadlines are kept to this precision. */
const slotMs = 10;

/** Something that waits no longer than its deadline; links of its slot's list itself. */
export abstract class Waiting {
  slot: Slot | undefined;
  before: Waiting | undefined;
  after: Waiting | undefined;

  abstract expire(): void;
}

interface Slot {
  readonly number: number;
  first: Waiting | undefined;
}

/**
 * Many deadlines behind one timer (Varghese and Lauck 1987, hashed wheel). Asks nearly always end
 * before their deadline, so adding and removing must cost next to nothing.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #slots = new Map<number, Slot>();
  #latest: Slot | undefined;
  #armedSlot = Number.POSITIVE_INFINITY;
  #cancelTimer: Cancel | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `expire` once, at the monotonic time `dueMs` or up to a slot later, unless removed before. */
  add(dueMs: number, waiting: Waiting): void {
    const slot = this.#slotFor(Math.ceil(dueMs / slotMs));
    waiting.slot = slot;
    waiting.after = slot.first;
    if (slot.first !== undefined) slot.first.before = waiting;
    slot.first = waiting;
    if (slot.number < this.#armedSlot) this.#arm(slot.number);
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
    for (const { first } of [...this.#slots.values()]) {
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
