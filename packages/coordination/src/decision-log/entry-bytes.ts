import { EntryTooLargeError } from "../errors.ts";

/** Longest id of an entry, characters. */
const idMost = 200;

/**
 * The bytes that an entry and its id take as JSON.
 *
 * @throws RangeError when the id is empty or longer than 200 characters
 * @throws EntryTooLargeError when they are more than `limit`
 */
export function entryBytes(id: string, entry: unknown, limit: number): number {
  if (id.length === 0 || id.length > idMost) {
    throw new RangeError(`an entry's id must have 1 to ${idMost} characters, not ${id.length}`);
  }
  const bytes = Buffer.byteLength(JSON.stringify([id, entry]));
  if (bytes > limit) throw new EntryTooLargeError(id, bytes, limit);
  return bytes;
}
