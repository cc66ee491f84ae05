import type { Journal, Random } from "@troupe/actor";
import { happens } from "../chance.ts";
import { JournalUnavailableError } from "../errors.ts";
import { passThrough } from "./pass-through.ts";

interface LostAcks {
  readonly random: Random;
  /** Probability that the answer to an append is lost after the record was stored. Read for each. */
  readonly lost: number;
}

/**
 * A journal that stores and is not heard to have stored: such an append rejects with `JournalUnavailableError`, and
 * the record is there.
 */
export function withLostAcks(journal: Journal, acks: LostAcks): Journal {
  return {
    ...passThrough(journal),
    append: async (subject, ...rest) => {
      const appended = await journal.append(subject, ...rest);
      if (!happens(acks.random, acks.lost)) return appended;
      throw new JournalUnavailableError(subject, "the answer was lost on its way");
    },
  };
}
