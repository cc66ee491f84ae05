import type { Decisions } from "@troupe/data";
import { dissentInWords, dissentOf } from "../goal/dissent.ts";
import type { GoalState } from "../goal/state.ts";

/** What was decided on the way, for the report. */
export function decisionsOf(state: GoalState): Decisions {
  return {
    proposals: state.proposals.map(({ member, summary }) => ({ member, summary })),
    votes: state.votes.map(
      ({ question, decided, counts, electorate, confidence, refusedCount }) => ({
        question,
        counts,
        electorate,
        ...(decided === undefined ? {} : { decided }),
        ...(confidence === undefined ? {} : { confidence }),
        ...(refusedCount === undefined ? {} : { refused: refusedCount }),
      }),
    ),
    dissent: dissentOf(state.proposals, state.votes).map((dissent) => ({
      member: dissent.member,
      what: dissentInWords(dissent),
    })),
    awards: Object.values(state.tasks).flatMap(({ id, winner, price, bids }) =>
      winner === undefined || price === undefined
        ? []
        : [{ task: id, winner, price, bids: bids.length }],
    ),
    replannings: state.replannings.map(
      ({ cause, class: failure, strategy, contingency, added }) => ({
        cause,
        class: failure,
        strategy: contingency === undefined ? strategy : `contingency '${contingency}'`,
        added: [...added],
      }),
    ),
  };
}
