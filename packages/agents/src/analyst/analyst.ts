import { type Actor, defineActor } from "@troupe/actor";
import { tellerProtocol } from "@troupe/coordination";
import { type AnalystMessages, analystProtocol, type Proposal } from "./protocol.ts";

/** What an analyst says about alternatives that others proposed. */
export interface Judgement {
  /** Index of the alternative it votes for, or nothing to abstain. */
  readonly choice: number | undefined;
  /** Why, in one sentence. */
  readonly reason: string;
}

/** How an analyst looks at things. Both functions look at the data themselves. */
export interface Perspective {
  readonly name: string;
  propose(subject: unknown, signal: AbortSignal): Promise<Proposal>;
  /** Chooses among alternatives for one field, given as JSON. */
  judge(
    subject: unknown,
    field: string,
    alternatives: readonly unknown[],
    signal: AbortSignal,
  ): Promise<Judgement>;
}

/**
 * An agent that forms an opinion from its own evidence: it proposes what the data is, and votes when
 * proposals differ. When it can't judge, it abstains and says why.
 */
export function analyst(perspective: Perspective): Actor<AnalystMessages> {
  return defineActor(analystProtocol, (context) => ({
    propose: ({ subject }) => perspective.propose(subject, context.signal),
    callForBallots: ({ vote, teller, subject }) => {
      const { field, alternatives, ...rest } = subject as Disputed;
      const judged = context.span(
        `judge ${field}`,
        { "troupe.analyst": perspective.name, "troupe.vote": vote.id },
        () => perspective.judge(rest, field, alternatives, context.signal),
      );
      context.pipe(judged, (settled) => {
        const judgement: Judgement = settled.ok
          ? settled.value
          : { choice: undefined, reason: `could not judge: ${settled.error.message}` };
        context.ref(tellerProtocol, teller).tell("ballot", {
          vote: vote.id,
          round: vote.round,
          digest: vote.digest,
          member: context.self.address,
          choice: judgement.choice === undefined ? null : (vote.options[judgement.choice] ?? null),
          reason: judgement.reason,
        });
      });
    },
  }));
}

interface Disputed {
  readonly field: string;
  readonly alternatives: readonly unknown[];
}
