import { UndecidedError } from "../errors.ts";
import type { Mind, Situation } from "./mind.ts";
import { type Decision, deedOf, finalAction } from "./step.ts";

/** Says what to do in a situation, or nothing when it does not apply. Pure. */
export type Rule = (situation: Situation) => Decision | undefined;

/**
 * A mind of rules: the first that applies decides. Deterministic: the same steps give the same
 * decision. A rule that would do what is refused is passed over; one that would do what experience
 * speaks against, as long as a later one knows something else to do than to end.
 */
export function rulesMind(rules: readonly Rule[]): Mind {
  return {
    name: "rules",
    decide: async (situation, { check }) => {
      const decision = firstOf(rules, situation);
      if (decision === undefined) {
        throw new UndecidedError("no rule applies: add one, or let a model decide");
      }
      const [issue] = check(decision);
      if (issue === undefined) return decision;
      throw new UndecidedError(`a rule chose '${decision.action}': ${issue.message}`);
    },
  };
}

function firstOf(rules: readonly Rule[], situation: Situation): Decision | undefined {
  const { banned, last } = situation;
  let kept: Decision | undefined;
  for (const rule of rules) {
    const decision = rule(situation);
    if (decision === undefined || banned.has(deedOf(decision))) continue;
    if (kept === undefined && !last.has(decision.action)) return decision;
    kept ??= decision;
    if (!last.has(decision.action) && decision.action !== finalAction) return decision;
  }
  return kept;
}
