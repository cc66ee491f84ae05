import type { Clock, Journal, Random, StoredRecord } from "@troupe/actor";
import { happens } from "../chance.ts";
import { passThrough } from "./pass-through.ts";

interface StaleReads {
  readonly clock: Clock;
  readonly random: Random;
  /** Probability that a read is answered by a replica that lags. Read for each. */
  readonly stale: number;
  /** How far it lags, milliseconds. */
  readonly lagMs: number;
}

/**
 * A journal whose reads may be answered by a replica that lags, as direct gets of JetStream are. The
 * `Journal` port asks for reads from the leader, so that this breaks its contract.
 */
export function withStaleReads(journal: Journal, reads: StaleReads): Journal {
  const seen = (records: readonly StoredRecord[]): readonly StoredRecord[] => {
    if (!happens(reads.random, reads.stale)) return records;
    const until = reads.clock.now() - reads.lagMs;
    return records.filter(({ storedAt }) => storedAt <= until);
  };
  return {
    ...passThrough(journal),
    read: async (filter, { limit, ...rest } = {}) =>
      seen(await journal.read(filter, rest)).slice(0, limit),
    last: async (subject) => seen(await journal.read(subject)).at(-1),
  };
}
