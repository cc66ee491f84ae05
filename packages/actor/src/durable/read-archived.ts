import type { Journal } from "../ports/journal.ts";
import { type Entry, type EntryFormats, readEntryFields } from "./envelope.ts";
import { MissingRecordsError } from "./errors.ts";
import { findGap, type History, readRecord, unreadableRecord } from "./read-history.ts";
import type { ArchivedEntry, JournalEntry, Segments } from "./segments.ts";
import type { Snapshots } from "./snapshots.ts";
import { NotReadable } from "./versioned-format.ts";

/** How often an entity is read again because another writer moved records to a segment meanwhile. */
const readTries = 5;

/** What an entity holds whose old records are moved to segments. */
export interface ArchivedHistory<State, Record, Effect> extends History<State, Record, Effect> {
  /** What its journal still has, also of what is in a segment already. */
  readonly inJournal: readonly JournalEntry[];
}

/**
 * Reads an entity whose old records are moved to segments: all of its records after `after`, or its
 * newest snapshot and the records after that. The journal is read first, and alone where nothing was
 * moved. A snapshot that cannot be read costs time only.
 *
 * Records are moved while others read: a segment is there before what is in it leaves the journal, so
 * a gap means that both are to be read again; and so does a snapshot that is newer than what the journal
 * held when it was read. The last try does without a snapshot.
 *
 * @param source.snapshots left out: all records are wanted
 * @throws UnreadableRecordError when a record or segment has no known version or shape
 * @throws MissingRecordsError when records are neither in the journal nor in a segment
 */
export async function readArchived<State, Record, Effect>(source: {
  readonly journal: Journal;
  readonly subject: string;
  readonly formats: EntryFormats<Record, Effect>;
  readonly segments: Segments;
  readonly snapshots?: Snapshots<State, Effect> | undefined;
  readonly after?: number;
}): Promise<ArchivedHistory<State, Record, Effect>> {
  const { journal, subject, formats, segments, snapshots, after = 0 } = source;
  for (let tries = 1; ; tries += 1) {
    const stored = await journal.read(subject, { after });
    const tail = stored.map(({ sequence, payload }) => ({
      sequence,
      payload,
      ...readRecord(subject, sequence, payload, formats),
    }));
    const [first] = tail;
    /** The first record there is says what it follows, unless an earlier release wrote it. */
    const lacks = (sequence: number): boolean =>
      first !== undefined && (first.after ?? Number.POSITIVE_INFINITY) > sequence;
    const isLastTry = tries >= readTries;
    const found = lacks(after) && !isLastTry ? await snapshots?.newest() : undefined;
    const unreadable = found?.content instanceof NotReadable ? found.content : undefined;
    const snapshot = found?.content instanceof NotReadable ? undefined : found?.content;
    // Whoever goes on from here archives what the journal has: it must be as new as the state.
    if (snapshot !== undefined && snapshot.covers > (tail.at(-1)?.sequence ?? after)) continue;
    const covered = snapshot?.covers ?? after;
    const archived = lacks(covered) ? await segments.read(covered) : [];
    const reached = archived.at(-1)?.sequence ?? covered;
    const all = [
      ...archived.map((entry) => readArchivedEntry(subject, entry, formats)),
      ...tail.filter(({ sequence }) => sequence > reached),
    ];
    // What is before a record that follows nothing does not count any more.
    const begin = all.findLastIndex((entry) => entry.after === 0);
    const entries = begin > 0 ? all.slice(begin) : all;
    const gap = findGap(covered, entries);
    if (gap === undefined) {
      const inJournal = tail.map(({ sequence, payload, after: follows }, index) => ({
        sequence,
        payload,
        after: follows ?? tail[index - 1]?.sequence ?? 0,
      }));
      return { snapshot: begin < 0 ? snapshot : undefined, unreadable, entries, inJournal };
    }
    if (isLastTry) {
      const why = "they are in no segment";
      throw new MissingRecordsError(subject, gap.after, gap.until, why, { cause: unreadable });
    }
  }
}

function readArchivedEntry<Record, Effect>(
  subject: string,
  { sequence, after, fields }: ArchivedEntry,
  formats: EntryFormats<Record, Effect>,
): Entry<Record, Effect> & { readonly sequence: number } {
  try {
    return { sequence, ...readEntryFields(fields, formats), after };
  } catch (error) {
    throw unreadableRecord(subject, sequence, error);
  }
}
