import {
  type Clock,
  type Journal,
  type OpenedJournaled,
  openJournaled,
  type Random,
  readRecords,
} from "@troupe/actor";
import { z } from "zod";

/** What the records hold. */
export interface Note {
  /** No other record has it. */
  readonly id: number;
  /** The activation that wrote it. */
  readonly writer: string;
  /** The record that the writer took for the last, 0 for none. */
  readonly follows: number;
}

/** An entity whose state is the ids of its records. */
export type Notes = OpenedJournaled<readonly number[], Note, never>;

/** When entities store snapshots, and what becomes of records. No snapshots when undefined. */
export type Snapshotting = {
  readonly every: number;
  readonly retain: "all" | "uncovered" | "archived";
};

const noteShape = z.object({ id: z.number(), writer: z.string(), follows: z.number() });
const format = { kind: "note", record: noteShape, version: 1 };
const decoder = new TextDecoder();

/** Opens the entity of a key. */
export function openNotes(
  ports: { readonly journal: Journal; readonly clock: Clock; readonly random: Random },
  key: string,
  snapshotting: Snapshotting | undefined,
): Promise<Notes> {
  const schema = z.array(z.number()).readonly();
  const snapshot = snapshotting && { ...snapshotting, schema, version: 1 };
  return openJournaled<readonly number[], Note>({
    ...ports,
    ...format,
    key,
    initial: [],
    apply: (ids, { id }) => [...ids, id],
    ...(snapshot === undefined ? {} : { snapshot }),
  });
}

/** The ids of all records of a key, archived ones included. */
export async function archivedNotes(journal: Journal, key: string): Promise<readonly number[]> {
  const records = await readRecords<Note>({ journal, ...format, key });
  return records.map(({ record }) => record.id);
}

/** Where the records of a key are. */
export function subjectOf(key: string): string {
  return `journal.note.${key}`;
}

/** A record as it is stored. */
export function noteOf(payload: Uint8Array): Note {
  const { record } = JSON.parse(decoder.decode(payload)) as { readonly record: Note };
  return record;
}
