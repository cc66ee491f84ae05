import type { Deal } from "./deal.ts";
import { differences } from "./deal.ts";
import type { Answer, Move } from "./question.ts";

/** How a party concedes. */
export interface Concession {
  /** What a deal is worth to the party; only it knows. */
  readonly worth: (deal: Deal) => number;
  /** What no deal is worth to it: it never offers or accepts less. */
  readonly noDeal: number;
  /** Deals that it may offer, for example `dealsOf`. */
  readonly deals: readonly Deal[];
  /**
   * How fast: what it insists on falls from its best to `noDeal` as the share of the turns that are over, to the power of
   * `1 / pace`. Below 1 it concedes at the end (boulware), above 1 at the beginning. Default 1, evenly.
   */
  readonly pace?: number;
}

/**
 * A move by time-dependent concession (Faratin, Sierra and Jennings 1998): accepts what is worth as much as it
 * insists on by now, else offers, of all deals worth that, the one most like the table, so that the other may
 * like it. It withdraws when no deal is better for it than none.
 *
 * Answers depend on the move alone: the same question has the same answer.
 */
export function concede({ worth, noDeal, deals, pace = 1 }: Concession, move: Move): Answer {
  const best = Math.max(...deals.map(worth));
  if (deals.length === 0 || best < noDeal) {
    return { kind: "withdraw", reason: "no deal is better than none" };
  }
  const { turn, turns, table } = move;
  const over = Math.min(1, (turn - 1) / Math.max(1, turns - 1));
  const insisting = best - (best - noDeal) * over ** (1 / pace);
  if (table !== undefined && worth(table) >= insisting) return { kind: "accept" };
  if (turn > turns) return { kind: "withdraw", reason: "the last offer is worse than no deal" };
  const acceptable = deals.filter((deal) => worth(deal) >= insisting);
  const distance = (deal: Deal) => (table === undefined ? 0 : differences(deal, table));
  const [offer] = acceptable.toSorted((a, b) => distance(a) - distance(b) || worth(b) - worth(a));
  return offer === undefined
    ? { kind: "withdraw", reason: "no deal is better than none" }
    : { kind: "offer", deal: offer };
}
