import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { FencedError } from "../errors.ts";
import type { Journal, StoredRecord } from "../ports/journal.ts";
import { appendFenced } from "./append-fenced.ts";
import { UnreadableRecordError } from "./errors.ts";
import { fromJsonBytes, toJsonBytes } from "./json-bytes.ts";
import { NotReadable } from "./versioned-format.ts";

/** Most bytes of records in one segment, as the journal had them; one larger record goes alone. */
export const segmentBytes = 512 * 1024;
/** Most bytes that a segment may be when it is unpacked: more than any that is written. */
const unpackedBytes = 64 * 1024 * 1024;
const formatVersion = 1;
const decoder = new TextDecoder();

/** A record of an entity as its journal has it. */
export interface JournalEntry {
  readonly sequence: number;
  /** Sequence of the record it follows; 0 for the first. */
  readonly after: number;
  readonly payload: Uint8Array;
}

/** A record out of a segment. */
export interface ArchivedEntry {
  readonly sequence: number;
  /** What the first record of a segment follows; of the others, only what they say themselves. */
  readonly after: number | undefined;
  /** What the journal had, read as JSON. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The newest segment of an entity. */
export interface NewestSegment {
  /** Its own. */
  readonly sequence: number;
  /** Sequence of the last record that is in it or in one before; 0 for none. */
  readonly covers: number;
}

/**
 * The segments of one entity: its old records, packed together and compressed, as records of a
 * subject of their own in the journal's stream. That subject is fenced like the journal, so a segment
 * is never replaced, and of two writers one adds the next. What a segment holds was in the journal
 * before, where nothing changes: it is right whoever wrote it.
 */
export class Segments {
  readonly #journal: Journal;
  readonly #subject: string;

  constructor(journal: Journal, subject: string) {
    this.#journal = journal;
    this.#subject = subject;
  }

  /** @throws UnreadableRecordError when it is damaged, or of a newer release */
  async newest(): Promise<NewestSegment | undefined> {
    const stored = await this.#journal.last(this.#subject);
    return stored && { sequence: stored.sequence, covers: this.#unpack(stored).covers };
  }

  /**
   * The records after a sequence that are in segments, oldest first. A segment is stored after what
   * is in it, so those stored up to `after` need not be looked at.
   *
   * @throws UnreadableRecordError when a segment is damaged, or of a newer release
   */
  async read(after: number): Promise<readonly ArchivedEntry[]> {
    const stored = await this.#journal.read(this.#subject, { after });
    return stored
      .flatMap((segment) => this.#unpack(segment).records)
      .filter(({ sequence }) => sequence > after);
  }

  /**
   * Adds what no segment has yet of `entries`, which are all records of the journal up to a point.
   *
   * @param token of this call alone; begins the ids of what it appends
   * @returns what the segments cover then, also when another writer was faster
   */
  async add(entries: readonly JournalEntry[], token: string): Promise<number> {
    const newest = await this.newest();
    let expected = newest?.sequence ?? 0;
    let covers = newest?.covers ?? 0;
    for (const part of inParts(entries.filter(({ sequence }) => sequence > covers))) {
      try {
        expected = await this.#append(pack(part), expected, `${token}-${expected}`);
      } catch (error) {
        if (!(error instanceof FencedError)) throw error;
        return (await this.newest())?.covers ?? 0;
      }
      covers = part.at(-1)?.sequence ?? covers;
    }
    return covers;
  }

  /** Removes all records before a sequence, for good; an empty segment stays, which bears the fence. */
  async removeBefore(sequence: number, token: string): Promise<void> {
    const newest = await this.newest();
    if (newest === undefined) return;
    // The record itself may be in a segment that goes now: then it is to be in the next.
    const covers = sequence - 1;
    const empty = toJsonBytes({ v: formatVersion, covers, records: [] });
    const before = await this.#append(zstdCompressSync(empty), newest.sequence, token);
    await this.#journal.purge(this.#subject, { before });
  }

  #append(payload: Uint8Array, expected: number, id: string): Promise<number> {
    return appendFenced({ journal: this.#journal, subject: this.#subject, payload, expected, id });
  }

  #unpack({ payload, sequence }: StoredRecord): {
    readonly covers: number;
    readonly records: readonly ArchivedEntry[];
  } {
    try {
      return unpack(payload);
    } catch (cause) {
      const why = cause instanceof NotReadable ? cause.message : "it is damaged";
      throw new UnreadableRecordError(this.#subject, sequence, why, { cause });
    }
  }
}

/** JSON text of the records as they are, so that packing and unpacking cost one pass each. */
function pack(part: readonly JournalEntry[]): Uint8Array {
  const records = part.map(({ sequence, payload }) => `[${sequence},${decoder.decode(payload)}]`);
  const { after = 0 } = part[0] ?? {};
  const { sequence: covers = 0 } = part.at(-1) ?? {};
  const text = `{"v":${formatVersion},"after":${after},"covers":${covers},"records":[${records.join()}]}`;
  return zstdCompressSync(text);
}

function unpack(payload: Uint8Array) {
  const json = zstdDecompressSync(payload, { maxOutputLength: unpackedBytes });
  const { v, after, covers, records } = fromJsonBytes(json);
  if (v !== formatVersion) {
    throw new NotReadable(`it has version ${v}, and ${formatVersion} is known here`);
  }
  if (typeof covers !== "number" || !Array.isArray(records)) {
    throw new NotReadable("it is no segment");
  }
  return {
    covers,
    records: (records as [number, ArchivedEntry["fields"]][]).map(([sequence, fields], index) => {
      const follows = index === 0 ? after : fields["after"];
      return { sequence, fields, after: typeof follows === "number" ? follows : undefined };
    }),
  };
}

function* inParts(entries: readonly JournalEntry[]): Iterable<readonly JournalEntry[]> {
  let part: JournalEntry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    if (part.length > 0 && bytes + entry.payload.length > segmentBytes) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(entry);
    bytes += entry.payload.length;
  }
  if (part.length > 0) yield part;
}
