import { TroupeError } from "@troupe/actor";
import { GoalAbandonedError } from "../errors.ts";
import type { GoalRecord, TaskError } from "../goal/records.ts";
import type { Compensation, GoalState, PendingRepair, TaskState } from "../goal/state.ts";
import type { Course, Step } from "../goal/steps.ts";
import type { GoalKind, PlannedWork, Repair, RepairedWork } from "../kinds/kind.ts";
import { contingencyFor, judgeOtherWay } from "./failure.ts";

/** Steps whose decision follows from the state alone: no analyst, agent or model is asked. */
export type DecidedStep = Exclude<Step, { readonly do: "deliberate" | "confer" | "plan" }>;

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
      const { error = unknownError, unrepaired } = state.tasks[step.task] ?? {};
      return undoing({ outcome: "failed", error: unmended(error, unrepaired) }, state, kind);
    }
    case "abandon": {
      const error = taskErrorOf(new GoalAbandonedError(state.takeovers));
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
  const { experience } = work;
  const learned = experience === undefined ? {} : { experience };
  return { type: "planned", plan, tasks: [...tasks], ...judgementOf(work), ...learned };
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

/** What the agent that does a task asks people, as it is recorded. */
export function approvalAsked(
  task: string,
  attempt: number,
  { message, details }: TaskError,
): GoalRecord {
  const { question } = (details ?? {}) as { readonly question?: unknown };
  return {
    type: "approval-requested",
    task,
    attempt,
    question: typeof question === "string" ? question : message,
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

/** A plan to go on with, and the contingency that it came of, if it did. */
interface OtherWay {
  readonly work: RepairedWork;
  readonly contingency?: string;
}

function repairDecision(failure: PendingRepair, state: GoalState, kind: GoalKind): GoalRecord {
  const refused: string[] = [];
  const way = otherWay(failure, state, kind, refused);
  if (way === undefined) {
    const error = unmended(failure.error, refused.join("; "));
    return undoing({ outcome: "failed", error }, state, kind);
  }
  const { plan, tasks, kept, removed, added, learned, ...work } = way.work;
  return {
    type: "replanned",
    cause: failure.error.message,
    failed: failure.task,
    class: failure.class,
    strategy: failure.strategy,
    ...(way.contingency === undefined ? {} : { contingency: way.contingency }),
    plan,
    tasks: [...tasks],
    kept: [...kept],
    removed: [...removed],
    added: [...added],
    ...judgementOf(work),
    learned,
  };
}

/**
 * The contingency that was planned for this case, else a repair, each only if it is sure enough.
 *
 * @param refused is told why what was considered is not taken
 */
function otherWay(
  failure: PendingRepair,
  state: GoalState,
  kind: GoalKind,
  refused: string[],
): OtherWay | undefined {
  const isSure = (way: Repair, what: string): way is Extract<Repair, { ok: true }> => {
    const judged = way.ok ? judgeOtherWay(state, failure, way.work.confidence) : way;
    if ("kind" in judged && judged.kind === "replan") return true;
    refused.push(`${what}${judged.why}`);
    return false;
  };
  const prepared = contingencyFor(failure.task, state, kind);
  if (prepared !== undefined && kind.takeContingency !== undefined) {
    const { name } = prepared;
    const taken = kind.takeContingency(state, failure);
    if (isSure(taken, `contingency '${name}': `)) return { work: taken.work, contingency: name };
  }
  const isRepairable = kind.repairable.some((name) => name === failure.class);
  if (prepared !== undefined && !isRepairable) return undefined;
  const repaired = kind.repair(state, failure);
  return isSure(repaired, "") ? { work: repaired.work } : undefined;
}

/** A failure with what kept the plan from being repaired. */
function unmended(error: TaskError, why: string | undefined): TaskError {
  if (why === undefined) return error;
  return { ...error, message: `${error.message}; the plan could not be repaired: ${why}` };
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
  contingencies = [],
}: Pick<PlannedWork, "confidence" | "criticalPath" | "risks" | "contingencies">) {
  const prepared = contingencies.length === 0 ? {} : { contingencies: [...contingencies] };
  return { confidence, criticalPath: [...criticalPath], risks: [...risks], ...prepared };
}

const unknownError: TaskError = { code: "internal", message: "failed", retryable: false };
