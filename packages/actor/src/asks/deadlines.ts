import type { Cancel, Clock } from "../ports/clock.ts";

/** Width of one slot of the wheel, milliseconds: deadlines are kept to this precision. */
const slotMs = 10;

/**
 * Many deadlines behind one timer. Asks nearly always end before their deadline, so adding and
 * removing must cost next to nothing; a slot's timer is armed only when it is the next one due.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #slots = new Map<number, Set<() => void>>();
  #armedSlot = Number.POSITIVE_INFINITY;
  #cancelTimer: Cancel | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `expire` once, `delayMs` from now or up to a slot later, unless cancelled before. */
  add(delayMs: number, expire: () => void): Cancel {
    const slot = Math.ceil((this.#clock.monotonic() + delayMs) / slotMs);
    const entries = this.#slots.get(slot) ?? new Set();
    entries.add(expire);
    this.#slots.set(slot, entries);
    if (slot < this.#armedSlot) this.#arm(slot);
    return () => {
      entries.delete(expire);
      if (entries.size === 0 && this.#slots.get(slot) === entries) this.#slots.delete(slot);
    };
  }

  close(): void {
    this.#cancelTimer?.();
    this.#slots.clear();
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
    for (const [slot, entries] of this.#slots) {
      if (slot <= due) {
        this.#slots.delete(slot);
        for (const expire of entries) expire();
      } else if (slot < next) next = slot;
    }
    if (next < this.#armedSlot) this.#arm(next);
  }
}
