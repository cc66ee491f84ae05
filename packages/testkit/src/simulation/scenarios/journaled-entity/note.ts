import {
  type Clock,
  type Journal,
  type Journaled,
  openJournaled,
  type Random,
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
export type Notes = Journaled<readonly number[], Note>;

/** When entities store snapshots, and whether they purge what these cover. Not at all when undefined. */
export type Snapshotting = { readonly every: number; readonly retain: "all" | "uncovered" };

const noteShape = z.object({ id: z.number(), writer: z.string(), follows: z.number() });
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
    kind: "note",
    key,
    record: noteShape,
    version: 1,
    initial: [],
    apply: (ids, { id }) => [...ids, id],
    ...(snapshot === undefined ? {} : { snapshot }),
  });
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
