import type { Fact, Task } from "../domain/condition.ts";
import { RepairRequestError } from "../errors.ts";
import type { Plan, PlanStep } from "../plan/plan.ts";

/** How far a plan's execution has come, and what went wrong. */
export interface RepairRequest {
  /** Steps that are done. Those given up by an earlier repair need no mention. */
  readonly completed: readonly string[];
  /** Steps that are under way; they are expected to succeed. Default: none. */
  readonly running?: readonly string[];
  /** The step that failed. Without it the plan is checked against the facts, and repaired where it breaks. */
  readonly failed?: string;
  /** All that is true now, the effects of completed steps included, those of running ones not. */
  readonly facts: readonly Fact[];
  /** Actions with their arguments that must not be used any more. Default: none. */
  readonly banned?: readonly Task[];
  /** Tasks to be accomplished besides, before the rest of the plan. Default: none. */
  readonly added?: readonly Task[];
}

/** A plan's steps by their fate. */
export interface Progress {
  readonly completed: readonly PlanStep[];
  readonly running: readonly PlanStep[];
  readonly failed: PlanStep | undefined;
  /** Names of completed and running steps. */
  readonly executed: ReadonlySet<string>;
}

/** @throws RepairRequestError when the request names a step that does not exist, or one in two states */
export function readProgress(plan: Plan, request: RepairRequest): Progress {
  const { failed } = request;
  const completed = new Set([...plan.abandoned, ...request.completed]);
  const running = new Set(request.running ?? []);
  for (const id of running) completed.delete(id);
  const steps = new Map(plan.steps.map((each) => [each.id, each]));
  for (const id of [...completed, ...running, ...(failed === undefined ? [] : [failed])]) {
    if (steps.has(id)) continue;
    const known = plan.steps.map((each) => each.id).join(", ");
    throw new RepairRequestError(id, `the plan has no such step; its steps are ${known}`);
  }
  for (const id of request.completed) {
    if (running.has(id)) throw new RepairRequestError(id, "it is said to be completed and running");
  }
  if (failed !== undefined && (completed.has(failed) || running.has(failed))) {
    throw new RepairRequestError(
      failed,
      "it is said to have failed, but also to be completed or running",
    );
  }
  return {
    completed: plan.steps.filter((each) => completed.has(each.id)),
    running: plan.steps.filter((each) => running.has(each.id)),
    failed: failed === undefined ? undefined : steps.get(failed),
    executed: new Set([...completed, ...running]),
  };
}
