import type { ActorContext } from "@troupe/actor";
import type { GoalJournal } from "../goal/journal.ts";
import type { GoalRecord } from "../goal/records.ts";
import type { CoordinatorMessages } from "./protocol.ts";

/** Most records stored at once. */
const batchLimit = 500;
/** Most bytes stored at once, as JSON; a single larger record goes alone. */
const batchBytes = 512 * 1024;
/** How long a record that nothing waits for may wait for company, milliseconds. */
const companyMs = 50;

/**
 * What a coordinator has decided and not stored yet. Decisions that come while others are being
 * stored are stored together, all or nothing, so that the number of appends does not grow with the
 * number of tasks. Nothing may act on a decision before it is stored: `stored` tells.
 */
export class Ledger {
  readonly #context: ActorContext<CoordinatorMessages>;
  readonly #journal: GoalJournal;
  readonly #stored: (records: readonly GoalRecord[]) => Promise<void>;
  readonly #failed: (error: Error) => Promise<void>;
  #pending: GoalRecord[] = [];
  /** Who waits for so many of the pending records. */
  #waiting: { left: number; readonly resolve: () => void }[] = [];
  #isStoring = false;
  #isClosed = false;

  constructor(
    context: ActorContext<CoordinatorMessages>,
    journal: GoalJournal,
    on: {
      readonly stored: (records: readonly GoalRecord[]) => Promise<void>;
      readonly failed: (error: Error) => Promise<void>;
    },
  ) {
    this.#context = context;
    this.#journal = journal;
    this.#stored = on.stored;
    this.#failed = on.failed;
  }

  /**
   * Stores records as soon as those before them are stored.
   *
   * @returns resolves when they are; never when they can't be, since the coordinator ends then
   */
  add(...records: readonly GoalRecord[]): Promise<void> {
    this.#pending.push(...records);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ left: this.#pending.length, resolve });
    this.#store();
    return promise;
  }

  /** Stores a record with whatever comes next: for what only explains, and is safe to lose. */
  addInTime(record: GoalRecord): void {
    if (this.#isClosed) return;
    this.#pending.push(record);
    this.#context.timers.once("store", companyMs, "store", {});
  }

  /** Nothing more is to be stored: what waits is dropped. */
  close(): void {
    this.#isClosed = true;
    this.#pending = [];
  }

  /** Whether everything that was decided is stored. */
  get isEmpty(): boolean {
    return !this.#isStoring && this.#pending.length === 0;
  }

  /** Stores what waits for company. */
  flush(): void {
    this.#store();
  }

  #store(): void {
    if (this.#isStoring || this.#isClosed || this.#pending.length === 0) return;
    this.#isStoring = true;
    const batch = this.#takeBatch();
    this.#context.timers.cancel("store");
    this.#context.pipe(this.#journal.append(...batch), async (settled) => {
      this.#isStoring = false;
      if (!settled.ok) return this.#failed(settled.error);
      this.#tell(batch.length);
      await this.#stored(batch);
      this.#store();
    });
  }

  #tell(stored: number): void {
    for (const waiting of this.#waiting) {
      waiting.left -= stored;
      if (waiting.left <= 0) waiting.resolve();
    }
    this.#waiting = this.#waiting.filter(({ left }) => left > 0);
  }

  #takeBatch(): readonly GoalRecord[] {
    let bytes = 0;
    let count = 0;
    for (const record of this.#pending.slice(0, batchLimit)) {
      bytes += JSON.stringify(record).length;
      if (count > 0 && bytes > batchBytes) break;
      count += 1;
    }
    return this.#pending.splice(0, count);
  }
}
