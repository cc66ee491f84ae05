import type { Mind } from "./mind.ts";
import type { Decision } from "./step.ts";

/** A mind that decides by the number of the step, the last decision for ever, and counts. */
export function scripted(decisions: readonly Decision[]) {
  let asked = 0;
  const mind: Mind = {
    name: "scripted",
    decide: async ({ steps }) => {
      asked += 1;
      const decision = decisions[Math.min(steps.length, decisions.length - 1)];
      if (decision === undefined) throw new Error("the script is empty");
      return decision;
    },
  };
  return { mind, asked: () => asked };
}
