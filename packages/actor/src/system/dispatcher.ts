/** Something that handles messages when it is its turn. */
export interface Runnable {
  /** Handles at most `budget` messages. Returns how many it handled; asks for another turn itself. */
  turn(budget: number): number;
}

/** Messages one actor may handle before the others get their turn. */
const turnBudget = 256;
/** Messages handled before timers, sockets and other callbacks of the process get their turn. */
const roundBudget = 4096;

/**
 * Gives the actors of a node their turns, in the order in which they became ready. Runs between two
 * callbacks of the process while there is little to do, and gives way to the process after every few
 * thousand messages, so that no exchange among actors can starve the network.
 */
export class Dispatcher {
  #ready: Runnable[] = [];
  /** Takes those that become ready during a round; the two arrays change places. */
  #spare: Runnable[] = [];
  #scheduled = false;
  #spent = 0;
  #renewing = false;

  schedule(runnable: Runnable): void {
    this.#ready.push(runnable);
    if (this.#scheduled) return;
    this.#scheduled = true;
    if (this.#spent < roundBudget) queueMicrotask(this.#run);
    else setImmediate(this.#run);
  }

  readonly #run = (): void => {
    this.#renewSoon();
    while (this.#ready.length > 0 && this.#spent < roundBudget) {
      const round = this.#ready;
      this.#ready = this.#spare;
      for (const runnable of round) this.#spent += runnable.turn(turnBudget);
      round.length = 0;
      this.#spare = round;
    }
    this.#scheduled = this.#ready.length > 0;
    if (this.#scheduled) setImmediate(this.#run);
  };

  /** The budget is for one turn of the process's event loop. */
  #renewSoon(): void {
    if (this.#renewing) return;
    this.#renewing = true;
    setImmediate(() => {
      this.#renewing = false;
      this.#spent = 0;
    });
  }
}
