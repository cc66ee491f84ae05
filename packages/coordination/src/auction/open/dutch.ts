import type { Course } from "../../session/course.ts";
import type { Declined, OpenAuctionOutcome, PriceOffer } from "./outcome.ts";
import type { OpenOffer, Quote } from "./question.ts";
import type { OpenTerms } from "./terms.ts";

/** A reverse Dutch auction under way. */
export interface Dutch {
  readonly phase: "rising" | "awarding" | "awarded" | "over";
  readonly price: number;
  /** Who may still take the price. */
  readonly active: readonly string[];
  readonly taker: string | undefined;
  readonly offers: readonly PriceOffer[];
  readonly out: readonly { bidder: string; why: "passed" | "silent" }[];
  readonly declined: readonly Declined[];
}

/**
 * Reverse Dutch: the price rises by a step whenever nobody takes it. The first to take it is awarded the task at
 * that price; among those who take the same price, the one whose answer came first. Who waits is asked again at the next
 * price; who passes, or is silent at a whole quote, is out. A winner that declines or is silent is out too, and the
 * same price is quoted to the others.
 *
 * As long as bidders take the first price that covers their cost, it ends at the lowest cost, rounded up to a price that
 * is quoted. It ends at the reserve at the latest.
 */
export function dutch(
  terms: OpenTerms,
  bidders: readonly string[],
  order?: unknown,
): Course<Dutch, Quote, OpenOffer, OpenAuctionOutcome> {
  return {
    start: {
      phase: "rising",
      price: terms.start,
      active: bidders,
      taker: undefined,
      offers: [],
      out: [],
      declined: [],
    },
    questions: ({ phase, price, active, taker }) => {
      if (phase === "awarding" && taker !== undefined) {
        const award: Quote = { kind: "award", price, ...(order === undefined ? {} : { order }) };
        return new Map([[taker, award]]);
      }
      const { step, reserve } = terms;
      return new Map(active.map((bidder) => [bidder, { kind: "take", price, step, reserve }]));
    },
    fits: ({ phase, price }, _, answer) => {
      if (phase === "awarding") return answer.kind === "accept" || answer.kind === "decline";
      if (answer.kind === "offer") return answer.price === price;
      return answer.kind === "wait" || answer.kind === "pass";
    },
    decided: (answers) => [...answers.values()].some(({ kind }) => kind === "offer"),
    settle: (state, answers) =>
      state.phase === "rising" ? settleQuote(state, terms, answers) : settleAward(state, answers),
    outcome: (state) => {
      const { phase, taker, price } = state;
      const record = {
        offers: [...state.offers],
        out: [...state.out],
        declined: [...state.declined],
      };
      if (phase === "awarded" && taker !== undefined) {
        return { ...record, awarded: true, winner: taker, price };
      }
      if (bidders.length === 0) return { ...record, awarded: false, reason: "no-bidders" };
      if (phase !== "over") return undefined;
      const reason = state.offers.length === 0 ? "no-offers" : "all-declined";
      return { ...record, awarded: false, reason };
    },
  };
}

function settleQuote(
  state: Dutch,
  { step, reserve }: OpenTerms,
  answers: ReadonlyMap<string, OpenOffer>,
): Dutch {
  const { active, price } = state;
  const taker = [...answers].find(([, { kind }]) => kind === "offer")?.[0];
  if (taker !== undefined) {
    const offers = [...state.offers, { bidder: taker, price }];
    return { ...state, phase: "awarding", taker, offers };
  }
  const out = active.flatMap((bidder) => {
    const answer = answers.get(bidder);
    if (answer?.kind === "wait") return [];
    return [{ bidder, why: answer === undefined ? ("silent" as const) : ("passed" as const) }];
  });
  const gone = new Set(out.map(({ bidder }) => bidder));
  const left = active.filter((bidder) => !gone.has(bidder));
  const over = left.length === 0 || price >= reserve;
  return {
    ...state,
    phase: over ? "over" : "rising",
    // The last price is the reserve itself, also where steps would miss it.
    price: Math.min(price + step, reserve),
    active: left,
    out: [...state.out, ...out],
  };
}

function settleAward(state: Dutch, answers: ReadonlyMap<string, OpenOffer>): Dutch {
  const { taker, price } = state;
  if (taker === undefined) return state;
  const answer = answers.get(taker);
  if (answer?.kind === "accept") return { ...state, phase: "awarded" };
  const reason = answer?.kind === "decline" ? answer.reason : "no answer to the award";
  const active = state.active.filter((bidder) => bidder !== taker);
  return {
    ...state,
    phase: active.length === 0 ? "over" : "rising",
    active,
    taker: undefined,
    declined: [...state.declined, { bidder: taker, price, reason }],
  };
}
