import type { Clock } from "../ports/clock.ts";

/** Something that handles messages when it is its turn. */
export interface Runnable {
  /** Handles at most `budget` messages. Returns how many it handled; asks for another turn itself. */
  turn(budget: number): number;
  /**
   * Set by the dispatcher while it waits for its turn: its own link of the ring of those that do, so that
   * becoming ready allocates nothing.
   */
  nextReady: Runnable | undefined;
}

/** Messages one actor may handle before the others get their turn. */
const turnBudget = 256;
/** How long messages are handled before timers, sockets and other callbacks get their turn, milliseconds. */
const roundMs = 5;
/** The same in messages, for clocks that stand still. */
const roundBudget = 65_536;
/** Messages between two looks at the clock. */
const messagesPerLook = 256;
/** What waits for it runs as a microtask, for less than `queueMicrotask` asks in Node. */
const settled = Promise.resolve();

/**
 * Gives the actors of a node their turns, in the order in which they became ready. Runs between two
 * callbacks of the process while there is little to do, and gives way to the process after every few
 * milliseconds, so that no exchange among actors can starve the network.
 */
export class Dispatcher {
  readonly #clock: Clock;
  /** A ring held by the one that became ready last, which is followed by the first. */
  #last: Runnable | undefined;
  #scheduled = false;
  /** Messages handled since the process last had its turn, and since the last look at the clock. */
  #spent = 0;
  #unseen = 0;
  #began = 0;
  #isOver = false;
  #renewing = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  schedule(runnable: Runnable): void {
    if (runnable.nextReady !== undefined) return;
    const last = this.#last ?? runnable;
    runnable.nextReady = last.nextReady ?? runnable;
    last.nextReady = runnable;
    this.#last = runnable;
    if (this.#scheduled) return;
    this.#scheduled = true;
    if (this.#isOver) setImmediate(this.#run);
    else void settled.then(this.#run);
  }

  readonly #run = (): void => {
    this.#renewSoon();
    while (this.#last !== undefined && !this.#isOver) {
      const next = this.#takeFirst(this.#last);
      this.#count(next.turn(turnBudget));
    }
    this.#scheduled = this.#last !== undefined;
    if (this.#scheduled) setImmediate(this.#run);
  };

  #takeFirst(last: Runnable): Runnable {
    const first = last.nextReady ?? last;
    if (first === last) this.#last = undefined;
    else last.nextReady = first.nextReady;
    first.nextReady = undefined;
    return first;
  }

  #count(handled: number): void {
    this.#spent += handled;
    this.#unseen += handled;
    if (this.#unseen < messagesPerLook) return;
    this.#unseen = 0;
    this.#isOver = this.#spent >= roundBudget || this.#clock.monotonic() - this.#began >= roundMs;
  }

  /** The budget is for one turn of the process's event loop. */
  #renewSoon(): void {
    if (this.#renewing) return;
    this.#renewing = true;
    this.#began = this.#clock.monotonic();
    setImmediate(() => {
      this.#renewing = false;
      this.#isOver = false;
      this.#spent = 0;
    });
  }
}
