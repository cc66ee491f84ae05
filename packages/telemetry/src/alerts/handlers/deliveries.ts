import { type Clock, ensureError, type Log, pause } from "@troupe/actor";
import { NotDeliveredError } from "../../errors.ts";
import type { Notice } from "../alert-book.ts";
import type { AlertHandler } from "./handler.ts";
import { titleOf } from "./notice-text.ts";

/** Notices that may wait for one handler; beyond it new ones are given up. */
const waitingLimit = 500;
/** Tries of one notice, the first included. */
const tryLimit = 6;
/** Pause before the second try, milliseconds; doubled for each further one. */
const firstPauseMs = 1000;
/** Time for one try, milliseconds. */
const tryWithinMs = 30_000;

interface Waiting {
  readonly handler: AlertHandler;
  readonly notices: Notice[];
  isTelling: boolean;
}

/**
 * Notices on their way to those who tell people. Each handler has a queue of its own and tells in order,
 * so that one that is away holds up no other. What is given up is logged, with the whole notice, and counted.
 */
export class Deliveries {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #queues: ReadonlyMap<string, Waiting>;
  readonly #closing = new AbortController();
  #told = 0;
  #givenUp = 0;

  constructor(handlers: readonly AlertHandler[], { clock, log }: { clock: Clock; log: Log }) {
    this.#clock = clock;
    this.#log = log;
    this.#queues = new Map(
      handlers.map((handler) => [handler.name, { handler, notices: [], isTelling: false }]),
    );
  }

  /** Names of the handlers. */
  get handlers(): readonly string[] {
    return [...this.#queues.keys()];
  }

  /** Notices told and given up so far, once for each handler. */
  get counts(): { readonly told: number; readonly givenUp: number } {
    return { told: this.#told, givenUp: this.#givenUp };
  }

  add(notice: Notice): void {
    for (const name of notice.handlers) {
      const queue = this.#queues.get(name);
      if (queue === undefined) continue;
      if (queue.notices.length >= waitingLimit) {
        this.#giveUp(name, notice, `${waitingLimit} others wait for it already`);
        continue;
      }
      queue.notices.push(notice);
      if (!queue.isTelling) void this.#tell(queue);
    }
  }

  /** Gives up what waits. */
  close(): void {
    this.#closing.abort();
  }

  async #tell(queue: Waiting): Promise<void> {
    queue.isTelling = true;
    while (queue.notices[0] !== undefined && !this.#closing.signal.aborted) {
      await this.#tellOne(queue.handler, queue.notices[0]);
      queue.notices.shift();
    }
    queue.isTelling = false;
  }

  async #tellOne(handler: AlertHandler, notice: Notice): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        await this.#try(handler, notice);
        this.#told += 1;
        return;
      } catch (thrown) {
        const error = ensureError(thrown);
        const again = error instanceof NotDeliveredError && error.retryable;
        if (this.#closing.signal.aborted || !again || tries >= tryLimit) {
          return this.#giveUp(handler.name, notice, error.message);
        }
        await pause(this.#clock, firstPauseMs * 2 ** (tries - 1), this.#closing.signal).catch(
          () => {},
        );
      }
    }
  }

  async #try(handler: AlertHandler, notice: Notice): Promise<void> {
    const timeout = new AbortController();
    const cancel = this.#clock.schedule(tryWithinMs, () => timeout.abort());
    try {
      await handler.tell(notice, AbortSignal.any([timeout.signal, this.#closing.signal]));
    } finally {
      cancel();
    }
  }

  #giveUp(handler: string, notice: Notice, why: string): void {
    this.#givenUp += 1;
    this.#log("error", "an alert could not be told and is given up", {
      handler,
      why,
      notice: titleOf(notice),
    });
  }
}
