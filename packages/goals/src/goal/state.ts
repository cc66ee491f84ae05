import type { GoalDocument } from "./goal.ts";
import type { GoalRecord, GoalTask, RecordedBid, RecordedVote, TaskError } from "./records.ts";

export type GoalPhase =
  | "unknown"
  | "analysing"
  | "planning"
  | "executing"
  | "succeeded"
  | "failed"
  | "cancelled";

export type TaskStatus = "waiting" | "awarded" | "done" | "failed";

/** Where one task stands. */
export interface TaskState extends GoalTask {
  readonly status: TaskStatus;
  /** Tries so far, the present one included; 0 before the first award. */
  readonly attempts: number;
  readonly winner?: string;
  readonly price?: number;
  readonly bids: readonly RecordedBid[];
  readonly awardedAt?: number;
  readonly endedAt?: number;
  readonly durationMs?: number;
  readonly facts?: unknown;
  readonly error?: TaskError;
}

interface Replanning {
  readonly at: number;
  readonly cause: string;
  readonly class: string;
  readonly strategy: string;
  readonly kept: readonly string[];
  readonly removed: readonly string[];
  readonly added: readonly string[];
  readonly learned: unknown;
}

/** A failure that the plan must be repaired for before anything else happens. */
export interface PendingRepair {
  readonly task: string;
  readonly error: TaskError;
  readonly class: string;
  readonly strategy: string;
}

/** Everything that is decided about a goal: the fold of its journal. Plain data. */
export interface GoalState {
  readonly id: string;
  readonly phase: GoalPhase;
  readonly goal: GoalDocument;
  readonly sequence: number;
  readonly trace: string;
  readonly publisher?: string;
  /** Node of the present coordinator. */
  readonly coordinator: string;
  readonly resumed: number;
  readonly acceptedAt: number;
  readonly updatedAt: number;
  readonly tasks: Readonly<Record<string, TaskState>>;
  readonly agreement?: unknown;
  readonly proposals: readonly { readonly member: string; readonly summary: string }[];
  readonly votes: readonly RecordedVote[];
  readonly agreementConfidence?: number;
  readonly plan?: unknown;
  readonly planConfidence?: number;
  readonly criticalPath: readonly string[];
  readonly risks: readonly string[];
  readonly replannings: readonly Replanning[];
  readonly pendingRepair?: PendingRepair;
  readonly cancelRequested?: string;
  readonly result?: unknown;
  readonly error?: TaskError;
}

/** A goal before its first record. */
export function unknownGoal(id: string): GoalState {
  return {
    id,
    phase: "unknown",
    goal: { kind: "" },
    sequence: 0,
    trace: "",
    coordinator: "",
    resumed: 0,
    acceptedAt: 0,
    updatedAt: 0,
    tasks: {},
    proposals: [],
    votes: [],
    criticalPath: [],
    risks: [],
    replannings: [],
  };
}

/** Whether nothing more will happen. */
export function hasEnded(state: GoalState): boolean {
  return state.phase === "succeeded" || state.phase === "failed" || state.phase === "cancelled";
}

/**
 * The goal after one more record.
 *
 * @param at when the record was written, milliseconds since the epoch
 */
export function applyRecord(state: GoalState, record: GoalRecord, at: number): GoalState {
  const next = { ...state, updatedAt: at };
  switch (record.type) {
    case "accepted":
      return {
        ...next,
        phase: "analysing",
        goal: record.goal as GoalDocument,
        sequence: record.sequence,
        coordinator: record.node,
        trace: record.trace,
        ...(record.publisher === undefined ? {} : { publisher: record.publisher }),
        acceptedAt: at,
        tasks: withTasks({}, record.tasks),
      };
    case "resumed":
      return { ...next, coordinator: record.node, resumed: state.resumed + 1 };
    case "awarded":
      return updateTask(next, record.task, (task) => ({
        ...task,
        status: "awarded",
        attempts: record.attempt,
        winner: record.winner,
        price: record.price,
        bids: record.bids,
        awardedAt: at,
      }));
    case "task-done":
      return updateTask(next, record.task, (task) => ({
        ...task,
        status: "done",
        winner: record.by,
        attempts: record.attempt,
        durationMs: record.durationMs,
        facts: record.facts,
        endedAt: at,
      }));
    case "task-failed": {
      const failed = updateTask(next, record.task, (task) => ({
        ...task,
        status: record.answer === "retry" ? "waiting" : "failed",
        attempts: record.attempt,
        error: record.error,
        endedAt: at,
      }));
      if (record.answer !== "replan") return failed;
      const { class: failureClass, strategy } = record.classified;
      return {
        ...failed,
        pendingRepair: { task: record.task, error: record.error, class: failureClass, strategy },
      };
    }
    case "deliberated":
      return {
        ...next,
        phase: "planning",
        agreement: record.agreement,
        proposals: record.proposals,
        votes: [...state.votes, ...record.votes],
        agreementConfidence: record.confidence,
      };
    case "planned":
      return {
        ...next,
        phase: "executing",
        plan: record.plan,
        planConfidence: record.confidence,
        criticalPath: record.criticalPath,
        risks: record.risks,
        tasks: withTasks(state.tasks, record.tasks),
      };
    case "replanned": {
      const { pendingRepair: _repaired, ...rest } = next;
      const dropped = (task: TaskState) =>
        record.removed.includes(task.id) && task.status === "waiting";
      const remaining = Object.fromEntries(
        Object.entries(state.tasks).filter(([, task]) => !dropped(task)),
      );
      return {
        ...rest,
        plan: record.plan,
        planConfidence: record.confidence,
        criticalPath: record.criticalPath,
        risks: record.risks,
        tasks: withTasks(remaining, record.tasks),
        replannings: [...state.replannings, { at, ...withoutPlan(record) }],
      };
    }
    case "cancel-requested":
      return { ...next, cancelRequested: record.reason };
    case "finished":
      return { ...next, phase: "succeeded", result: record.result };
    case "failed":
      return { ...next, phase: "failed", error: record.error };
    case "cancelled":
      return { ...next, phase: "cancelled", cancelRequested: record.reason };
  }
}

function withoutPlan(record: Extract<GoalRecord, { type: "replanned" }>): Omit<Replanning, "at"> {
  const { cause, strategy, kept, removed, added, learned } = record;
  return { cause, class: record.class, strategy, kept, removed, added, learned };
}

/** Known tasks keep where they stand and take on their new dependencies; new ones wait. */
function withTasks(
  known: Readonly<Record<string, TaskState>>,
  tasks: readonly GoalTask[],
): Readonly<Record<string, TaskState>> {
  const all: Record<string, TaskState> = { ...known };
  for (const task of tasks) {
    const before = known[task.id];
    all[task.id] =
      before === undefined
        ? { ...task, status: "waiting", attempts: 0, bids: [] }
        : { ...before, dependsOn: task.dependsOn };
  }
  return all;
}

function updateTask(
  state: GoalState,
  id: string,
  change: (task: TaskState) => TaskState,
): GoalState {
  const task = state.tasks[id];
  if (task === undefined) return state;
  return { ...state, tasks: { ...state.tasks, [id]: change(task) } };
}
