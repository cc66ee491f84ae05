import type { JsMsg } from "@nats-io/jetstream";
import { headers, type MsgHdrs } from "@nats-io/transport-node";
import type { Connection } from "../connection/connection.ts";
import { partsIn, readParts, writeParts } from "./result-parts.ts";
import { type NatsResultStoreOptions, ResultStream } from "./result-stream.ts";
import { keyOf, resultSubjects, tagFilter } from "./result-subjects.ts";

/** The tag that a message stands for, as a URI component. Entries of earlier releases lack it. */
const tagHeader = "Troupe-Tag";
/** Set by the server on a message that is delivered without its payload. */
const sizeHeader = "Nats-Msg-Size";
const nothing = new Uint8Array();

/** Cached results on JetStream; the port `ResultStore` of `@troupe/orchestration`. */
export interface NatsResultStore {
  get(key: string): Promise<{ readonly bytes: Uint8Array; readonly version: number } | undefined>;
  put(
    key: string,
    bytes: Uint8Array,
    options: { readonly tags: readonly string[]; readonly replacing?: number },
  ): Promise<boolean>;
  delete(key: string): Promise<void>;
  list(tag: string): Promise<readonly string[]>;
  /** All entries with their sizes and tags, the oldest first, for people; none of them is read. */
  entries(): Promise<readonly StoredEntry[]>;
}

/** What is known of an entry without reading it. */
export interface StoredEntry {
  readonly key: string;
  readonly bytes: number;
  /** Epoch milliseconds, by the server's clock. */
  readonly storedAt: number;
  /** Empty for an entry that has none, or was put by a release before tags were told. */
  readonly tags: readonly string[];
}

/**
 * A store of results in the stream `<PREFIX>_CACHE`, made at the first operation. One message per
 * entry, or parts of 512 KiB (less on servers that take less) that are stored before it, so that an
 * entry is seen whole or not at all; an empty message per tag. A version is a sequence number.
 *
 * Full, or after `maxAgeDays` (7, and not more), the stream drops the oldest. Parts of an entry that was put again
 * stay until then, or until it is deleted.
 *
 * Reads come from the stream's leader. Operations are repeated while the server restarts, for at
 * most 25 s; then they reject with `StoreUnavailableError` (retryable). A put with `replacing` whose
 * answer was lost can be repeated, and then say false although it was stored. They throw what
 * `ensureStreams` throws when the stream cannot be made, and `InvalidOptionError` for a key that
 * cannot be part of a subject. A stream that is removed meanwhile fails one operation, with
 * `StreamMissingError`, and is made again by the next.
 */
export function natsResultStore(
  connection: Connection,
  options: NatsResultStoreOptions,
): NatsResultStore {
  const { prefix } = options;
  const stream = new ResultStream(connection, options);
  return {
    async get(key) {
      const subjects = resultSubjects(prefix, key);
      const entry = await stream.read(subjects.entry);
      if (entry === null) return undefined;
      const parts = partsIn(entry.header);
      const bytes = parts === undefined ? entry.data : await readParts(stream, subjects, parts);
      return bytes === undefined ? undefined : { bytes, version: entry.seq };
    },

    async put(key, bytes, { tags, replacing }) {
      const subjects = resultSubjects(prefix, key);
      const fence = replacing === undefined ? {} : { replacing };
      await Promise.all(
        [...new Set(tags)].map((tag) =>
          stream.write(subjects.tag(tag), nothing, { headers: namedTag(tag) }),
        ),
      );
      if (bytes.length <= stream.roomBytes) return stream.write(subjects.entry, bytes, fence);
      const parts = await writeParts(stream, subjects, bytes);
      return stream.write(subjects.entry, nothing, { headers: parts, ...fence });
    },

    delete: async (key) => stream.remove(resultSubjects(prefix, key).all),

    async list(tag) {
      const subjects = await stream.subjects(tagFilter(prefix, tag));
      return subjects.map((subject) => keyOf(prefix, subject));
    },

    entries: async () => entriesOf(prefix, await stream.heads(`${prefix}.cache.>`)),
  };
}

/** The entries that messages without their payloads tell of. */
function entriesOf(prefix: string, heads: readonly JsMsg[]): readonly StoredEntry[] {
  const found = new Map<string, Omit<StoredEntry, "tags">>();
  const tags = new Map<string, string[]>();
  for (const { subject, headers: own, info } of heads) {
    const key = keyOf(prefix, subject);
    const tag = own?.get(tagHeader) ?? "";
    if (tag !== "") tags.set(key, [...(tags.get(key) ?? []), decodeURIComponent(tag)]);
    if (subject !== resultSubjects(prefix, key).entry) continue;
    const bytes = partsIn(own)?.bytes ?? Number(own?.get(sizeHeader));
    found.set(key, { key, bytes, storedAt: Math.floor(info.timestampNanos / 1e6) });
  }
  return [...found.values()].map((entry) => ({ ...entry, tags: tags.get(entry.key) ?? [] }));
}

function namedTag(tag: string): MsgHdrs {
  const own = headers();
  own.set(tagHeader, encodeURIComponent(tag));
  return own;
}
