import type { Attempt, TaskOutcome } from "./protocol.ts";

/** Most ended attempts whose outcome is kept for whoever asks again. */
const endedLimit = 1000;

/** One attempt that an agent took on. */
export interface Running {
  readonly attempt: Attempt;
  /** The auction it was won in. */
  readonly auction: string;
  readonly type: string;
  readonly bytes: number;
  /** Who wants to know how it ends. */
  customer: string;
  readonly startedAt: number;
  readonly expectedMs: number;
  readonly abort: AbortController;
}

/** What an agent is doing and has done, by attempt. */
export class Attempts {
  readonly #running = new Map<string, Running>();
  readonly #ended = new Map<string, TaskOutcome>();

  get running(): readonly Running[] {
    return [...this.#running.values()];
  }

  find(attempt: Attempt): Running | undefined {
    return this.#running.get(keyOf(attempt));
  }

  wonIn(auction: string): Running | undefined {
    return this.running.find((running) => running.auction === auction);
  }

  outcome(attempt: Attempt): TaskOutcome | undefined {
    return this.#ended.get(keyOf(attempt));
  }

  begin(running: Running): void {
    this.#running.set(keyOf(running.attempt), running);
  }

  /** Moves an attempt to the ended ones; the oldest of these is forgotten beyond the limit. */
  end(attempt: Attempt, outcome: TaskOutcome): Running | undefined {
    const key = keyOf(attempt);
    const running = this.#running.get(key);
    this.#running.delete(key);
    this.#ended.set(key, outcome);
    if (this.#ended.size > endedLimit) {
      const oldest = this.#ended.keys().next();
      if (oldest.done !== true) this.#ended.delete(oldest.value);
    }
    return running;
  }

  /** As if the attempt had never been taken on. */
  forget(attempt: Attempt): void {
    this.#running.delete(keyOf(attempt));
  }

  /** Milliseconds until what is running now is expected to be done. */
  backlogMs(now: number): number {
    return this.running.reduce(
      (sum, { startedAt, expectedMs }) => sum + Math.max(0, startedAt + expectedMs - now),
      0,
    );
  }
}

function keyOf({ goal, task, attempt }: Attempt): string {
  return `${goal}/${task}/${attempt}`;
}
