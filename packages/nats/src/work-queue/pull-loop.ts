import { createInbox, type Msg, type Subscription } from "@nats-io/transport-node";
import { ensureError } from "@troupe/actor";
import type { Connection } from "../connection/connection.ts";
import { type DeliveryInfo, parseAckSubject } from "./ack-subject.ts";
import { heartbeatMs, pullRequest, pullSubject, statusOf } from "./pull-request.ts";
import { type PullWindow, pullWindow } from "./pull-window.ts";
import type { SharedConsumer } from "./shared-consumer.ts";

/** Two heartbeats missed, and something for the road. */
const silenceMs = heartbeatMs * 2 + 1000;
const firstRefusalMs = 500;
const longestRefusalMs = 8000;

/** From which consumer to pull, how much at once, and what to do with what comes. */
export interface PullLoopOptions {
  readonly consumer: SharedConsumer;
  /** Deliveries that may be unsettled at once. */
  readonly concurrency: number;
  /** Makes the consumer again if it is gone. */
  restore(): Promise<unknown>;
  /**
   * Told of each delivery. One that has a place calls `freed` when it is settled; one without, because
   * its pull was given up or the loop was stopped, is to be given back at once.
   */
  deliver(message: Msg, info: DeliveryInfo, hasPlace: boolean): void;
}

/**
 * Keeps asking a pull consumer for as many deliveries as there are free places, from its making until
 * `stop`: again when a pull is over, when the server fell silent, after a lost connection, and later and
 * later while the server refuses.
 */
export class PullLoop {
  readonly #connection: Connection;
  readonly #options: PullLoopOptions;
  readonly #window: PullWindow;
  // A delivery names the goal's subject, not the pull's inbox: each pull has a subscription of its own.
  readonly #inboxes = new Map<number, Subscription>();
  readonly #watch: NodeJS.Timeout;
  readonly #forgetReconnect: () => void;
  #stopped = false;
  #resumeTimer: NodeJS.Timeout | undefined;
  #refusalMs = firstRefusalMs;

  constructor(connection: Connection, options: PullLoopOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#window = pullWindow(options.concurrency);
    this.#forgetReconnect = connection.onReconnect(() => {
      this.#giveUp(this.#window.reset());
      this.#pull();
    });
    this.#watch = setInterval(() => this.#expire(), heartbeatMs);
    this.#watch.unref();
    this.#pull();
  }

  /** A delivery that had a place was settled. */
  freed(): void {
    this.#window.settled();
    this.#pull();
  }

  /** Asks for nothing any more. What is on its way arrives before this resolves, without a place. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    clearInterval(this.#watch);
    clearTimeout(this.#resumeTimer);
    this.#forgetReconnect();
    await Promise.all([...this.#inboxes.values()].map(drain));
    this.#inboxes.clear();
  }

  #pull(): void {
    const { nats, log, inboxes } = this.#connection;
    const { consumer } = this.#options;
    if (this.#stopped || nats.isClosed() || this.#resumeTimer !== undefined) return;
    const wanted = this.#window.open(performance.now());
    if (wanted === undefined) return;
    const inbox = createInbox(inboxes);
    const subscription = nats.subscribe(inbox, {
      callback: (error, message) => {
        if (error === null) this.#receive(wanted.pull, message);
        else log("error", `deliveries of ${consumer.name} failed: ${error.message}`);
      },
    });
    this.#inboxes.set(wanted.pull, subscription);
    nats.publish(pullSubject(consumer), pullRequest(wanted.count), { reply: inbox });
  }

  #receive(pull: number, message: Msg): void {
    const info = parseAckSubject(message.reply);
    if (info === undefined) this.#hear(pull, message);
    else {
      this.#refusalMs = firstRefusalMs;
      const hasPlace = !this.#stopped && this.#window.delivered(pull, performance.now());
      this.#options.deliver(message, info, hasPlace);
    }
    if (this.#window.isOpen(pull)) return;
    this.#inboxes.get(pull)?.unsubscribe();
    this.#inboxes.delete(pull);
  }

  #hear(pull: number, message: Msg): void {
    const status = statusOf(message);
    if (status !== "refused") this.#refusalMs = firstRefusalMs;
    if (status === "alive") {
      this.#window.heard(pull, performance.now());
      return;
    }
    this.#window.ended(pull);
    if (status === "over") {
      this.#pull();
      return;
    }
    const { headers } = message;
    this.#connection.log(
      "warn",
      `the server refused a pull: ${headers?.description ?? "unknown"}`,
      { stream: this.#options.consumer.stream, status: headers?.code },
    );
    this.#pullLater();
  }

  #pullLater(): void {
    if (this.#stopped) return;
    this.#resumeTimer ??= setTimeout(() => void this.#resume(), this.#refusalMs);
    this.#resumeTimer.unref();
    this.#refusalMs = Math.min(longestRefusalMs, this.#refusalMs * 2);
  }

  async #resume(): Promise<void> {
    try {
      await this.#options.restore();
    } catch (thrown) {
      this.#connection.log("error", `goals cannot be taken: ${ensureError(thrown).message}`);
    }
    this.#resumeTimer = undefined;
    this.#pull();
  }

  #expire(): void {
    const silent = this.#window.expire(performance.now(), silenceMs);
    if (silent.length > 0) {
      const { name } = this.#options.consumer;
      this.#connection.log("debug", `a pull of ${name} fell silent; asking again`);
    }
    this.#giveUp(silent);
    this.#pull();
  }

  /** The server may still serve a pull given up here: what it sends meanwhile has no place. */
  #giveUp(pulls: readonly number[]): void {
    for (const pull of pulls) {
      const inbox = this.#inboxes.get(pull);
      this.#inboxes.delete(pull);
      if (inbox !== undefined) void drain(inbox);
    }
  }
}

/** Ends a subscription once the deliveries that are on their way have come. */
async function drain(subscription: Subscription): Promise<void> {
  if (subscription.isClosed()) return;
  // A lost connection has no deliveries on their way.
  await subscription.drain().catch(() => subscription.unsubscribe());
}
