import { JetStreamApiCodes, JetStreamApiError, PubHeaders } from "@nats-io/jetstream";
import { InvalidArgumentError, nuid } from "@nats-io/transport-node";
import {
  type Appended,
  type AppendOptions,
  FencedError,
  type Journal,
  PayloadTooLargeError,
  type StoredRecord,
} from "@troupe/actor";
import type { Connection } from "../connection/connection.ts";
import { StreamFullError } from "../errors.ts";
import { onThisConnection, untilAnswered } from "../store/until-answered.ts";
import { checkPrefix } from "../streams/layout.ts";
import { purgeRecords } from "./purge-records.ts";
import { lastRecord, nextMessage, readRecords } from "./read-records.ts";
import { type Located, locateFilter, locateSubject } from "./record-subject.ts";

/** "maximum messages exceeded", "maximum bytes exceeded" and "maximum message size exceeded". */
const storeFailed = 10077;
const fullTexts = ["maximum bytes exceeded", "maximum messages exceeded"];

/**
 * Records on JetStream, in the streams that `ensureStreams` makes for the same `prefix`.
 *
 * `append` with `expected` is a compare-and-set on the subject's last sequence; the loser gets a
 * `FencedError`. Every append carries a message id (the caller's, or one of its own), so it is
 * repeated while the server restarts or elects a leader, for at most 25 s, and stored once. A
 * repeated `id` within 2 min (spans: 30 s) answers with the first one's sequence.
 *
 * `read` and `last` ask the stream's leader and give every record stored before the call began.
 * `purge` removes by subject and sequence, and is repeated like an append.
 *
 * Throws `StreamMissingError` before `ensureStreams`, `StreamFullError` at the size bound,
 * `PayloadTooLargeError` above the server's `max_payload`, `StoreUnavailableError` (retryable) when
 * no answer came, `InvalidRecordSubjectError` for other subjects.
 */
export function natsJournal(
  connection: Connection,
  options: {
    /** First tokens of every subject, as given to `ensureStreams`. */
    readonly prefix: string;
  },
): Journal {
  const { prefix } = options;
  checkPrefix(prefix);
  return {
    append: async (subject, payload, appendOptions = {}) =>
      append(connection, locateSubject(prefix, subject), subject, payload, appendOptions),
    async read(filter, { after = 0, limit = Number.POSITIVE_INFINITY } = {}) {
      const located = locateFilter(prefix, filter);
      return readRecords(connection, located, { prefix, after, limit });
    },
    async last(subject): Promise<StoredRecord | undefined> {
      return lastRecord(connection, locateSubject(prefix, subject), prefix);
    },
    async purge(subject, { before }): Promise<number> {
      return purgeRecords(connection, locateSubject(prefix, subject), { prefix, before });
    },
  };
}

async function append(
  connection: Connection,
  { stream, subject }: Located,
  name: string,
  payload: Uint8Array,
  { expected, id }: AppendOptions,
): Promise<Appended> {
  const limit = connection.nats.info?.max_payload ?? Number.POSITIVE_INFINITY;
  if (payload.length > limit) throw new PayloadTooLargeError(name, payload.length, limit);
  const msgID = id ?? nuid.next();
  const stored = await untilAnswered(connection, stream, `append to '${name}'`, async () => {
    try {
      const acknowledged = await onThisConnection(connection, () =>
        connection.jetstream.publish(subject, payload, {
          msgID,
          ...(expected === undefined ? {} : { expect: { lastSubjectSequence: expected } }),
        }),
      );
      return { sequence: acknowledged.seq, duplicate: acknowledged.duplicate };
    } catch (thrown) {
      const error = explained(thrown, { stream, name, payload, limit, expected: expected ?? 0 });
      if (!(error instanceof FencedError)) throw error;
      const earlier = await storedEarlier(connection, { stream, subject }, error.expected, msgID);
      if (earlier === undefined) throw error;
      return { sequence: earlier, duplicate: true };
    }
  });
  // Without an id of the caller's, a duplicate is this call's own repeat.
  return { ...stored, duplicate: id !== undefined && stored.duplicate };
}

/**
 * The sequence of this very record, if a repeat was refused because it is stored already: newer
 * servers compare the expected sequence before the id. What was stored on `expected` is the next
 * record of the subject after it.
 */
async function storedEarlier(
  connection: Connection,
  located: Located,
  expected: number,
  msgID: string,
): Promise<number | undefined> {
  const next = await nextMessage(connection, located, expected + 1);
  return next?.header.get(PubHeaders.MsgIdHdr) === msgID ? next.seq : undefined;
}

function explained(
  thrown: unknown,
  at: {
    readonly stream: string;
    readonly name: string;
    readonly payload: Uint8Array;
    readonly limit: number;
    readonly expected: number;
  },
): unknown {
  if (thrown instanceof InvalidArgumentError && thrown.message.includes("max_payload")) {
    return new PayloadTooLargeError(at.name, at.payload.length, at.limit);
  }
  if (!(thrown instanceof JetStreamApiError)) return thrown;
  if (
    thrown.code === JetStreamApiCodes.StreamWrongLastSequence ||
    thrown.code === JetStreamApiCodes.StreamWrongLastSequenceUnknown
  ) {
    return new FencedError(at.name, at.expected, { cause: thrown });
  }
  if (thrown.code === storeFailed || fullTexts.some((text) => thrown.message.includes(text))) {
    return new StreamFullError(at.stream, thrown.message, { cause: thrown });
  }
  return thrown;
}
