import {
  AckPolicy,
  DeliverPolicy,
  type JsMsg,
  PubHeaders,
  type StoredMsg,
} from "@nats-io/jetstream";
import type { MsgHdrs } from "@nats-io/transport-node";
import type { StoredRecord } from "@troupe/actor";
import { isConsumerNotFound } from "../connection/api-errors.ts";
import type { Connection } from "../connection/connection.ts";
import { StoreUnavailableError } from "../errors.ts";
import { onThisConnection, operationLimitMs, untilAnswered } from "../store/until-answered.ts";
import type { Located } from "./record-subject.ts";

/** Up to here one request per record is cheaper than making a consumer. */
const singleReads = 8;
const batchSize = 500;
const batchWaitMs = 2000;
const consumerIdleNanos = 30e9;

interface ReadOptions {
  readonly prefix: string;
  readonly after: number;
  readonly limit: number;
}

/** The newest record of a subject, from the stream's leader. */
export async function lastRecord(
  connection: Connection,
  { stream, subject }: Located,
  prefix: string,
): Promise<StoredRecord | undefined> {
  const found = await untilAnswered(connection, stream, `reading the last of '${subject}'`, () =>
    onThisConnection(connection, () =>
      connection.manager.streams.getMessage(stream, { last_by_subj: subject }),
    ),
  );
  return found === null ? undefined : storedRecord(found, prefix);
}

/**
 * Every record of a filter after a sequence, in order. The end is the newest record the leader has
 * when reading begins; a consumer may run on a replica that is behind, so it is read until there.
 */
export async function readRecords(
  connection: Connection,
  located: Located,
  options: ReadOptions,
): Promise<readonly StoredRecord[]> {
  if (options.limit <= 0) return [];
  const records = await readSingly(connection, located, options);
  if (records.length < Math.min(singleReads, options.limit)) return records;
  if (records.length >= options.limit) return records;
  const end = await lastRecord(connection, located, options.prefix);
  const reached = (): number => records.at(-1)?.sequence ?? options.after;
  let progressAt = performance.now();
  while (end !== undefined && reached() < end.sequence && records.length < options.limit) {
    const before = records.length;
    await untilAnswered(connection, located.stream, `reading '${located.subject}'`, () =>
      readInBatches(connection, located, { ...options, end: end.sequence, records }),
    );
    if (records.length > before) progressAt = performance.now();
    else if (await isGone(connection, located, reached(), end.sequence)) break;
    else if (performance.now() - progressAt > operationLimitMs) {
      throw new StoreUnavailableError(
        `reading '${located.subject}'`,
        operationLimitMs,
        `records after ${reached()} did not arrive`,
      );
    }
  }
  return records;
}

/** One request per record, each naming where the next may be. */
async function readSingly(
  connection: Connection,
  located: Located,
  { prefix, after, limit }: ReadOptions,
): Promise<StoredRecord[]> {
  const records: StoredRecord[] = [];
  let from = after + 1;
  while (records.length < Math.min(singleReads, limit)) {
    const found = await nextMessage(connection, located, from);
    if (found === null) break;
    records.push(storedRecord(found, prefix));
    from = found.seq + 1;
  }
  return records;
}

/** The first message of a subject or filter at or after a sequence, from the stream's leader. */
export function nextMessage(
  connection: Connection,
  { stream, subject }: Located,
  from: number,
): Promise<StoredMsg | null> {
  const query: { readonly seq: number; readonly next_by_subj: string } = {
    seq: from,
    next_by_subj: subject,
  };
  return untilAnswered(connection, stream, `reading '${subject}'`, () =>
    onThisConnection(connection, () => connection.manager.streams.getMessage(stream, query)),
  );
}

/**
 * Whether all up to the end has been removed meanwhile, so that nothing is left to read: what was
 * appended since is beyond it.
 */
async function isGone(
  connection: Connection,
  located: Located,
  reached: number,
  end: number,
): Promise<boolean> {
  const next = await nextMessage(connection, located, reached + 1);
  return next === null || next.seq > end;
}

/** Appends to `records` through a short-lived consumer until `end`, `limit`, or a hole in delivery. */
async function readInBatches(
  connection: Connection,
  { stream, subject }: Located,
  reading: ReadOptions & { readonly end: number; readonly records: StoredRecord[] },
): Promise<void> {
  const { records, end, limit, after, prefix } = reading;
  const info = await connection.manager.consumers.add(stream, {
    filter_subject: subject,
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: (records.at(-1)?.sequence ?? after) + 1,
    ack_policy: AckPolicy.None,
    inactive_threshold: consumerIdleNanos,
    mem_storage: true,
    num_replicas: 1,
  });
  const consumer = connection.jetstream.consumers.getConsumerFromInfo(info);
  let expectedDelivery = 1;
  let pending = info.num_pending;
  try {
    while (pending > 0 && records.length < limit) {
      const batch = await consumer.fetch({
        max_messages: Math.min(batchSize, pending, limit - records.length),
        expires: batchWaitMs,
      });
      let received = 0;
      for await (const message of batch) {
        // A lost delivery: start again behind the last record that did arrive.
        if (message.info.deliverySequence !== expectedDelivery) return;
        if (message.seq > end) return;
        expectedDelivery += 1;
        received += 1;
        pending = message.info.pending;
        records.push(deliveredRecord(message, prefix));
      }
      if (received === 0) return;
    }
  } catch (thrown) {
    if (isConsumerNotFound(thrown)) return;
    throw thrown;
  } finally {
    // Unused ones are removed by the server after their idle time.
    void consumer.delete().catch(() => {});
  }
}

function storedRecord(message: StoredMsg, prefix: string): StoredRecord {
  return {
    subject: message.subject.slice(prefix.length + 1),
    sequence: message.seq,
    payload: message.data,
    storedAt: message.time.getTime(),
    ...ownId(message.header),
  };
}

function deliveredRecord(message: JsMsg, prefix: string): StoredRecord {
  return {
    subject: message.subject.slice(prefix.length + 1),
    sequence: message.seq,
    // A copy: the delivered bytes are a view of a network buffer, which a kept record would keep alive.
    payload: new Uint8Array(message.data),
    storedAt: Math.floor(message.info.timestampNanos / 1e6),
    ...ownId(message.headers),
  };
}

function ownId(headers: MsgHdrs | undefined): { readonly id?: string } {
  const id = headers?.get(PubHeaders.MsgIdHdr) ?? "";
  return id === "" ? {} : { id };
}
