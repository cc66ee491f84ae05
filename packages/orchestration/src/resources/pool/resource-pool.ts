import type { Cancel, Clock } from "@troupe/actor";
import { ReservationLapsedError } from "../../errors.ts";
import type { Resources } from "../../scheduler/resources.ts";
import { advance, cancel, claim, type Grants, nextLapse, release, request } from "./pool.ts";
import {
  createPool,
  type PoolSettings,
  type PoolState,
  type ResourceDemand,
} from "./pool-state.ts";
import { type PoolUsage, usageOf } from "./pool-usage.ts";

/** Resources that are held until they are released. */
export interface Reservation extends Disposable {
  readonly resources: Resources;
  /** Gives all of it back. Doing it again does nothing. */
  release(): void;
}

/** Resources that are kept for whoever will soon need them. */
export interface AheadReservation extends Disposable {
  readonly resources: Resources;
  /**
   * Holds them from now on.
   *
   * @throws ReservationLapsedError when they were not claimed in time, or have been released
   */
  claim(): Reservation;
  /** Gives them up unclaimed. Once they are claimed, or doing it again, does nothing. */
  release(): void;
}

/** How a wait can end otherwise. */
interface WaitOptions {
  /** Ends the wait: the promise rejects with its reason. What is granted already is not taken back. */
  readonly signal?: AbortSignal;
}

/**
 * The resources of one node. A demand gets all it asks for at once or waits holding nothing, so that
 * tasks which need the same things in whatever order never wait for each other.
 *
 * Next is the goal that has had least (dominant share times time, by its share), and of its tasks the
 * one of highest priority. What does not fit is overtaken `patience` times at most. What is held is
 * known to this process only, and gone with it.
 *
 * @example
 * const pool = new ResourcePool({ ...capacityOfThisMachine({ duckdb: 1 }), clock: systemClock });
 * using reservation = await pool.acquire(
 *   { goal: "orders", task: "clean", resources: { cpu: 2000, duckdb: 1 } },
 *   { signal },
 * );
 */
export class ResourcePool {
  readonly #clock: Clock;
  readonly #state: PoolState;
  readonly #waiting = new Map<number, () => void>();
  #lapse: { readonly at: number; readonly cancel: Cancel } | undefined;

  /**
   * @param settings `capacity`, `patience` (16), `queueLimit` (1000), and the clock
   * @throws InvalidValueError naming a setting that cannot be
   */
  constructor({ clock, ...settings }: PoolSettings & { readonly clock: Clock }) {
    this.#clock = clock;
    this.#state = createPool(settings);
  }

  /**
   * Waits until all that is asked for is there, and takes it.
   *
   * @throws UnsatisfiableDemandError at once when there is not as much at all
   * @throws ResourceQueueFullError at once when `queueLimit` demands wait already
   * @throws InvalidValueError for an amount, share or priority that cannot be
   */
  async acquire(demand: ResourceDemand, options: WaitOptions = {}): Promise<Reservation> {
    const number = await this.#obtain(demand, options, undefined);
    return this.#reservation(number, demand.resources);
  }

  /**
   * Takes resources before they are needed, as `acquire` does. They go back by themselves when they
   * are not claimed within `claimWithinMs` of being granted.
   *
   * @throws as `acquire`
   */
  async reserveAhead(
    demand: ResourceDemand,
    options: WaitOptions & { readonly claimWithinMs: number },
  ): Promise<AheadReservation> {
    const { claimWithinMs } = options;
    const number = await this.#obtain(demand, options, claimWithinMs);
    let claimed = false;
    const giveUp = (): void => {
      if (!claimed) this.#release(number);
    };
    return {
      resources: demand.resources,
      claim: () => {
        if (claimed || !claim(this.#state, number, this.#clock.monotonic())) {
          throw new ReservationLapsedError(demand.task, claimWithinMs);
        }
        claimed = true;
        return this.#reservation(number, demand.resources);
      },
      release: giveUp,
      [Symbol.dispose]: giveUp,
    };
  }

  /** What is free, held and waited for now. */
  usage(): PoolUsage {
    return usageOf(this.#state, this.#clock.monotonic());
  }

  async #obtain(
    demand: ResourceDemand,
    { signal }: WaitOptions,
    claimWithin: number | undefined,
  ): Promise<number> {
    signal?.throwIfAborted();
    const now = this.#clock.monotonic();
    const { number, grants } = request(this.#state, demand, now, claimWithin);
    const granted = new Promise<void>((resolve, reject) => {
      const abort = (): void => {
        this.#waiting.delete(number);
        this.#deliver(cancel(this.#state, number, this.#clock.monotonic()));
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", abort, { once: true });
      this.#waiting.set(number, () => {
        signal?.removeEventListener("abort", abort);
        resolve();
      });
    });
    this.#deliver(grants);
    await granted;
    return number;
  }

  #reservation(number: number, resources: Resources): Reservation {
    const giveBack = (): void => this.#release(number);
    return { resources, release: giveBack, [Symbol.dispose]: giveBack };
  }

  #release(number: number): void {
    this.#deliver(release(this.#state, number, this.#clock.monotonic()));
  }

  #deliver(grants: Grants): void {
    for (const number of grants) {
      this.#waiting.get(number)?.();
      this.#waiting.delete(number);
    }
    this.#wakeForLapse();
  }

  #wakeForLapse(): void {
    const at = nextLapse(this.#state);
    if (at === this.#lapse?.at) return;
    this.#lapse?.cancel();
    this.#lapse = undefined;
    if (at === undefined) return;
    const cancelTimer = this.#clock.schedule(at - this.#clock.monotonic(), () => {
      this.#lapse = undefined;
      this.#deliver(advance(this.#state, this.#clock.monotonic()));
    });
    this.#lapse = { at, cancel: cancelTimer };
  }
}
