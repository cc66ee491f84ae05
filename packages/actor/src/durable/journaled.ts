import type { z } from "zod";
import type { FencedError } from "../errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { Journal } from "../ports/journal.ts";
import type { Log } from "../ports/log.ts";
import type { Random } from "../ports/random.ts";
import { openEntity } from "./entity.ts";
import type { Outbox } from "./outbox.ts";
import type { Upcasters, VersionedFormat } from "./versioned-format.ts";

/** When the folded state is stored, and what may go once it is. */
export interface SnapshotOptions<State> extends VersionedFormat<State> {
  /** A snapshot is stored by the append that makes it so many records since the last; 1 or more. */
  readonly every: number;
  /**
   * What becomes of records that a stored snapshot covers. `all` (default): they stay, so that a
   * snapshot that cannot be read costs time only. `uncovered`: they are purged but for the newest,
   * which the fence needs; then nothing but the snapshot, or a newer release, can tell the state.
   */
  readonly retain?: "all" | "uncovered";
}

export interface JournaledOptions<State, Record, Effect = never> {
  readonly journal: Journal;
  readonly clock: Clock;
  /**
   * Kind and key name the entity; its subject is `journal.<kind>.<key>`, that of its snapshots
   * `snapshot.<kind>.<key>`.
   */
  readonly kind: string;
  readonly key: string;
  readonly record: z.ZodType<Record>;
  /** Version of the record format that is written. */
  readonly version: number;
  /** For each older version, how its records become records of the next. */
  readonly upcast?: Upcasters;
  readonly initial: State;
  /**
   * The state after one more record. Must be pure. `at`: when it was written, epoch milliseconds.
   * One that throws keeps the record from being stored.
   */
  readonly apply: (state: State, record: Record, at: number) => State;
  /** Format of the effects that records may ask for. Default none may. */
  readonly effect?: VersionedFormat<Effect>;
  /** Default: none are stored or read, and opening takes as long as the history. */
  readonly snapshot?: SnapshotOptions<State>;
  /** Ids of appends, by which a writer knows its own records again. Default the system's. */
  readonly random?: Random;
  /** Told when a snapshot could not be stored or read. Default silent. */
  readonly log?: Log;
}

export interface JournaledRecord<Record> {
  readonly sequence: number;
  readonly at: number;
  readonly record: Record;
}

/** An entity whose state is the fold of its journal. */
export interface Journaled<State, Record> {
  readonly state: State;
  /**
   * The records read and appended, in order: all there are, but with `snapshot` only those after
   * the snapshot that was opened. Whoever needs the full history sets no `snapshot`.
   */
  readonly records: readonly JournaledRecord<Record>[];
  /**
   * Stores a record, then applies it. Appends wait for each other, and are stored in the order they
   * were asked for. With any error but the two named the record may be stored or not: open the
   * entity again to know.
   *
   * A snapshot that is due is stored before the append resolves; one that fails is logged and does
   * not fail the append, which is stored by then.
   *
   * @throws FencedError when another writer has appended since; from then on every append does
   * @throws UnstorableRecordError when it does not survive JSON and its schema, or `apply` throws
   */
  append(record: Record): Promise<State>;
}

/** An entity whose records may ask for effects. */
export interface JournaledWithOutbox<State, Record, Effect> extends Journaled<State, Record> {
  /** The effects of records that are not done; `runOutbox` performs them. */
  readonly outbox: Outbox<Effect>;
  /** Why this writer can append no more: another one has. Undefined while none is known to have. */
  readonly fenced: FencedError | undefined;
  /**
   * As `append` of `Journaled`, and stores with the record, all or nothing, what it asks for.
   *
   * @param options.effects to be performed because of the record, in this order. Default none
   */
  append(record: Record, options?: { readonly effects?: readonly Effect[] }): Promise<State>;
}

/**
 * Opens an entity: reads its newest snapshot, if it has any, and the records after it, and folds
 * them. A snapshot that is damaged, or of a version not known here, is left aside and all records
 * are read, as long as they are there.
 *
 * @throws UnreadableRecordError when a record has no known version or shape
 * @throws MissingRecordsError when records were purged that no readable snapshot covers
 * @throws RangeError when `snapshot.every` is not a whole number from 1 on
 */
export async function openJournaled<State, Record, Effect = never>(
  options: JournaledOptions<State, Record, Effect>,
): Promise<JournaledWithOutbox<State, Record, Effect>> {
  const every = options.snapshot?.every ?? 1;
  if (!Number.isInteger(every) || every < 1) {
    throw new RangeError(`snapshot.every must be a whole number from 1 on, not ${every}`);
  }
  return openEntity(options);
}
