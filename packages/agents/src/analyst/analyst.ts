import {
  type Actor,
  type ActorContext,
  defineActor,
  ensureError,
  type Handlers,
} from "@troupe/actor";
import { tellerProtocol } from "@troupe/coordination";
import { z } from "zod";
import { type AnalystMessages, analystProtocol, type Proposal } from "./protocol.ts";

/** Proposals that an analyst keeps for those who ask again. */
const rememberedLimit = 16;

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
 * proposals differ. What it can't propose on or judge is no fault of its own: it says why, and goes
 * on.
 */
export function analyst(perspective: Perspective): Actor<AnalystMessages> {
  return defineActor(analystProtocol, (context) => handlers(context, perspective), {
    // Whoever asks again joins those who wait.
    interleave: ["propose"],
  });
}

function handlers(
  context: ActorContext<AnalystMessages>,
  perspective: Perspective,
): Handlers<AnalystMessages> {
  /** By goal: an answer may be lost, and the question come again. */
  const proposed = new Map<string, Promise<Proposal>>();

  function proposalFor(goal: string, subject: unknown): Promise<Proposal> {
    const known = proposed.get(goal);
    if (known !== undefined) return known;
    const proposal = perspective.propose(subject, context.signal);
    proposed.set(goal, proposal);
    const [oldest] = proposed.keys();
    if (proposed.size > rememberedLimit && oldest !== undefined) proposed.delete(oldest);
    return proposal;
  }

  return {
    propose: async ({ goal, subject }) => {
      try {
        return await proposalFor(goal, subject);
      } catch (thrown) {
        proposed.delete(goal);
        return { error: ensureError(thrown).message };
      }
    },
    callForBallots: ({ vote, teller, subject }) => {
      const judged = context.span(
        `judge ${vote.question}`,
        { "troupe.analyst": perspective.name, "troupe.vote": vote.id },
        () => {
          const { field, alternatives, ...rest } = disputedSchema.parse(subject);
          return perspective.judge(rest, field, alternatives, context.signal);
        },
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
  };
}

const disputedSchema = z.looseObject({ field: z.string(), alternatives: z.array(z.unknown()) });
