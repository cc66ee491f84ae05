import type { z } from "zod";
import type { FencedError } from "../errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { Journal } from "../ports/journal.ts";
import type { Log } from "../ports/log.ts";
import type { Random } from "../ports/random.ts";
import { openEntity } from "./entity.ts";
import type { Outbox } from "./outbox.ts";
import { readArchived } from "./read-archived.ts";
import { Segments } from "./segments.ts";
import type { Upcasters, VersionedFormat } from "./versioned-format.ts";

/** When the folded state is stored, and what may go once it is. */
export interface SnapshotOptions<State> extends VersionedFormat<State> {
  /** A snapshot is stored by the append that makes it so many records since the last; 1 or more. */
  readonly every: number;
  /**
   * What becomes of records that a stored snapshot covers. `all` (default): they stay, so that a
   * snapshot that cannot be read costs time only. `uncovered`: they are purged but for the newest,
   * which the fence needs; then nothing but the snapshot, or a newer release, can tell the state.
   * `archived`: they are packed into segments on the subject `segment.<kind>.<key>`, then purged
   * from the journal, again but for the newest. `readRecords` reads all of them, and so does opening
   * when the snapshot cannot be read; a snapshot is then due when as many bytes
   * of records have come as it is large; it is compressed, and left out when that is more than 512 KiB. Records of 512 KiB together are archived before there are `every`. It is done
   * beside further appends; these wait for it when as much again has come, so that the journal holds
   * at most twice that, while the store answers.
   */
  readonly retain?: "all" | "uncovered" | "archived";
}

/** Where the records of an entity are, and what they look like. */
export interface RecordsOptions<Record, Effect = never> {
  readonly journal: Journal;
  /**
   * Kind and key name the entity; its subject is `journal.<kind>.<key>`, that of its snapshots
   * `snapshot.<kind>.<key>`, that of its segments `segment.<kind>.<key>`.
   */
  readonly kind: string;
  readonly key: string;
  readonly record: z.ZodType<Record>;
  /** Version of the record format that is written. */
  readonly version: number;
  /** For each older version, how its records become records of the next. */
  readonly upcast?: Upcasters;
  /** Format of the effects that records may ask for. Default none may. */
  readonly effect?: VersionedFormat<Effect>;
}

/** What a journaled entity is opened with: its journal, how records fold into its state, and when that is stored. */
export interface JournaledOptions<State, Record, Effect = never>
  extends RecordsOptions<Record, Effect> {
  readonly clock: Clock;
  readonly initial: State;
  /**
   * The state after one more record. Must be pure, unless `appliesInPlace`. `at`: when it was
   * written, epoch milliseconds. One that throws keeps the record from being stored.
   */
  readonly apply: (state: State, record: Record, at: number) => State;
  /**
   * `apply` may change the state that it is given, `initial` included, instead of copying it. It is
   * then called only once the record is stored, and must not throw. Default false.
   */
  readonly appliesInPlace?: boolean;
  /** Default: none are stored or read, and opening takes as long as the history. */
  readonly snapshot?: SnapshotOptions<State>;
  /** Ids of appends, by which a writer knows its own records again. Default the system's. */
  readonly random?: Random;
  /** Told when a snapshot could not be stored or read. Default silent. */
  readonly log?: Log;
}

/** A record as it is stored: its position in the store, and when it was appended, milliseconds since the epoch. */
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
   * the snapshot that was opened, and not those that have been archived since. Whoever needs the
   * full history sets no `snapshot`, or calls `readRecords`.
   */
  readonly records: readonly JournaledRecord<Record>[];
  /**
   * Stores a record, then applies it. Appends wait for each other, and are stored in the order they
   * were asked for. With any error but `UnstorableRecordError` the record may be stored or not: open
   * the entity again to know. With `FencedError` it is, where the answer was lost and the other
   * writer went on from it.
   *
   * A snapshot that is due is stored before the append resolves, unless records are `archived`; one
   * that fails is logged and does not fail the append, which is stored by then.
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

/** An entity as whoever opened it has it. */
export interface OpenedJournaled<State, Record, Effect>
  extends JournaledWithOutbox<State, Record, Effect> {
  /** Sequence of the last record in the state; 0 before the first. */
  readonly last: number;
  /**
   * As `append` of `JournaledWithOutbox`.
   *
   * @param options.begins with `retain: "archived"`: the record alone tells the state, whatever was
   *   before, and what was before need not be read any more. Default false
   */
  append(
    record: Record,
    options?: { readonly effects?: readonly Effect[]; readonly begins?: boolean },
  ): Promise<State>;
  /**
   * Removes everything before the last record: records, segments and snapshots; to be called after
   * an append that `begins`. One small record each of segments and snapshots stays where there were
   * some. Safe to repeat after an error, by anybody who has opened the entity since.
   *
   * @returns how many records of the journal were removed
   */
  forget(): Promise<number>;
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
): Promise<OpenedJournaled<State, Record, Effect>> {
  const every = options.snapshot?.every ?? 1;
  if (!Number.isInteger(every) || every < 1) {
    throw new RangeError(`snapshot.every must be a whole number from 1 on, not ${every}`);
  }
  return openEntity(options);
}

/**
 * All records of an entity with `retain: "archived"`, oldest first, out of its segments and its
 * journal. Writes nothing, and may be called while others append.
 *
 * @param options.after only records with a later sequence. Default 0: all
 * @throws UnreadableRecordError when a record or segment has no known version or shape
 * @throws MissingRecordsError when records are neither in the journal nor in a segment
 */
export async function readRecords<Record, Effect = never>(
  options: RecordsOptions<Record, Effect> & { readonly after?: number },
): Promise<readonly JournaledRecord<Record>[]> {
  const { journal, kind, key, record, version, upcast = {}, effect, after = 0 } = options;
  const { entries } = await readArchived({
    journal,
    subject: `journal.${kind}.${key}`,
    formats: { record: { schema: record, version, upcast }, effect },
    segments: new Segments(journal, `segment.${kind}.${key}`),
    after,
  });
  return entries.flatMap((entry) =>
    entry.kind === "record"
      ? [{ sequence: entry.sequence, at: entry.at, record: entry.record }]
      : [],
  );
}
