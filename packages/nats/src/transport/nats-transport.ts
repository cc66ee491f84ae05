import {
  ClosedConnectionError,
  headers as createHeaders,
  DrainingConnectionError,
  InvalidArgumentError,
  type Msg,
  type MsgHdrs,
  type Subscription as NatsSubscription,
} from "@nats-io/transport-node";
import {
  ensureError,
  PayloadTooLargeError,
  type PublishOptions,
  type Subscription,
  type Transport,
  type TransportMessage,
} from "@troupe/actor";
import type { Connection } from "../connection/connection.ts";
import { ConnectionClosedError } from "../errors.ts";

const noRespondersStatus = 503;
/** What servers allow unless configured otherwise; used only before the first server info. */
const defaultMaxPayloadBytes = 1024 * 1024;

/**
 * Messaging by subject on NATS core.
 *
 * Messages arrive in callbacks; a handler that throws is logged and does not disturb others.
 * Nobody listening on a subject published with `reply` comes back, on that reply subject, as a
 * message with `noResponders`. While reconnecting, what is published may be lost. `close` ends the
 * subscriptions made here and leaves the connection to its owner; afterwards, and on a closed
 * connection, `publish` and `subscribe` throw `ConnectionClosedError`.
 */
export function natsTransport(connection: Connection): Transport {
  const { nats, log } = connection;
  const subscriptions = new Set<NatsSubscription>();
  let closed = false;

  const limit = (): number => nats.info?.max_payload ?? defaultMaxPayloadBytes;

  const whileOpen = <T>(operation: string, action: () => T): T => {
    if (closed) throw new ConnectionClosedError(operation, false);
    try {
      return action();
    } catch (thrown) {
      if (thrown instanceof ClosedConnectionError || thrown instanceof DrainingConnectionError) {
        throw new ConnectionClosedError(operation, false, { cause: thrown });
      }
      throw thrown;
    }
  };

  return {
    get maxPayloadBytes() {
      return limit();
    },
    publish(subject, payload, options) {
      if (payload.length > limit()) {
        throw new PayloadTooLargeError(subject, payload.length, limit());
      }
      whileOpen(`publish to ${subject}`, () => {
        try {
          nats.publish(subject, payload, publishSettings(options));
        } catch (thrown) {
          // Headers count towards the limit too.
          if (thrown instanceof InvalidArgumentError && thrown.message.includes("max_payload")) {
            throw new PayloadTooLargeError(subject, payload.length, limit());
          }
          throw thrown;
        }
      });
    },
    subscribe(subject, handler, options): Subscription {
      return whileOpen(`subscribe to ${subject}`, () => {
        const subscription = nats.subscribe(subject, {
          ...(options?.queue === undefined ? {} : { queue: options.queue }),
          callback: (error, message) => {
            if (error !== null) {
              log("error", `subscription to ${subject} failed: ${error.message}`, { subject });
              return;
            }
            try {
              handler(transportMessage(message));
            } catch (thrown) {
              log("error", `handler of ${subject} threw: ${ensureError(thrown).message}`, {
                subject,
              });
            }
          },
        });
        subscriptions.add(subscription);
        return {
          unsubscribe() {
            if (subscriptions.delete(subscription) && !nats.isClosed()) subscription.unsubscribe();
          },
        };
      });
    },
    async flush() {
      if (closed || nats.isClosed()) throw new ConnectionClosedError("flush", false);
      try {
        await nats.flush();
      } catch (cause) {
        throw new ConnectionClosedError("flush", !nats.isClosed(), { cause });
      }
    },
    async close() {
      if (closed) return;
      closed = true;
      if (nats.isClosed()) return;
      for (const subscription of subscriptions) subscription.unsubscribe();
      subscriptions.clear();
      // A lost connection has nothing left to flush.
      await nats.flush().catch(() => {});
    },
  };
}

function publishSettings(
  options: PublishOptions | undefined,
): { reply?: string; headers?: MsgHdrs } | undefined {
  if (options === undefined) return undefined;
  return {
    ...(options.reply === undefined ? {} : { reply: options.reply }),
    ...(options.headers === undefined ? {} : { headers: toNatsHeaders(options.headers) }),
  };
}

function toNatsHeaders(from: Readonly<Record<string, string>>): MsgHdrs {
  const headers = createHeaders();
  for (const [name, value] of Object.entries(from)) headers.set(name, value);
  return headers;
}

/** Headers as plain data; of a repeated one the first value. */
export function plainHeaders(headers: MsgHdrs): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, values] of headers) plain[name] = values[0] ?? "";
  return plain;
}

function transportMessage(message: Msg): TransportMessage {
  const { subject, data, reply, headers } = message;
  // The client hands out a Buffer, whose slice() shares memory where a Uint8Array's copies.
  const payload = new Uint8Array(data.buffer, data.byteOffset, data.length);
  if (headers === undefined) {
    return reply === undefined || reply === "" ? { subject, payload } : { subject, payload, reply };
  }
  return {
    subject,
    payload,
    ...(reply === undefined || reply === "" ? {} : { reply }),
    headers: plainHeaders(headers),
    ...(headers.code === noRespondersStatus && payload.length === 0
      ? { noResponders: true as const }
      : {}),
  };
}
