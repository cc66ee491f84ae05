import type { Cancel, Clock, StoredRecord } from "@troupe/actor";
import type { InMemoryJournal } from "../../in-memory-journal.ts";

/** How often a JetStream server syncs its files unless told otherwise (from 2.10 on). */
const usualIntervalMs = 120_000;

/**
 * The disk under a journal that acknowledges before it syncs, as JetStream does: what was appended
 * since the last sync is lost when the machine loses power.
 */
export class LazySync {
  readonly #journal: InMemoryJournal;
  readonly #cancel: Cancel;
  #synced = 0;

  /** @param intervalMs time between syncs. Default 120 000. */
  constructor(journal: InMemoryJournal, clock: Clock, intervalMs = usualIntervalMs) {
    this.#journal = journal;
    let cancel = (): void => {};
    const arm = (): void => {
      cancel = clock.schedule(intervalMs, () => {
        this.sync();
        arm();
      });
    };
    arm();
    this.#cancel = () => cancel();
  }

  /** Everything so far is safe. */
  sync(): void {
    this.#synced = this.#journal.lastSequence;
  }

  /** The machine loses power: what was not synced is gone, acknowledged or not. Returns it. */
  losePower(): readonly StoredRecord[] {
    return this.#journal.truncate(this.#synced);
  }

  /** No more syncs by time. */
  close(): void {
    this.#cancel();
  }
}
