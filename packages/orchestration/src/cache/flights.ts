import { orAbort } from "./or-abort.ts";

interface Flight<T> {
  readonly tags: readonly string[];
  /** By the clock of the one who began it. */
  readonly begunAt: number;
  readonly result: Promise<T>;
  readonly controller: AbortController;
  callers: number;
  ended: boolean;
}

/** Runs that are under way, by key: callers of one key share one run. */
export class Flights<T> {
  readonly #flights = new Map<string, Flight<T>>();

  /**
   * The result of the run of this key that is under way, or of `begin`. A caller whose `signal` is
   * aborted leaves with the signal's reason; the run goes on for the others, and its own signal is
   * aborted when the last one has left.
   */
  async join(
    key: string,
    begin: (signal: AbortSignal) => Promise<T>,
    options: {
      readonly tags: readonly string[];
      readonly at: number;
      readonly signal: AbortSignal | undefined;
    },
  ): Promise<T> {
    const { tags, at, signal } = options;
    signal?.throwIfAborted();
    const flight = this.#flights.get(key) ?? this.#start(key, begin, tags, at);
    flight.callers += 1;
    try {
      return await orAbort(flight.result, signal);
    } finally {
      flight.callers -= 1;
      if (flight.callers === 0 && !flight.ended) {
        this.#land(key, flight);
        flight.controller.abort(signal?.reason);
      }
    }
  }

  /** Later callers of these keys begin a run of their own. */
  detach(which: (key: string, tags: readonly string[], begunAt: number) => boolean): void {
    for (const [key, { tags, begunAt }] of this.#flights) {
      if (which(key, tags, begunAt)) this.#flights.delete(key);
    }
  }

  #start(
    key: string,
    begin: (signal: AbortSignal) => Promise<T>,
    tags: readonly string[],
    begunAt: number,
  ): Flight<T> {
    const controller = new AbortController();
    const result = begin(controller.signal).finally(() => this.#land(key, flight));
    const flight: Flight<T> = { tags, begunAt, controller, result, callers: 0, ended: false };
    // Those who left do not hear how it ended.
    result.catch(() => {});
    this.#flights.set(key, flight);
    return flight;
  }

  #land(key: string, flight: Flight<T>): void {
    flight.ended = true;
    if (this.#flights.get(key) === flight) this.#flights.delete(key);
  }
}
