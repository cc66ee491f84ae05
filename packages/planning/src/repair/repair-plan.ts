import type { Domain } from "../domain/domain.ts";
import { completePlan } from "../plan/complete-plan.ts";
import type { Plan } from "../plan/plan.ts";
import {
  type Blockage,
  defaultContingencies,
  defaultMaxNodes,
  type PlanOptions,
} from "../plan/problem.ts";
import type { LimitReached } from "../plan/result.ts";
import { withContingencies } from "./contingencies.ts";
import { type Reopened, type RepairAttempt, reopen, reopenedText } from "./reopen.ts";
import type { RepairRequest } from "./request.ts";

/** What a repair brought. */
export type RepairResult =
  | {
      readonly kind: "repaired";
      /** The whole plan as it now stands: executed steps first. */
      readonly plan: Plan;
      /** Steps of the plan before that are still in it, executed ones included. */
      readonly kept: readonly string[];
      /** Steps of the plan before that are not; their names are never given again. */
      readonly removed: readonly string[];
      /** New steps. */
      readonly added: readonly string[];
      /** What is decomposed anew. Empty when the rest of the plan still works as it is. */
      readonly reopened: readonly Reopened[];
      /** What was tried, the smallest part of the plan first. */
      readonly attempts: readonly RepairAttempt[];
      /** For people. */
      readonly why: string;
    }
  | {
      readonly kind: "no-repair";
      /** As far as the widest attempt got. */
      readonly reason: Blockage | undefined;
      readonly attempts: readonly RepairAttempt[];
      readonly why: string;
    }
  | (LimitReached & { readonly attempts: readonly RepairAttempt[]; readonly why: string });

/**
 * Repairs a plan while it is being executed.
 *
 * Completed and running steps stay as they are. The smallest task above the failed step that can be decomposed
 * otherwise in the current facts, so that everything after it still works, is decomposed anew; if there is none, the
 * task above it, and in the end everything that is not done. Where a reopened task asks again for an action
 * that was already executed for it, the executed step stands for it; a task that was begun may go on as it was begun,
 * though what its executed steps needed is not true any more. The failed action itself is not used
 * again until a new action has changed the facts; ban it to exclude it altogether.
 *
 * @param options as for planning; `best` is not used
 * @throws RepairRequestError when the request does not fit the plan
 * @throws ProblemError when facts or added tasks do not fit the domain
 */
export function repairPlan(
  domain: Domain,
  plan: Plan,
  request: RepairRequest,
  options: PlanOptions = {},
): RepairResult {
  const result = reopen(domain, plan, request, {
    order: options.order ?? "first",
    maxNodes: options.maxNodes ?? defaultMaxNodes,
    expired: options.expired ?? (() => false),
  });
  const cause =
    request.failed === undefined ? "the facts have changed" : `step '${request.failed}' failed`;
  const { attempts } = result;
  if (result.kind === "found") {
    const summary = { ...result.counts, optimal: false };
    const bare = completePlan(domain, result.draft, summary);
    const most = options.contingencies ?? defaultContingencies;
    const repaired = withContingencies(domain, bare, most, request.banned);
    const what =
      result.reopened.length === 0
        ? "the rest of the plan still works"
        : reopenedText(result.reopened);
    return {
      kind: "repaired",
      plan: repaired,
      ...changesBetween(plan, repaired),
      reopened: result.reopened,
      attempts,
      why: `${cause}: ${what}`,
    };
  }
  const reason = attempts.at(-1)?.blockage;
  const why = `${cause}, and nothing else works: ${reason?.text ?? "no part of the plan is left to change"}`;
  if (result.kind === "none") return { kind: "no-repair", reason, attempts, why };
  const { kind: limit, nodes } = result;
  return { kind: "limit-reached", limit, nodes, furthest: reason, attempts, why };
}

/** What a plan and its repair have in common and what not, by names of steps. */
export function changesBetween(plan: Plan, repaired: Plan) {
  const before = new Set(plan.steps.map((each) => each.id));
  const after = new Set(repaired.steps.map((each) => each.id));
  return {
    kept: [...before].filter((id) => after.has(id)),
    removed: [...before].filter((id) => !after.has(id)),
    added: [...after].filter((id) => !before.has(id)),
  };
}
