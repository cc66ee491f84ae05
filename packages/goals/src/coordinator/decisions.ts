import { TroupeError } from "@troupe/actor";
import type { GoalRecord, TaskError } from "../goal/records.ts";
import type { Compensation, GoalState, PendingRepair, TaskState } from "../goal/state.ts";
import type { Course, Step } from "../goal/steps.ts";
import type { GoalKind, PlannedWork } from "../kinds/kind.ts";

/** Steps whose decision follows from the state alone: no analyst, agent or model is asked. */
export type DecidedStep = Exclude<Step, { readonly do: "deliberate" | "plan" }>;

/** What a kind of goal decides about the course of one of its goals. */
export function courseOf(kind: GoalKind, state: GoalState): Course {
  const { deliberation, failFast = () => true } = kind;
  return { deliberates: deliberation !== undefined, failFast: failFast(state) };
}

/** What a step comes to, as it is recorded. Depends on nothing else, so that it can be found again. */
export function decisionOf(step: DecidedStep, state: GoalState, kind: GoalKind): GoalRecord {
  switch (step.do) {
    case "repair":
      return repairDecision(step.failure, state, kind);
    case "cancel":
      return undoing({ outcome: "cancelled" }, state, kind);
    case "give-up": {
      const error = state.tasks[step.task]?.error ?? unknownError;
      return undoing({ outcome: "failed", error }, state, kind);
    }
    case "end-compensation":
      return endAs(state.compensation ?? { outcome: "failed" }, state);
    case "finish": {
      const { failed, skipped } = state.counts;
      const replaced = state.replannings.flatMap(({ removed }) => removed);
      const isPartial = skipped > 0 || failed > replaced.length;
      return {
        type: "finished",
        result: kind.result(state),
        ...(isPartial ? { partial: true } : {}),
      };
    }
  }
}

/** A plan as it is recorded. */
export function plannedRecord({ plan, tasks, ...work }: PlannedWork): GoalRecord {
  return { type: "planned", plan, tasks: [...tasks], ...judgementOf(work) };
}

/** What people are asked when a task waits for their approval, as it is recorded. */
export function approvalRequest(task: TaskState, state: GoalState, kind: GoalKind): GoalRecord {
  const { input } = kind.order(task, state);
  const { question } = (input ?? {}) as { readonly question?: unknown };
  return {
    type: "approval-requested",
    task: task.id,
    attempt: task.attempts + 1,
    question: typeof question === "string" ? question : `may '${task.id}' go on?`,
  };
}

/** An error that ends a goal, as it is recorded. */
export function taskErrorOf(error: Error): TaskError {
  const known = error instanceof TroupeError ? error : undefined;
  return {
    code: known?.code ?? ("code" in error ? String(error.code) : "internal"),
    message: error.message,
    retryable: false,
  };
}

function repairDecision(failure: PendingRepair, state: GoalState, kind: GoalKind): GoalRecord {
  const repair = kind.repair(state, failure);
  if (!repair.ok) {
    const message = `${failure.error.message}; the plan could not be repaired: ${repair.why}`;
    return undoing({ outcome: "failed", error: { ...failure.error, message } }, state, kind);
  }
  const { plan, tasks, kept, removed, added, learned, ...work } = repair.work;
  return {
    type: "replanned",
    cause: failure.error.message,
    class: failure.class,
    strategy: failure.strategy,
    plan,
    tasks: [...tasks],
    kept: [...kept],
    removed: [...removed],
    added: [...added],
    ...judgementOf(work),
    learned,
  };
}

/** The goal will not succeed. What was done and can be undone is, before the goal ends. */
function undoing(compensation: Compensation, state: GoalState, kind: GoalKind): GoalRecord {
  const tasks = kind.compensation?.(state) ?? [];
  if (tasks.length === 0) return endAs(compensation, state);
  return { type: "compensating", ...compensation, tasks: [...tasks] };
}

function endAs({ outcome, error }: Compensation, state: GoalState): GoalRecord {
  if (outcome === "failed") return { type: "failed", error: error ?? unknownError };
  return { type: "cancelled", reason: state.cancelRequested ?? "asked to" };
}

function judgementOf({
  confidence,
  criticalPath,
  risks,
}: Pick<PlannedWork, "confidence" | "criticalPath" | "risks">) {
  return { confidence, criticalPath: [...criticalPath], risks: [...risks] };
}

const unknownError: TaskError = { code: "internal", message: "failed", retryable: false };
