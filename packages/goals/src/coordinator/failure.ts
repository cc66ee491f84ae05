import { decideReplanning, type FailureClass, type ReplanningDecision } from "@troupe/planning";
import type { GoalRecord, TaskError } from "../goal/records.ts";
import type { GoalState, PendingRepair, TaskState } from "../goal/state.ts";
import { interruptedCode } from "../goal/task-book.ts";
import type { GoalKind } from "../kinds/kind.ts";

/** Most agents that may be lost over one task: beyond it the task is taken to be what kills them. */
const interruptionLimit = 8;

/** Failures that no repetition can mend; an agent that stopped has stopped for good. */
export const finalCodes: readonly string[] = [
  "malformed-input",
  "unsatisfiable-demand",
  "unknown-resource",
  "no-agents",
  "agent-limit",
  "agent-stuck",
  "agent-unusable",
];

type FailureAnswer = Pick<
  Extract<GoalRecord, { type: "task-failed" }>,
  "classified" | "answer" | "delayMs" | "unrepaired" | "confers"
>;

/**
 * What follows from a failed attempt, by `decideReplanning`: by the failure's class, or by what the task says, it is
 * tried again, answered by a repaired plan, or final. Lost agents do not count against the retries of their task.
 */
export function answerFailure(
  state: GoalState,
  task: TaskState,
  kind: GoalKind,
  error: TaskError,
): FailureAnswer {
  const isExecuting = state.phase === "executing";
  const isPrepared = contingencyFor(task.id, state, kind) !== undefined;
  const decision = decideReplanning(
    {
      failure: {
        code: error.code,
        message: error.message,
        retryable: mayRepeat(task, error),
        replannable: isExecuting,
      },
      earlier: earlierFailures(task, error),
      replans: state.replannings.length + state.pendingRepairs.length,
    },
    {
      ...retriesOf(task, error),
      ...(isPrepared ? {} : { repairable: kind.repairable }),
    },
  );
  const { class: name, strategy, evidence, why } = decision;
  const classified = { class: name, strategy, evidence };
  if (decision.kind !== "give-up") {
    const wait = decision.kind === "replan" && decision.delayMs > 0;
    const { kind: answer, delayMs } = decision;
    const confers = answer === "replan" && kind.conference?.concerns(error) === true;
    return {
      classified,
      answer,
      ...(wait ? { delayMs } : {}),
      ...(confers ? { confers } : {}),
    };
  }
  const isExplained = isExecuting && (isPrepared || kind.repairable.length > 0);
  return { classified, answer: "give-up", ...(isExplained ? { unrepaired: why } : {}) };
}

/** Whether a way that was found is to be taken, or why not: `decideReplanning`, now that it is known how sure it is. */
export function judgeOtherWay(
  state: GoalState,
  { error }: PendingRepair,
  confidence: number,
): ReplanningDecision {
  const { code, message } = error;
  return decideReplanning({
    failure: { code, message, retryable: false },
    replans: state.replannings.length,
    confidence,
  });
}

/** The contingency that is to be tried for a task. */
export function contingencyFor(task: string, state: GoalState, kind: GoalKind) {
  if (kind.takeContingency === undefined) return undefined;
  return state.contingencies.find((each) => each.task === task);
}

function mayRepeat(task: TaskState, error: TaskError): boolean {
  if (error.code === interruptedCode) return true;
  if (finalCodes.includes(error.code)) return false;
  return task.retries !== undefined || error.retryable;
}

function earlierFailures(
  { interruptions, failures = {} }: TaskState,
  { code }: TaskError,
): Readonly<Partial<Record<FailureClass, number>>> {
  return code === interruptedCode ? { transient_network: interruptions } : failures;
}

function retriesOf({ retries }: TaskState, { code }: TaskError): { readonly retries?: number } {
  if (code === interruptedCode) return { retries: interruptionLimit };
  return retries === undefined ? {} : { retries };
}
