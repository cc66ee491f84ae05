import { type Clock, pause, TroupeError } from "@troupe/actor";
import type { GoalClient } from "@troupe/goals";
import { follow } from "../follow.ts";
import type { GoalSource, SourcedGoal } from "./goal-source.ts";

/** How soon a goal without a receipt is published again, milliseconds. */
const submitAgainMs = 250;
/** How soon following a goal is begun again when nobody answers, milliseconds. */
const followAgainMs = 500;

/** A goal that was published. */
export interface PublishedGoal {
  readonly number: number;
  readonly id: string;
  acknowledged: boolean;
  /** When its end was seen, milliseconds since the epoch. */
  endedAt: number | undefined;
}

export interface LoadOptions {
  readonly client: Pick<GoalClient, "submit" | "watch" | "history">;
  readonly clock: Clock;
  readonly source: GoalSource;
  /** How many goals. */
  readonly goals: number;
  /** Told of every step. */
  readonly observe?: () => void;
  /** No further goal is published. */
  readonly enough: AbortSignal;
  /** Nothing is waited for any more. */
  readonly over: AbortSignal;
}

/** Publishes goals at a steady pace, with a bound on those that are open, and follows each to its end. */
export class GoalLoad {
  readonly published: PublishedGoal[] = [];
  readonly #options: LoadOptions;
  #open = 0;
  #slotFree: () => void = () => {};

  constructor(options: LoadOptions) {
    this.#options = options;
  }

  /**
   * Resolves when all goals have ended, or `over` is aborted.
   *
   * @throws what a refused goal is refused with
   */
  async run(): Promise<void> {
    const { clock, source, goals, enough } = this.#options;
    const begun = clock.monotonic();
    const running: Promise<void>[] = [];
    const failed = new AbortController();
    const stop = AbortSignal.any([enough, failed.signal]);
    stop.addEventListener("abort", () => this.#slotFree(), { once: true });
    for (let number = 0; number < goals; number += 1) {
      await pause(clock, begun + number * source.paceMs - clock.monotonic(), stop);
      await this.#slot(stop);
      if (stop.aborted) break;
      const one = this.#one(number);
      one.catch(() => failed.abort());
      running.push(one);
    }
    await Promise.all(running);
  }

  /** Waits until fewer goals are open than may be. */
  async #slot(stop: AbortSignal): Promise<void> {
    while (this.#open >= this.#options.source.openLimit && !stop.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#slotFree = resolve;
      await promise;
    }
  }

  async #one(number: number): Promise<void> {
    const { source, over, observe = () => {} } = this.#options;
    this.#open += 1;
    try {
      const goal = await source.goal(number);
      const published: PublishedGoal = {
        number,
        id: goal.id,
        acknowledged: false,
        endedAt: undefined,
      };
      this.published.push(published);
      published.acknowledged = await this.#submit(goal);
      observe();
      while (published.endedAt === undefined && !over.aborted) await this.#follow(published);
      observe();
    } finally {
      this.#open -= 1;
      this.#slotFree();
    }
  }

  /**
   * Publishes a goal until a receipt comes: under the same id, so that it runs once however often.
   * A node that died may have stored it without saying so.
   */
  async #submit({ document }: SourcedGoal): Promise<boolean> {
    const { client, clock, over } = this.#options;
    while (!over.aborted) {
      try {
        await client.submit(document);
        return true;
      } catch (thrown) {
        if (!isPassing(thrown)) throw thrown;
      }
      await pause(clock, submitAgainMs, over);
    }
    return false;
  }

  async #follow(published: PublishedGoal): Promise<void> {
    const { client, clock, over } = this.#options;
    const limitMs = Number.POSITIVE_INFINITY;
    const signal = AbortSignal.any([over]);
    try {
      await follow({ client, clock, goal: published.id, limitMs, signal }, ({ record }) => {
        if (endings.has(record.type)) published.endedAt = clock.now();
      });
    } catch (thrown) {
      if (!isPassing(thrown)) throw thrown;
      await pause(clock, followAgainMs, over);
    }
  }
}

const endings: ReadonlySet<string> = new Set(["finished", "failed", "cancelled"]);

/** What passes when what was killed is back. */
function isPassing(thrown: unknown): boolean {
  return thrown instanceof TroupeError && thrown.retryable;
}
