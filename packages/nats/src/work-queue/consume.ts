import type { Msg } from "@nats-io/transport-node";
import { type Delivery, ensureError, type Log } from "@troupe/actor";
import type { Connection } from "../connection/connection.ts";
import { plainHeaders } from "../transport/nats-transport.ts";
import type { DeliveryInfo } from "./ack-subject.ts";
import { PullLoop } from "./pull-loop.ts";
import { type Settlement, settlement } from "./settlement.ts";
import type { SharedConsumer } from "./shared-consumer.ts";

const firstGiveBackMs = 250;
const longestGiveBackMs = 30_000;

type Handler = (delivery: Delivery) => Promise<void>;

export interface Consuming {
  readonly consumer: SharedConsumer;
  readonly handler: Handler;
  readonly concurrency: number;
  /** Makes the consumer again if it is gone. */
  restore(): Promise<unknown>;
}

/** Delivers to `handler`, at most `concurrency` unsettled at once. Returns what stops it. */
export function consume(connection: Connection, consuming: Consuming): () => Promise<void> {
  const { consumer, handler, concurrency, restore } = consuming;
  const pulls = new PullLoop(connection, {
    consumer,
    concurrency,
    restore,
    deliver: (message, info, hasPlace) => {
      const item = settlement(connection, consumer, message, info);
      if (!hasPlace) {
        item.giveBack(0);
        return;
      }
      item.onSettled(() => pulls.freed());
      void handle(handler, deliveryOf(item, message, info), item, connection.log);
    },
  });
  return () => pulls.stop();
}

/** Has one delivery handled. One that the handler leaves unsettled is given back. */
async function handle(
  handler: Handler,
  delivery: Delivery,
  item: Settlement,
  log: Log,
): Promise<void> {
  const { sequence, attempt } = delivery;
  try {
    await handler(delivery);
  } catch (thrown) {
    log("warn", `a goal handler failed: ${ensureError(thrown).message}`, { sequence, attempt });
  }
  if (!item.settled) item.giveBack(giveBackDelay(attempt));
}

/** Milliseconds before a goal that failed here is tried again: doubling with each attempt. */
function giveBackDelay(attempt: number): number {
  return Math.min(longestGiveBackMs, firstGiveBackMs * 2 ** Math.min(attempt - 1, 8));
}

function deliveryOf(item: Settlement, message: Msg, info: DeliveryInfo): Delivery {
  return {
    // A copy: the delivered bytes are a view of a network buffer, which would live as long as the work.
    payload: new Uint8Array(message.data),
    headers: message.headers === undefined ? {} : plainHeaders(message.headers),
    sequence: info.sequence,
    attempt: info.attempt,
    ack: () => item.acknowledge(),
    retry: (delayMs = 0) => item.giveBack(delayMs),
    working: () => item.keep(),
  };
}
