import type { Clock, Journal } from "@troupe/actor";
import { JournalUnavailableError } from "../errors.ts";
import { eachRequest } from "./pass-through.ts";

/** How long JetStream takes to find another leader, as measured with three servers. */
const usualFailOverMs = 5000;
/** How long a client waits for an answer before it gives up. */
const patienceMs = 2000;

/** A journal that is without a leader now and then. */
export class FailOver {
  readonly #clock: Clock;
  #until = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The leader is lost: for this long (default 5000 ms) nothing is stored and nobody answers. */
  begin(forMs = usualFailOverMs): void {
    this.#until = Math.max(this.#until, this.#clock.monotonic() + forMs);
  }

  /** A new leader is there. */
  end(): void {
    this.#until = this.#clock.monotonic();
  }

  /** The journal as clients see it: meanwhile their requests fail when their patience ends. */
  over(journal: Journal): Journal {
    return eachRequest(journal, async (subject, request) => {
      if (this.#clock.monotonic() >= this.#until) return request();
      await new Promise<void>((resolve) => {
        this.#clock.schedule(patienceMs, resolve);
      });
      throw new JournalUnavailableError(subject, "it has no leader");
    });
  }
}
