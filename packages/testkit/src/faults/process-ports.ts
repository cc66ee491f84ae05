import type { Clock, Delivery, Journal, Transport, WorkQueue } from "@troupe/actor";
import { eachRequest } from "./journal/pass-through.ts";
import type { SimulatedProcess } from "./simulated-process.ts";

/** A clock whose timers wait while the process sleeps, and are gone when it is dead. */
export function processClock(clock: Clock, process: SimulatedProcess): Clock {
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    schedule: (delayMs, callback) => {
      let cancelled = false;
      const cancel = clock.schedule(delayMs, () => {
        process.run(() => {
          if (!cancelled) callback();
        });
      });
      return () => {
        cancelled = true;
        cancel();
      };
    },
  };
}

/** A transport whose deliveries wait while the process sleeps; its connection ends with it. */
export function processTransport(transport: Transport, process: SimulatedProcess): Transport {
  process.onKill(() => void transport.close());
  return {
    maxPayloadBytes: transport.maxPayloadBytes,
    publish: (subject, payload, options) => {
      if (process.state !== "killed") transport.publish(subject, payload, options);
    },
    subscribe: (subject, handler, options) => {
      let ended = false;
      const deliver = (message: Parameters<typeof handler>[0]): void =>
        process.run(() => {
          if (!ended) handler(message);
        });
      const subscription = transport.subscribe(subject, deliver, options);
      return {
        unsubscribe: () => {
          ended = true;
          subscription.unsubscribe();
        },
      };
    },
    flush: () => process.request(() => transport.flush()),
    close: () => process.request(() => transport.close()),
  };
}

/** A journal whose answers wait while the process sleeps. What it had sent may be stored all the same. */
export function processJournal(journal: Journal, process: SimulatedProcess): Journal {
  return eachRequest(journal, (_subject, request) => process.request(request));
}

/** A work queue whose deliveries wait while the process sleeps, though their leases run. */
export function processWorkQueue(
  queue: WorkQueue & { die?(): void },
  process: SimulatedProcess,
): WorkQueue {
  process.onKill(() => queue.die?.());
  const seenBy = (delivery: Delivery): Delivery => ({
    ...delivery,
    ack: () => process.request(() => delivery.ack()),
    retry: (delayMs) => {
      if (process.state !== "killed") delivery.retry(delayMs);
    },
    working: () => {
      if (process.state !== "killed") delivery.working();
    },
  });
  return {
    consume: async (handler, options) => {
      const stop = await queue.consume(
        (delivery) =>
          new Promise((resolve, reject) => {
            process.run(() => handler(seenBy(delivery)).then(resolve, reject));
          }),
        options,
      );
      return () => process.request(stop);
    },
  };
}
