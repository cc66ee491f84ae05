import { type Clock, FencedError, type Journal, type Random } from "@troupe/actor";
import { happens } from "../chance.ts";
import { passThrough } from "./pass-through.ts";

interface TwoWinners {
  readonly clock: Clock;
  readonly random: Random;
  /** Probability that the loser of a race is let through as well. Read for each append. */
  readonly accepted: number;
  /** How close together the two must be, milliseconds. Default 20. */
  readonly withinMs?: number;
}

const usualWindowMs = 20;

/**
 * The compare-and-set of replicated streams before NATS 2.9.21 (nats-server issue 4320): the
 * expected sequence is looked at when an append arrives and not again when it is agreed upon, so
 * that two writers in a race may both be told that they won, and both records are stored.
 */
export function withTwoWinners(journal: Journal, race: TwoWinners): Journal {
  return {
    ...passThrough(journal),
    append: async (subject, payload, options = {}) => {
      try {
        return await journal.append(subject, payload, options);
      } catch (error) {
        if (!(error instanceof FencedError) || options.expected === undefined) throw error;
        const since = await journal.read(subject, { after: options.expected });
        const first = since[0]?.storedAt ?? Number.NEGATIVE_INFINITY;
        const isRace = race.clock.now() - first <= (race.withinMs ?? usualWindowMs);
        if (!isRace || !happens(race.random, race.accepted)) throw error;
        const { expected: _unchecked, ...rest } = options;
        return await journal.append(subject, payload, rest);
      }
    },
  };
}
