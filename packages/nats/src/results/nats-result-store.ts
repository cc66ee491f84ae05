import {
  AckPolicy,
  DeliverPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  type StoredMsg,
} from "@nats-io/jetstream";
import { headers, type MsgHdrs, nuid } from "@nats-io/transport-node";
import type { Connection } from "../connection/connection.ts";
import { StreamMissingError } from "../errors.ts";
import { onThisConnection, untilAnswered } from "../store/until-answered.ts";
import { ensureCacheStream } from "../streams/ensure-streams.ts";
import { checkPrefix, type LayoutOptions, streamName } from "../streams/layout.ts";
import { keyOf, resultSubjects, tagFilter } from "./result-subjects.ts";

/** Says of an entry that lies in parts: which put they are of, how many, how many bytes. */
const partsHeader = "Troupe-Parts";
/** The tag that a message stands for, as a URI component. Entries of earlier releases lack it. */
const tagHeader = "Troupe-Tag";
/** Set by the server on a message that is delivered without its payload. */
const sizeHeader = "Nats-Msg-Size";
const listedAtOnce = 500;
const listWaitMs = 2000;
const listIdleNanos = 30e9;
const partBytes = 512 * 1024;
/** What a message may need for its headers, of the server's `max_payload`. */
const headerBytes = 4096;
const defaultMaxPayloadBytes = 1024 * 1024;
const partsAtOnce = 8;
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

/** Where results are kept on NATS, how many, and how long. */
export type NatsResultStoreOptions = Pick<LayoutOptions, "prefix" | "replicas" | "maxAgeDays"> & {
  /**
   * Of all entries; a full store drops the oldest. Default 256 MiB, or what the server has room for;
   * one that is given is applied to an existing store too.
   */
  readonly maxBytes?: number;
};

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
  const { prefix, maxBytes, ...layout } = options;
  checkPrefix(prefix);
  const stream = streamName(prefix, "cache");
  let made: Promise<void> | undefined;

  /** An operation on the stream, which exists by then; repeated while the server restarts. */
  async function operate<T>(operation: string, action: () => Promise<T>): Promise<T> {
    try {
      made ??= ensureCacheStream(connection, {
        prefix,
        ...layout,
        ...(maxBytes === undefined ? {} : { maxBytes: { cache: maxBytes } }),
      });
      await made.catch((error) => {
        made = undefined;
        throw error;
      });
      return await untilAnswered(connection, stream, operation, () =>
        onThisConnection(connection, action),
      );
    } catch (thrown) {
      if (thrown instanceof StreamMissingError) made = undefined;
      throw thrown;
    }
  }

  const read = (subject: string): Promise<StoredMsg | null> =>
    operate(`reading '${subject}'`, () =>
      connection.manager.streams.getMessage(stream, { last_by_subj: subject }),
    );

  const write = (subject: string, payload: Uint8Array, own?: MsgHdrs, replacing?: number) =>
    operate(`writing '${subject}'`, async () => {
      try {
        await connection.jetstream.publish(subject, payload, {
          ...(own === undefined ? {} : { headers: own }),
          ...(replacing === undefined ? {} : { expect: { lastSubjectSequence: replacing } }),
        });
        return true;
      } catch (thrown) {
        if (isReplaced(thrown)) return false;
        throw thrown;
      }
    });

  const roomBytes = (): number =>
    Math.min(
      partBytes,
      (connection.nats.info?.max_payload ?? defaultMaxPayloadBytes) - headerBytes,
    );

  return {
    async get(key) {
      const subjects = resultSubjects(prefix, key);
      const entry = await read(subjects.entry);
      if (entry === null) return undefined;
      const parts = partsOf(entry);
      if (parts === undefined) return { bytes: entry.data, version: entry.seq };
      const bytes = new Uint8Array(parts.bytes);
      let filled = 0;
      for (let first = 0; first < parts.count; first += partsAtOnce) {
        const read8 = indices(first, parts.count).map((i) => read(subjects.part(parts.put, i)));
        for (const part of await Promise.all(read8)) {
          if (part === null || filled + part.data.length > bytes.length) return undefined;
          bytes.set(part.data, filled);
          filled += part.data.length;
        }
      }
      return filled === bytes.length ? { bytes, version: entry.seq } : undefined;
    },

    async put(key, bytes, { tags, replacing }) {
      const subjects = resultSubjects(prefix, key);
      const room = roomBytes();
      await Promise.all(
        [...new Set(tags)].map((tag) => write(subjects.tag(tag), nothing, namedTag(tag))),
      );
      if (bytes.length <= room) return write(subjects.entry, bytes, undefined, replacing);
      const put = nuid.next();
      const count = Math.ceil(bytes.length / room);
      for (let first = 0; first < count; first += partsAtOnce) {
        await Promise.all(
          indices(first, count).map((i) =>
            write(subjects.part(put, i), bytes.subarray(i * room, (i + 1) * room)),
          ),
        );
      }
      const own = headers();
      own.set(partsHeader, `${put} ${count} ${bytes.length}`);
      return write(subjects.entry, nothing, own, replacing);
    },

    async delete(key) {
      const { all } = resultSubjects(prefix, key);
      await operate(`removing '${all}'`, () =>
        connection.manager.streams.purge(stream, { filter: all }),
      );
    },

    async list(tag) {
      const filter = tagFilter(prefix, tag);
      const info = await operate(`listing '${filter}'`, () =>
        connection.manager.streams.info(stream, { subjects_filter: filter }),
      );
      return Object.keys(info.state.subjects ?? {}).map((subject) => keyOf(prefix, subject));
    },

    entries: () =>
      operate("listing all results", async () => {
        const found = new Map<string, { bytes: number; storedAt: number; tags: string[] }>();
        const tags = new Map<string, string[]>();
        for await (const message of headersIn(connection, stream, `${prefix}.cache.>`)) {
          const key = keyOf(prefix, message.subject);
          const tag = message.headers?.get(tagHeader) ?? "";
          if (tag !== "") tags.set(key, [...(tags.get(key) ?? []), decodeURIComponent(tag)]);
          if (message.subject !== resultSubjects(prefix, key).entry) continue;
          const [, , inParts] = (message.headers?.get(partsHeader) ?? "").split(" ");
          const bytes = Number(inParts ?? message.headers?.get(sizeHeader));
          found.set(key, {
            bytes,
            storedAt: Math.floor(message.info.timestampNanos / 1e6),
            tags: [],
          });
        }
        return [...found].map(([key, entry]) => ({ key, ...entry, tags: tags.get(key) ?? [] }));
      }),
  };
}

/** The messages of a stream without their payloads: those that are there when reading begins. */
async function* headersIn(connection: Connection, stream: string, filter: string) {
  const info = await connection.manager.consumers.add(stream, {
    filter_subject: filter,
    deliver_policy: DeliverPolicy.All,
    headers_only: true,
    ack_policy: AckPolicy.None,
    inactive_threshold: listIdleNanos,
    mem_storage: true,
    num_replicas: 1,
  });
  const consumer = connection.jetstream.consumers.getConsumerFromInfo(info);
  try {
    for (let left = info.num_pending; left > 0; ) {
      const batch = await consumer.fetch({
        max_messages: Math.min(listedAtOnce, left),
        expires: listWaitMs,
      });
      const before = left;
      for await (const message of batch) {
        left -= 1;
        yield message;
      }
      // What was removed meanwhile does not come.
      if (left === before) return;
    }
  } finally {
    void consumer.delete().catch(() => {});
  }
}

function namedTag(tag: string): MsgHdrs {
  const own = headers();
  own.set(tagHeader, encodeURIComponent(tag));
  return own;
}

function indices(first: number, count: number): readonly number[] {
  return Array.from({ length: Math.min(partsAtOnce, count - first) }, (_, i) => first + i);
}

/** Undefined for an entry that is whole. */
function partsOf(
  entry: StoredMsg,
): { readonly put: string; readonly count: number; readonly bytes: number } | undefined {
  const text = entry.header.get(partsHeader);
  if (text === "") return undefined;
  const [put = "", count, bytes] = text.split(" ");
  return { put, count: Number(count), bytes: Number(bytes) };
}

function isReplaced(thrown: unknown): boolean {
  return (
    thrown instanceof JetStreamApiError &&
    (thrown.code === JetStreamApiCodes.StreamWrongLastSequence ||
      thrown.code === JetStreamApiCodes.StreamWrongLastSequenceUnknown)
  );
}
