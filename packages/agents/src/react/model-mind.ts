import { type Reasoner, reasonerLimitsSchema } from "../reasoner/reasoner.ts";
import type { Mind } from "./mind.ts";
import { decisionSchema, type Step } from "./step.ts";

/** Most characters of one observation, and of one input, that a model is shown. */
const shownLimit = 8192;
/** Calls for one decision, repeats after failures of the server and one repair included. */
const callsPerDecision = 4;
const repairsPerDecision = 1;

const howTo = [
  "You reach a goal step by step. `task` says what was asked for, `actions` what you can do and what input each takes, `steps` what you have done and seen so far, `advice` what to mind.",
  "Answer with the next step: `thought`, in a few sentences (what you know, what is missing, what is the most productive action, what could go wrong), then `action`, one of the names in `actions`, and its `input`.",
  "When you know the answer, choose `final_result`.",
].join("\n");

/**
 * A mind that asks a model. What it sees of the world goes as data, never as instructions; what it
 * answers is carried out only when the action is one of the agent's and the input has its shape. A
 * malformed answer goes back once.
 */
export function modelMind(reasoner: Reasoner): Mind {
  return {
    name: "model",
    decide: async (situation, { check, signal, payer, limits, parent }) => {
      const { instructions, input, actions, steps, stepsLeft, advice } = situation;
      const { answer, usage } = await reasoner.propose(
        {
          purpose: "decide an agent's next step",
          instructions: `${instructions}\n\n${howTo}`,
          data: { task: input, actions, steps: steps.map(shown), stepsLeft, advice },
          schema: decisionSchema.strict(),
          check,
        },
        {
          signal,
          payer,
          parent,
          limits: reasonerLimitsSchema.parse({
            maxCalls: callsPerDecision,
            maxRepairs: repairsPerDecision,
            maxOutputTokens: limits.maxOutputTokens,
            timeoutMs: limits.callTimeoutMs,
          }),
        },
      );
      return { ...answer, model: usage.model };
    },
  };
}

function shown({ thought, action, input, ok, observation }: Step) {
  return { thought, action, input: short(input), ok, observation: short(observation) };
}

/** As it is, or the beginning of its text. */
function short(value: unknown): unknown {
  const text = JSON.stringify(value) ?? "null";
  return text.length <= shownLimit ? value : { beginning: text.slice(0, shownLimit), cut: true };
}
