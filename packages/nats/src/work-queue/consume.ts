import { createInbox, type Msg, type Subscription } from "@nats-io/transport-node";
import { type Delivery, ensureError } from "@troupe/actor";
import type { Connection } from "../connection/connection.ts";
import { plainHeaders } from "../transport/nats-transport.ts";
import { type DeliveryInfo, parseAckSubject } from "./ack-subject.ts";
import { heartbeatMs, pullRequest, pullSubject, statusOf } from "./pull-request.ts";
import { pullWindow } from "./pull-window.ts";
import { type Settlement, settlement } from "./settlement.ts";
import type { SharedConsumer } from "./shared-consumer.ts";

const firstGiveBackMs = 250;
const longestGiveBackMs = 30_000;
/** Two heartbeats missed, and something for the road. */
const silenceMs = heartbeatMs * 2 + 1000;
const firstRefusalMs = 500;
const longestRefusalMs = 8000;

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
  const { nats, log } = connection;
  const { consumer, handler, concurrency, restore } = consuming;
  const window = pullWindow(concurrency);
  // A delivery names the goal's subject, not the pull's inbox: each pull has a subscription of its own.
  const inboxes = new Map<number, Subscription>();
  let stopped = false;
  let resumeTimer: NodeJS.Timeout | undefined;
  let refusalMs = firstRefusalMs;

  const pull = (): void => {
    if (stopped || nats.isClosed() || resumeTimer !== undefined) return;
    const wanted = window.open(performance.now());
    if (wanted === undefined) return;
    const inbox = createInbox(connection.inboxes);
    const subscription = nats.subscribe(inbox, {
      callback: (error, message) => {
        if (error === null) receive(wanted.pull, message);
        else log("error", `deliveries of ${consumer.name} failed: ${error.message}`);
      },
    });
    inboxes.set(wanted.pull, subscription);
    nats.publish(pullSubject(consumer), pullRequest(wanted.count), { reply: inbox });
  };

  // The server may still serve a pull given up here: what it sends meanwhile is given back.
  const giveUp = (pulls: readonly number[]): void => {
    for (const one of pulls) {
      const inbox = inboxes.get(one);
      inboxes.delete(one);
      if (inbox !== undefined) void drain(inbox);
    }
  };

  const pullLater = (): void => {
    if (stopped) return;
    resumeTimer ??= setTimeout(() => void resume(), refusalMs);
    resumeTimer.unref();
    refusalMs = Math.min(longestRefusalMs, refusalMs * 2);
  };

  const resume = async (): Promise<void> => {
    try {
      await restore();
    } catch (thrown) {
      log("error", `goals cannot be taken: ${ensureError(thrown).message}`);
    }
    resumeTimer = undefined;
    pull();
  };

  const receive = (from: number, message: Msg): void => {
    const info = parseAckSubject(message.reply);
    if (info === undefined) hear(from, message);
    else deliver(from, message, info);
    if (window.isOpen(from)) return;
    inboxes.get(from)?.unsubscribe();
    inboxes.delete(from);
  };

  const hear = (from: number, message: Msg): void => {
    const status = statusOf(message);
    if (status !== "refused") refusalMs = firstRefusalMs;
    if (status === "alive") {
      window.heard(from, performance.now());
      return;
    }
    window.ended(from);
    if (status === "over") {
      pull();
      return;
    }
    log("warn", `the server refused a pull: ${message.headers?.description ?? "unknown"}`, {
      stream: consumer.stream,
      status: message.headers?.code,
    });
    pullLater();
  };

  const deliver = (from: number, message: Msg, info: DeliveryInfo): void => {
    refusalMs = firstRefusalMs;
    const item = settlement(connection, consumer, message, info);
    if (stopped || !window.delivered(from, performance.now())) {
      item.giveBack(0);
      return;
    }
    item.onSettled(() => {
      window.settled();
      pull();
    });
    void run(item, message, info);
  };

  const run = async (item: Settlement, message: Msg, info: DeliveryInfo): Promise<void> => {
    try {
      await handler(deliveryOf(item, message, info));
    } catch (thrown) {
      log("warn", `a goal handler failed: ${ensureError(thrown).message}`, {
        sequence: info.sequence,
        attempt: info.attempt,
      });
    }
    if (item.settled) return;
    item.giveBack(giveBackDelay(info.attempt));
  };

  const forgetReconnect = connection.onReconnect(() => {
    giveUp(window.reset());
    pull();
  });
  const watch = setInterval(() => {
    const silent = window.expire(performance.now(), silenceMs);
    if (silent.length > 0) log("debug", `a pull of ${consumer.name} fell silent; asking again`);
    giveUp(silent);
    pull();
  }, heartbeatMs);
  watch.unref();
  pull();

  return async () => {
    if (stopped) return;
    stopped = true;
    clearInterval(watch);
    clearTimeout(resumeTimer);
    forgetReconnect();
    // Draining lets deliveries that are on their way arrive, so that they can be given back.
    await Promise.all([...inboxes.values()].map(drain));
    inboxes.clear();
  };
}

async function drain(subscription: Subscription): Promise<void> {
  if (subscription.isClosed()) return;
  // A lost connection has no deliveries on their way.
  await subscription.drain().catch(() => subscription.unsubscribe());
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
