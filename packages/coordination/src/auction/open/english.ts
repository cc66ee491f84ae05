import type { Course } from "../../session/course.ts";
import type { Declined, OpenAuctionOutcome, PriceOffer } from "./outcome.ts";
import type { OpenOffer, Quote } from "./question.ts";
import type { OpenTerms } from "./terms.ts";

/** A reverse English auction under way. */
export interface English {
  readonly phase: "rounds" | "awarding" | "awarded";
  /** Who may still undercut; the leader included. */
  readonly active: readonly string[];
  /** Best first: the first is the standing offer, the others are what those behind it last offered. */
  readonly standing: readonly PriceOffer[];
  readonly offers: readonly PriceOffer[];
  readonly out: readonly { bidder: string; why: "passed" | "silent" }[];
  readonly declined: readonly Declined[];
}

/**
 * Reverse English: everybody but the leader is asked to undercut the standing price by at least a step. The lowest
 * offer of a round leads, among equals the first that came. A bidder that passes, or is silent for a whole round, is
 * out. When nobody is left to undercut, the leader is awarded the task at its own last offer; if it declines or is
 * silent, the next lowest offer is, and so on.
 *
 * As long as bidders undercut by one step whenever that still pays, it ends within a step of the second lowest cost,
 * won by a bidder whose cost is within a step of the lowest. It always ends: every round lowers the price or loses a bidder.
 */
export function english(
  terms: OpenTerms,
  bidders: readonly string[],
  order?: unknown,
): Course<English, Quote, OpenOffer, OpenAuctionOutcome> {
  return {
    start: {
      phase: "rounds",
      active: bidders,
      standing: [],
      offers: [],
      out: [],
      declined: [],
    },
    questions: (state) => {
      const [leader] = state.standing;
      if (state.phase === "rounds") {
        const quote: Quote = {
          kind: "undercut",
          most: ceiling(state, terms),
          step: terms.step,
          ...(leader === undefined ? {} : { standing: leader.price }),
        };
        return new Map(challengers(state).map((bidder) => [bidder, quote]));
      }
      if (leader === undefined) return new Map();
      const { bidder, price } = leader;
      return new Map([
        [bidder, { kind: "award", price, ...(order === undefined ? {} : { order }) }],
      ]);
    },
    fits: (state, _, answer) => {
      if (state.phase !== "rounds") return answer.kind === "accept" || answer.kind === "decline";
      if (answer.kind !== "offer") return answer.kind === "pass";
      const { price } = answer;
      return Number.isInteger(price) && price >= 0 && price <= ceiling(state, terms);
    },
    settle: (state, answers) =>
      state.phase === "rounds" ? settleRound(state, terms, answers) : settleAward(state, answers),
    outcome: (state) => {
      const record = {
        offers: [...state.offers],
        out: [...state.out],
        declined: [...state.declined],
      };
      const [leader] = state.standing;
      if (state.phase === "awarded" && leader !== undefined) {
        return { ...record, awarded: true, winner: leader.bidder, price: leader.price };
      }
      if (bidders.length === 0) return { ...record, awarded: false, reason: "no-bidders" };
      if (state.phase !== "awarding" || leader !== undefined) return undefined;
      const reason = state.offers.length === 0 ? "no-offers" : "all-declined";
      return { ...record, awarded: false, reason };
    },
  };
}

/** The most that may be offered now: the reserve at first, then a step below what stands. */
function ceiling({ standing: [leader] }: English, { reserve, step }: OpenTerms): number {
  return leader === undefined ? reserve : leader.price - step;
}

function challengers({ active, standing: [leader] }: English): readonly string[] {
  return active.filter((bidder) => bidder !== leader?.bidder);
}

function settleRound(
  state: English,
  terms: OpenTerms,
  answers: ReadonlyMap<string, OpenOffer>,
): English {
  const asked = challengers(state);
  const made = [...answers].flatMap(([bidder, answer]): PriceOffer[] =>
    answer.kind === "offer" ? [{ bidder, price: answer.price }] : [],
  );
  const offering = new Set(made.map(({ bidder }) => bidder));
  const out = asked.flatMap((bidder) =>
    offering.has(bidder)
      ? []
      : [{ bidder, why: answers.has(bidder) ? ("passed" as const) : ("silent" as const) }],
  );
  const gone = new Set(out.map(({ bidder }) => bidder));
  // Sorting is stable: among equal prices the one that came first stays before.
  const standing = [
    ...state.standing.filter(({ bidder }) => !offering.has(bidder)),
    ...made,
  ].toSorted((a, b) => a.price - b.price);
  const next: English = {
    ...state,
    active: state.active.filter((bidder) => !gone.has(bidder)),
    standing,
    offers: [...state.offers, ...made],
    out: [...state.out, ...out],
  };
  const over = challengers(next).length === 0 || ceiling(next, terms) < 0;
  return over ? { ...next, phase: "awarding" } : next;
}

function settleAward(state: English, answers: ReadonlyMap<string, OpenOffer>): English {
  const [leader, ...others] = state.standing;
  if (leader === undefined) return state;
  const answer = answers.get(leader.bidder);
  if (answer?.kind === "accept") return { ...state, phase: "awarded" };
  const reason = answer?.kind === "decline" ? answer.reason : "no answer to the award";
  return { ...state, standing: others, declined: [...state.declined, { ...leader, reason }] };
}
