import type { Clock, Delivery, WorkQueue } from "@troupe/actor";

interface Item {
  readonly sequence: number;
  readonly payload: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
  attempt: number;
  /** Identifies the present holder; grows with each delivery. */
  lease: number;
  cancelLease: () => void;
}

interface Consumer {
  readonly handler: (delivery: Delivery) => Promise<void>;
  readonly concurrency: number;
  held: number;
  stopped: boolean;
}

/** A durable work queue in memory: leases by the clock, redelivery, late acks accepted. */
export class InMemoryWorkQueue {
  readonly #clock: Clock;
  readonly #leaseMs: number;
  readonly #waiting: Item[] = [];
  readonly #consumers: Consumer[] = [];
  #sequence = 0;
  #unacknowledged = 0;

  constructor(clock: Clock, leaseMs = 15_000) {
    this.#clock = clock;
    this.#leaseMs = leaseMs;
  }

  push(payload: Uint8Array, headers: Readonly<Record<string, string>> = {}): number {
    this.#sequence += 1;
    this.#unacknowledged += 1;
    this.#waiting.push({
      sequence: this.#sequence,
      payload,
      headers,
      attempt: 0,
      lease: 0,
      cancelLease: () => {},
    });
    this.#dispatch();
    return this.#sequence;
  }

  /** How many were pushed and are not acknowledged: waiting, held by a consumer, or given back. */
  get unacknowledged(): number {
    return this.#unacknowledged;
  }

  /** One node's end of the queue. `die` loses it without a word, as a killed process does. */
  connect(): WorkQueue & { die(): void } {
    const mine: Consumer[] = [];
    return {
      consume: async (handler, { concurrency }) => {
        const consumer: Consumer = { handler, concurrency, held: 0, stopped: false };
        mine.push(consumer);
        this.#consumers.push(consumer);
        this.#dispatch();
        return async () => {
          consumer.stopped = true;
        };
      },
      die: () => {
        for (const consumer of mine) consumer.stopped = true;
      },
    };
  }

  #dispatch(): void {
    for (const consumer of this.#consumers) {
      while (!consumer.stopped && consumer.held < consumer.concurrency) {
        const item = this.#waiting.shift();
        if (item === undefined) return;
        this.#deliver(item, consumer);
      }
    }
  }

  #deliver(item: Item, consumer: Consumer): void {
    item.attempt += 1;
    item.lease += 1;
    consumer.held += 1;
    const { lease } = item;
    const holds = (): boolean => item.lease === lease;
    const release = (): boolean => {
      if (!holds()) return false;
      item.lease += 1;
      item.cancelLease();
      consumer.held -= 1;
      return true;
    };
    const putBack = (): void => {
      if (!release()) return;
      this.#waiting.push(item);
      this.#dispatch();
    };
    const extend = (): void => {
      item.cancelLease();
      item.cancelLease = this.#clock.schedule(this.#leaseMs, putBack);
    };
    extend();
    const delivery: Delivery = {
      payload: item.payload,
      headers: item.headers,
      sequence: item.sequence,
      attempt: item.attempt,
      ack: async () => {
        if (!release()) return;
        this.#unacknowledged -= 1;
        this.#dispatch();
      },
      retry: (delayMs = 0) => {
        this.#clock.schedule(delayMs, putBack);
      },
      working: () => {
        if (holds() && !consumer.stopped) extend();
      },
    };
    consumer.handler(delivery).catch(putBack);
  }
}
