import type { Model, Scalar } from "../model.ts";

/** What is asked of a journal. */
export type JournalInput =
  | {
      readonly kind: "append";
      readonly subject: string;
      readonly payload: Scalar;
      /** The sequence of the subject's last record, 0 for none; undefined appends in any case. */
      readonly expected?: number | undefined;
    }
  | { readonly kind: "read"; readonly subject: string };

/** A record as a read gives it. */
export interface JournalEntry {
  readonly sequence: number;
  readonly payload: Scalar;
}

/** An append gives the sequence, or "fenced"; a read the subject's records, oldest first. */
export type JournalOutput = number | "fenced" | readonly JournalEntry[];

/** A journal's content: its last record, and through it all before. */
export interface JournalState extends JournalEntry {
  readonly subject: string;
  readonly previous: JournalState | undefined;
  readonly id: number;
}

/**
 * An append-only journal as a stream of JetStream is: records of all subjects numbered together
 * from 1 without gaps, an append fenced when its subject's last sequence is not the expected one.
 * The history has to hold every append to the journal, since each moves the numbers of the rest.
 */
export function journalModel(): Model<JournalState, JournalInput, JournalOutput> {
  const initial = { sequence: 0, payload: null, subject: "", previous: undefined, id: 0 };
  const extend = extender();
  return {
    initial,
    isReadOnly: ({ kind }, output) => kind === "read" || output === "fenced",
    key: ({ id }) => id,
    step(state, input, output) {
      if (input.kind === "read")
        return output === undefined || holds(state, input.subject, output) ? [state] : [];
      const { subject, payload, expected } = input;
      const isFenced = expected !== undefined && expected !== lastSequence(state, subject);
      const answer = isFenced ? "fenced" : state.sequence + 1;
      if (output !== undefined && output !== answer) return [];
      return [isFenced ? state : extend(state, subject, payload)];
    },
  };
}

/** Equal contents become the same object, so that a journal's key is a number however long it is. */
function extender(): (previous: JournalState, subject: string, payload: Scalar) => JournalState {
  const successors = new WeakMap<JournalState, Map<string, JournalState>>();
  let ids = 0;
  return (previous, subject, payload) => {
    const known = successors.get(previous) ?? new Map<string, JournalState>();
    successors.set(previous, known);
    const record = JSON.stringify([subject, payload]);
    const existing = known.get(record);
    if (existing !== undefined) return existing;
    ids += 1;
    const next = { sequence: previous.sequence + 1, subject, payload, previous, id: ids };
    known.set(record, next);
    return next;
  };
}

function* newestFirst(state: JournalState, subject: string): Generator<JournalState> {
  let record: JournalState | undefined = state;
  while (record !== undefined && record.sequence > 0) {
    if (record.subject === subject) yield record;
    record = record.previous;
  }
}

function lastSequence(state: JournalState, subject: string): number {
  for (const { sequence } of newestFirst(state, subject)) return sequence;
  return 0;
}

function holds(state: JournalState, subject: string, output: JournalOutput): boolean {
  if (!Array.isArray(output)) return false;
  const entries = output as readonly JournalEntry[];
  let left = entries.length;
  for (const { sequence, payload } of newestFirst(state, subject)) {
    left -= 1;
    const entry = entries[left];
    if (entry?.sequence !== sequence || entry.payload !== payload) return false;
  }
  return left === 0;
}
