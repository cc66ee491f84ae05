import { FencedError, TroupeError } from "../errors.ts";
import type { Journal, StoredRecord } from "../ports/journal.ts";

/** How often an append whose outcome is unknown is looked up and tried again. */
const appendTries = 5;

/** One append on the record the writer knows as the last. */
export interface FencedAppend {
  readonly journal: Journal;
  readonly subject: string;
  readonly payload: Uint8Array;
  /** Sequence of the last record as the writer knows it, 0 for none. */
  readonly expected: number;
  /** Of no other append, by any writer: by it our own record is recognised. */
  readonly id: string;
}

/**
 * Appends, and gives the sequence. An append may fail after it was stored; what the journal then
 * holds as its last record decides: our own id means success, the old record that it is safe to try
 * again. Bytes would not do: another writer may have written the same ones.
 *
 * @throws FencedError when another writer has appended since, also when it did so on our record
 * @throws the journal's error when the outcome is unknown after the last try
 */
export async function appendFenced(append: FencedAppend): Promise<number> {
  const { journal, subject, payload, expected, id } = append;
  for (let tries = 1; ; tries += 1) {
    try {
      return (await journal.append(subject, payload, { expected, id })).sequence;
    } catch (cause) {
      const last = await lastOf(journal, subject);
      if (last !== "unknown") {
        if (last?.id === id) return last.sequence;
        if ((last?.sequence ?? 0) !== expected) throw new FencedError(subject, expected, { cause });
      }
      if (tries >= appendTries || (cause instanceof TroupeError && !cause.retryable)) throw cause;
    }
  }
}

/** A look-up that fails as well decides nothing; a repeated append is safe without it. */
async function lastOf(
  journal: Journal,
  subject: string,
): Promise<StoredRecord | "unknown" | undefined> {
  try {
    return await journal.last(subject);
  } catch {
    return "unknown";
  }
}
