import type { Clock, Delivery, Random, WorkQueue } from "@troupe/actor";
import { happens } from "./chance.ts";

/** What goes wrong between a queue and its consumer. All off by default; read for each delivery. */
export interface WorkQueueTrouble {
  /** Probability that an item is delivered a second time while the first is at work. */
  readonly redeliver?: number;
  /** Probability that an ack is said to have arrived, and did not. */
  readonly loseAck?: number;
  /** Probability that an ack takes `lateMs` to arrive, when the item may have another holder. */
  readonly lateAck?: number;
  /** Default 30 000: longer than the lease. */
  readonly lateMs?: number;
}

interface WorkQueueFaultOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly trouble: WorkQueueTrouble;
}

const usualLateMs = 30_000;

/** A work queue with redeliveries, and acks that are lost or come late. */
export function withWorkQueueFaults(queue: WorkQueue, options: WorkQueueFaultOptions): WorkQueue {
  const { clock, random, trouble } = options;
  const troubled = (delivery: Delivery): Delivery => ({
    ...delivery,
    ack: async () => {
      if (happens(random, trouble.loseAck)) return;
      if (happens(random, trouble.lateAck)) {
        await new Promise<void>((resolve) => {
          clock.schedule(trouble.lateMs ?? usualLateMs, resolve);
        });
      }
      await delivery.ack();
    },
  });
  return {
    consume: (handler, consumeOptions) =>
      queue.consume(async (delivery) => {
        const first = handler(troubled(delivery));
        const again = happens(random, trouble.redeliver)
          ? handler(troubled({ ...delivery, attempt: delivery.attempt + 1 }))
          : undefined;
        await Promise.allSettled([first, again]);
        await first;
      }, consumeOptions),
  };
}
