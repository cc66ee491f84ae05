import type { Journal } from "../ports/journal.ts";
import { type Entry, type EntryFormats, readEntry } from "./envelope.ts";
import { MissingRecordsError, UnreadableRecordError } from "./errors.ts";
import type { FoundSnapshot, Snapshot, Snapshots } from "./snapshots.ts";
import { NotReadable } from "./versioned-format.ts";

/** What an entity's journal holds: the newest snapshot that can be read, and the records after it. */
export interface History<State, Record, Effect> {
  readonly snapshot: Snapshot<State, Effect> | undefined;
  /** Why the newest snapshot was left aside, if it was. */
  readonly unreadable: NotReadable | undefined;
  readonly entries: readonly (Entry<Record, Effect> & { readonly sequence: number })[];
}

/**
 * Reads an entity's snapshot and records. A gap between the two means that another writer stored a
 * newer snapshot and purged what it covers between the two reads; then both are read again.
 *
 * @throws UnreadableRecordError when a record has no known version or shape
 * @throws MissingRecordsError when records were purged that no readable snapshot covers
 */
export async function readHistory<State, Record, Effect>(source: {
  readonly journal: Journal;
  readonly subject: string;
  readonly formats: EntryFormats<Record, Effect>;
  readonly snapshots: Snapshots<State, Effect> | undefined;
}): Promise<History<State, Record, Effect>> {
  const { journal, subject, formats, snapshots } = source;
  let before: FoundSnapshot<State, Effect> | undefined;
  for (let isFirst = true; ; isFirst = false) {
    const found = await snapshots?.newest();
    const unreadable = found?.content instanceof NotReadable ? found.content : undefined;
    const snapshot = found?.content instanceof NotReadable ? undefined : found?.content;
    const covered = snapshot?.covers ?? 0;
    const stored = await journal.read(subject, { after: covered });
    const entries = stored.map(({ sequence, payload }) => ({
      sequence,
      ...readRecord(subject, sequence, payload, formats),
    }));
    const gap = findGap(covered, entries);
    if (gap === undefined) return { snapshot, unreadable, entries };
    if (snapshots === undefined || (!isFirst && found?.sequence === before?.sequence)) {
      const why = whyUncovered(found?.sequence, unreadable, snapshots !== undefined);
      throw new MissingRecordsError(subject, gap.after, gap.until, why, { cause: unreadable });
    }
    before = found;
  }
}

/** @throws UnreadableRecordError when it has no known version or shape */
export function readRecord<Record, Effect>(
  subject: string,
  sequence: number,
  payload: Uint8Array,
  formats: EntryFormats<Record, Effect>,
): Entry<Record, Effect> {
  try {
    return readEntry(payload, formats);
  } catch (error) {
    throw unreadableRecord(subject, sequence, error);
  }
}

/** What to throw for a record that could not be read. */
export function unreadableRecord(subject: string, sequence: number, error: unknown): unknown {
  if (!(error instanceof NotReadable)) return error;
  return new UnreadableRecordError(subject, sequence, error.message, { cause: error.cause });
}

/**
 * The first place where a record says it follows one that was not read. One that follows an earlier
 * record than the one before it is no gap: some stores let two writers win a race.
 */
export function findGap(
  covered: number,
  entries: readonly { readonly sequence: number; readonly after: number | undefined }[],
): { readonly after: number; readonly until: number } | undefined {
  let previous = covered;
  for (const { sequence, after = 0 } of entries) {
    if (after > previous) return { after: previous, until: sequence };
    previous = sequence;
  }
  return undefined;
}

function whyUncovered(
  sequence: number | undefined,
  unreadable: NotReadable | undefined,
  isAsked: boolean,
): string {
  if (!isAsked) return "snapshots are not read here";
  if (sequence === undefined) return "there is no snapshot";
  if (unreadable === undefined) return `the newest snapshot, ${sequence}, does not cover them`;
  return `snapshot ${sequence}, which covers them, cannot be read: ${unreadable.message}`;
}
