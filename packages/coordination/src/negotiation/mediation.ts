import type { Course } from "../session/course.ts";
import { type Deal, differences } from "./deal.ts";
import type { Answer, Question } from "./question.ts";

/** How a mediation ended. */
export type MediationOutcome = {
  /** Texts that all preferred to the one before, in their order. */
  texts: Deal[];
  /** How many proposals were put to the parties. */
  proposals: number;
  /** Parties that left a proposal unanswered, and how often. */
  silent: { party: string; times: number }[];
} & (
  | {
      agreed: true;
      deal: Deal;
      /** Whether every deal was proposed: then none is better for all than the last text by their answers. */
      exhausted: boolean;
    }
  | { agreed: false; reason: "no-common-ground" | "rounds-over" }
);

/** A mediation under way. */
export interface Mediation {
  /** Last is what all prefer so far. */
  readonly texts: readonly Deal[];
  /** Deals that have not been proposed. */
  readonly untried: readonly Deal[];
  readonly proposals: number;
  readonly silences: ReadonlyMap<string, number>;
}

/**
 * Mediation with a single negotiating text (Fisher and Ury; as a protocol Klein et al. 2003): the mediator proposes deals, one
 * after the other, first those that differ from the text in one issue; each party says in private whether the
 * proposal is better for it than the text, or than no deal as long as there is none. A proposal that all prefer is the new text.
 * Silence is no.
 *
 * So every text is better for all parties than the one before and than no deal, by their own answers, and parties tell nobody
 * what deals are worth to them. It ends when every deal was proposed once, or after `rounds` proposals: what somebody did not prefer to one
 * text, it does not prefer to a later, better one.
 *
 * @param deals all possible ones, in the order in which they are tried: shuffle them, else the first have an advantage
 */
export function mediation(
  deals: readonly Deal[],
  parties: readonly string[],
  rounds: number,
): Course<Mediation, Question, Answer, MediationOutcome> {
  return {
    start: { texts: [], untried: deals, proposals: 0, silences: new Map() },
    questions: (state) => {
      const text = state.texts.at(-1);
      const proposal = nextProposal(state);
      if (proposal === undefined) return new Map();
      const question = { kind: "compare", proposal } as const;
      return new Map(
        parties.map((party) => [party, text === undefined ? question : { ...question, text }]),
      );
    },
    fits: (_state, _party, { kind }) => kind === "better",
    settle: (state, answers) => {
      const proposal = nextProposal(state);
      const silences = new Map(state.silences);
      for (const party of parties) {
        if (!answers.has(party)) silences.set(party, (silences.get(party) ?? 0) + 1);
      }
      const preferred = parties.every((party) => {
        const answer = answers.get(party);
        return answer?.kind === "better" && answer.better;
      });
      const texts = proposal !== undefined && preferred ? [...state.texts, proposal] : state.texts;
      const untried = state.untried.filter((deal) => deal !== proposal);
      return { ...state, silences, texts, untried, proposals: state.proposals + 1 };
    },
    outcome: (state) => {
      const { texts, untried, proposals, silences } = state;
      const exhausted = untried.length === 0;
      if (!exhausted && proposals < rounds) return undefined;
      const record = {
        texts: [...texts],
        proposals,
        silent: [...silences].map(([party, times]) => ({ party, times })),
      };
      const deal = texts.at(-1);
      return deal === undefined
        ? { ...record, agreed: false, reason: exhausted ? "no-common-ground" : "rounds-over" }
        : { ...record, agreed: true, deal, exhausted };
    },
  };
}

/** Of what is untried, the first that is most like the text. */
function nextProposal({ texts, untried }: Mediation): Deal | undefined {
  const text = texts.at(-1);
  if (text === undefined) return untried[0];
  let nearest = untried[0];
  let least = Number.POSITIVE_INFINITY;
  for (const deal of untried) {
    const distance = differences(deal, text);
    if (distance < least) {
      nearest = deal;
      least = distance;
    }
    if (least === 1) break;
  }
  return nearest;
}
