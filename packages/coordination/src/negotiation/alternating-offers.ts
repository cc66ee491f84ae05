import type { Course } from "../session/course.ts";
import { type Deal, type Issues, isDeal } from "./deal.ts";
import type { Answer, Question } from "./question.ts";

/** An offer that was made, in its turn. */
export interface MadeOffer {
  party: string;
  turn: number;
  deal: Deal;
}

/**
 * How a negotiation ended: with the deal that one party offered and the other accepted, or without, because a party
 * withdrew, did not answer (or only what the rules do not allow), or would not accept the last offer.
 */
export type NegotiationOutcome = { offers: MadeOffer[] } & (
  | { agreed: true; deal: Deal; turn: number }
  | { agreed: false; reason: "withdrawn"; party: string; why: string }
  | { agreed: false; reason: "silent"; party: string }
);

/** A negotiation under way. */
export interface Negotiation {
  /** Whose turn it is: the first or the second party. */
  readonly mover: 0 | 1;
  readonly offers: readonly MadeOffer[];
  readonly end?: NegotiationOutcome;
}

/**
 * Rubinstein's alternating offers (Econometrica 1982): one party offers, the other accepts or offers something else,
 * and so on, at most `turns` offers. Only a deal that one party offered and the other accepted binds anybody; so a
 * party that never offers or accepts what is worse for it than no deal cannot be worse off. A party that is silent or
 * breaks the rules in its turn ends the negotiation without a deal.
 */
export function alternatingOffers(
  issues: Issues,
  parties: readonly [string, string],
  turns: number,
): Course<Negotiation, Question, Answer, NegotiationOutcome> {
  return {
    start: { mover: 0, offers: [] },
    questions: ({ mover, offers }) => {
      const table = offers.at(-1)?.deal;
      const turn = offers.length + 1;
      const move = { kind: "move", turn, turns, issues } as const;
      return new Map([[parties[mover], table === undefined ? move : { ...move, table }]]);
    },
    fits: ({ offers }, _, answer) => {
      if (answer.kind === "withdraw") return true;
      if (answer.kind === "accept") return offers.length > 0;
      return answer.kind === "offer" && offers.length < turns && isDeal(issues, answer.deal);
    },
    settle: (state, answers) => {
      const { mover, offers } = state;
      const party = parties[mover];
      const answer = answers.get(party);
      const last = offers.at(-1);
      if (answer?.kind === "offer") {
        const made = { party, turn: offers.length + 1, deal: answer.deal };
        return { mover: mover === 0 ? 1 : 0, offers: [...offers, made] };
      }
      const record = { offers: [...offers] };
      if (answer?.kind === "accept" && last !== undefined) {
        return { ...state, end: { ...record, agreed: true, deal: last.deal, turn: last.turn } };
      }
      if (answer?.kind === "withdraw") {
        const why = answer.reason;
        return { ...state, end: { ...record, agreed: false, reason: "withdrawn", party, why } };
      }
      return { ...state, end: { ...record, agreed: false, reason: "silent", party } };
    },
    outcome: ({ end }) => end,
  };
}
