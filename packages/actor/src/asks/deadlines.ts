import type { Cancel, Clock } from "../ports/clock.ts";

/** Width of one slot of the wheel, milliseconds: deadlines are kept to this precision. */
const slotMs = 10;

/** Something that waits no longer than its deadline. */
export interface Expiring {
  expire(): void;
}

/**
 * Many deadlines behind one timer (Varghese and Lauck 1987, hashed wheel). Asks nearly always end
 * before their deadline, so adding and removing must cost next to nothing.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #slots = new Map<number, Set<Expiring>>();
  #armedSlot = Number.POSITIVE_INFINITY;
  #cancelTimer: Cancel | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Calls `expire` once, `delayMs` from now or up to a slot later, unless removed before.
   *
   * @returns the slot, for {@link remove}
   */
  add(delayMs: number, waiting: Expiring): number {
    const slot = Math.ceil((this.#clock.monotonic() + delayMs) / slotMs);
    const entries = this.#slots.get(slot);
    if (entries === undefined) this.#slots.set(slot, new Set([waiting]));
    else entries.add(waiting);
    if (slot < this.#armedSlot) this.#arm(slot);
    return slot;
  }

  remove(slot: number, waiting: Expiring): void {
    const entries = this.#slots.get(slot);
    entries?.delete(waiting);
    if (entries?.size === 0) this.#slots.delete(slot);
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
        for (const waiting of entries) waiting.expire();
      } else if (slot < next) next = slot;
    }
    if (next < this.#armedSlot) this.#arm(next);
  }
}
