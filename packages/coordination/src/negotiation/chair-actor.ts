import { type Actor, defineActor, traced } from "@troupe/actor";
import { chair } from "../session/chair.ts";
import type { Chairing } from "../session/hold-session.ts";
import type { Deal } from "./deal.ts";
import { type ChairMessages, chairProtocol, partyProtocol } from "./protocol.ts";
import type { Answer, Question } from "./question.ts";

/** What whoever chairs a negotiation, a mediation or an arbitration needs to know. */
export interface ChairActorAssignment<State, Outcome>
  extends Chairing<State, Question, Answer, Outcome> {
  /** What was agreed on, if anything. */
  readonly dealOf: (outcome: Outcome) => Deal | undefined;
}

/** Chairs one session and stops: asks whose turn it is, takes the answers, tells all parties the deal, and reports. */
export function chairActor<State, Outcome extends object>(
  assignment: ChairActorAssignment<State, Outcome>,
): Actor<ChairMessages> {
  return defineActor(chairProtocol, (context) => {
    const { id, addresses, trace, dealOf } = assignment;
    const party = (name: string) =>
      traced(context.ref(partyProtocol, addresses.get(name) ?? name), trace);
    return {
      answer: chair(context, {
        ...assignment,
        ask: (name, envelope, question) => party(name).tell("consult", { ...envelope, question }),
        conclude: (name, outcome) => {
          const deal = dealOf(outcome);
          party(name).tell("concluded", { session: id, ...(deal === undefined ? {} : { deal }) });
        },
      }),
    };
  });
}
