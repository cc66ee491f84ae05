import {
  AckPolicy,
  DeliverPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  type JsMsg,
  type StoredMsg,
} from "@nats-io/jetstream";
import type { MsgHdrs } from "@nats-io/transport-node";
import type { Connection } from "../connection/connection.ts";
import { StreamMissingError } from "../errors.ts";
import { onThisConnection, untilAnswered } from "../store/until-answered.ts";
import { ensureCacheStream } from "../streams/ensure-streams.ts";
import { checkPrefix, type LayoutOptions, streamName } from "../streams/layout.ts";

const listedAtOnce = 500;
const listWaitMs = 2000;
const listIdleNanos = 30e9;
const largestMessageBytes = 512 * 1024;
/** What a message may need for its headers, of the server's `max_payload`. */
const headerBytes = 4096;
const defaultMaxPayloadBytes = 1024 * 1024;

/** Where results are kept on NATS, how many, and how long. */
export type NatsResultStoreOptions = Pick<LayoutOptions, "prefix" | "replicas" | "maxAgeDays"> & {
  /**
   * Of all entries; a full store drops the oldest. Default 256 MiB, or what the server has room for;
   * one that is given is applied to an existing store too.
   */
  readonly maxBytes?: number;
};

/**
 * The stream `<PREFIX>_CACHE` as messages by subject, made at the first operation. Each operation is
 * repeated while the server restarts, and reads what the stream's leader has. When the stream is gone, one
 * operation throws `StreamMissingError`, and the next makes it again.
 */
export class ResultStream {
  readonly #connection: Connection;
  readonly #options: NatsResultStoreOptions;
  readonly #name: string;
  #made: Promise<void> | undefined;

  constructor(connection: Connection, options: NatsResultStoreOptions) {
    checkPrefix(options.prefix);
    this.#connection = connection;
    this.#options = options;
    this.#name = streamName(options.prefix, "cache");
  }

  /** Most bytes that one message may carry here. */
  get roomBytes(): number {
    const { max_payload = defaultMaxPayloadBytes } = this.#connection.nats.info ?? {};
    return Math.min(largestMessageBytes, max_payload - headerBytes);
  }

  /** The newest message of a subject. */
  read(subject: string): Promise<StoredMsg | null> {
    return this.#operate(`reading '${subject}'`, () =>
      this.#connection.manager.streams.getMessage(this.#name, { last_by_subj: subject }),
    );
  }

  /** False: the newest message of the subject is not `replacing`. */
  write(
    subject: string,
    payload: Uint8Array,
    own: { readonly headers?: MsgHdrs; readonly replacing?: number } = {},
  ): Promise<boolean> {
    const { headers, replacing } = own;
    return this.#operate(`writing '${subject}'`, async () => {
      try {
        await this.#connection.jetstream.publish(subject, payload, {
          ...(headers === undefined ? {} : { headers }),
          ...(replacing === undefined ? {} : { expect: { lastSubjectSequence: replacing } }),
        });
        return true;
      } catch (thrown) {
        if (isReplaced(thrown)) return false;
        throw thrown;
      }
    });
  }

  async remove(filter: string): Promise<void> {
    await this.#operate(`removing '${filter}'`, () =>
      this.#connection.manager.streams.purge(this.#name, { filter }),
    );
  }

  async subjects(filter: string): Promise<readonly string[]> {
    const info = await this.#operate(`listing '${filter}'`, () =>
      this.#connection.manager.streams.info(this.#name, { subjects_filter: filter }),
    );
    return Object.keys(info.state.subjects ?? {});
  }

  /** The messages without their payloads, the oldest first: those that are there when reading begins. */
  heads(filter: string): Promise<readonly JsMsg[]> {
    return this.#operate("listing all results", () => this.#readHeads(filter));
  }

  async #readHeads(filter: string): Promise<readonly JsMsg[]> {
    const { manager, jetstream } = this.#connection;
    const info = await manager.consumers.add(this.#name, {
      filter_subject: filter,
      deliver_policy: DeliverPolicy.All,
      headers_only: true,
      ack_policy: AckPolicy.None,
      inactive_threshold: listIdleNanos,
      mem_storage: true,
      num_replicas: 1,
    });
    const consumer = jetstream.consumers.getConsumerFromInfo(info);
    const heads: JsMsg[] = [];
    try {
      while (heads.length < info.num_pending) {
        const before = heads.length;
        const batch = await consumer.fetch({
          max_messages: Math.min(listedAtOnce, info.num_pending - before),
          expires: listWaitMs,
        });
        for await (const message of batch) heads.push(message);
        // What was removed meanwhile does not come.
        if (heads.length === before) break;
      }
      return heads;
    } finally {
      void consumer.delete().catch(() => {});
    }
  }

  /** An operation on the stream, which exists by then. */
  async #operate<T>(operation: string, action: () => Promise<T>): Promise<T> {
    try {
      await this.#ensure();
      return await untilAnswered(this.#connection, this.#name, operation, () =>
        onThisConnection(this.#connection, action),
      );
    } catch (thrown) {
      if (thrown instanceof StreamMissingError) this.#made = undefined;
      throw thrown;
    }
  }

  async #ensure(): Promise<void> {
    const { maxBytes, ...layout } = this.#options;
    this.#made ??= ensureCacheStream(this.#connection, {
      ...layout,
      ...(maxBytes === undefined ? {} : { maxBytes: { cache: maxBytes } }),
    });
    try {
      await this.#made;
    } catch (error) {
      this.#made = undefined;
      throw error;
    }
  }
}

function isReplaced(thrown: unknown): boolean {
  return (
    thrown instanceof JetStreamApiError &&
    (thrown.code === JetStreamApiCodes.StreamWrongLastSequence ||
      thrown.code === JetStreamApiCodes.StreamWrongLastSequenceUnknown)
  );
}
