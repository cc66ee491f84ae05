import type { Clock, Journal, Random } from "@troupe/actor";
import { between } from "../chance.ts";
import { eachRequest } from "./pass-through.ts";

interface Latency {
  readonly clock: Clock;
  readonly random: Random;
  /** Longest way to the store, and back, milliseconds. Read for each request. */
  readonly mostMs: number;
}

/** A journal some way off: requests of different nodes overtake each other, answers take their time. */
export function withLatency(journal: Journal, latency: Latency): Journal {
  const way = (): Promise<void> =>
    new Promise((resolve) => {
      latency.clock.schedule(between(latency.random, 0, latency.mostMs), resolve);
    });
  return eachRequest(journal, async (_subject, request) => {
    await way();
    try {
      return await request();
    } finally {
      await way();
    }
  });
}
