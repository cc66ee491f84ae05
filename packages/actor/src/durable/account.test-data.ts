import { z } from "zod";
import type { Clock } from "../ports/clock.ts";
import type { Journal } from "../ports/journal.ts";
import type { JournaledOptions } from "./journaled.ts";

/** An account: its state is the balance and the sum of every record's place times its amount. */
export interface Balance {
  readonly cents: number;
  readonly count: number;
  /** Changes with the order of records, and with one applied twice. */
  readonly check: number;
}

export const balanceSchema = z.object({ cents: z.number(), count: z.number(), check: z.number() });
const movementSchema = z.object({ cents: z.number(), note: z.string().optional() });
export type Movement = z.infer<typeof movementSchema>;

/** How an account is opened, without snapshots or effects unless `more` says so. */
export function account<Effect = never>(
  journal: Journal,
  clock: Clock,
  more: Partial<JournaledOptions<Balance, Movement, Effect>> = {},
): JournaledOptions<Balance, Movement, Effect> {
  return {
    journal,
    clock,
    kind: "account",
    key: "42",
    version: 2,
    record: movementSchema,
    upcast: {
      1: (old) => {
        const { euros, ...rest } = z.looseObject({ euros: z.number() }).parse(old);
        return { ...rest, cents: euros * 100 };
      },
    },
    initial: { cents: 0, count: 0, check: 0 },
    apply: ({ cents, count, check }, record) => ({
      cents: cents + record.cents,
      count: count + 1,
      check: (check * 31 + record.cents) % 1_000_003,
    }),
    ...more,
  };
}

export const accountSubject = "journal.account.42";
export const snapshotSubject = "snapshot.account.42";
