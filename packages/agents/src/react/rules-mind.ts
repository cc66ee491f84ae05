import { UndecidedError } from "../errors.ts";
import type { Mind, Situation } from "./mind.ts";
import { type Decision, deedOf } from "./step.ts";

/** Says what to do in a situation, or nothing when it does not apply. Pure. */
export type Rule = (situation: Situation) => Decision | undefined;

/**
 * A mind of rules: the first that applies decides. Deterministic: the same steps give the same
 * decision. A rule that would do what is refused is passed over; what experience speaks against is for rules that know
 * alternatives to heed, by `last` of the situation: only they know what may be done instead.
 *
 * Deciding rejects with `UndecidedError` when no rule applies, or the one that does chooses an action that cannot be.
 */
export function rulesMind(rules: readonly Rule[]): Mind {
  return {
    name: "rules",
    decide: async (situation, { check }) => {
      for (const rule of rules) {
        const decision = rule(situation);
        if (decision === undefined || situation.banned.has(deedOf(decision))) continue;
        const [issue] = check(decision);
        if (issue === undefined) return decision;
        throw new UndecidedError(`a rule chose '${decision.action}': ${issue.message}`);
      }
      throw new UndecidedError("no rule applies: add one, or let a model decide");
    },
  };
}
