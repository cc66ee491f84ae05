import type { GoalDocument } from "./goal.ts";
import type { GoalRecord } from "./records.ts";
import { type GoalState, type PendingRepair, type Replanning, unknownGoal } from "./state.ts";
import { TaskBook } from "./task-book.ts";

/** A state while records are applied to it: its own copy, changed in place. */
type Draft = { -readonly [Field in keyof GoalState]: GoalState[Field] };

/**
 * The goal after some more records that were stored at once.
 *
 * @param at when they were written, milliseconds since the epoch
 */
export function applyRecords(
  state: GoalState,
  records: readonly GoalRecord[],
  at: number,
): GoalState {
  return applyTo(state, new TaskBook({ ...state.tasks }, { ...state.counts }), records, at);
}

/**
 * As `applyRecords`, and changes the tasks of `state` in place: its owner has no use for it any more.
 * Copying thousands of tasks for each record would cost more than all else.
 */
export function advanceState(
  state: GoalState,
  records: readonly GoalRecord[],
  at: number,
): GoalState {
  return applyTo(state, new TaskBook(state.tasks, state.counts), records, at);
}

function applyTo(
  state: GoalState,
  tasks: TaskBook,
  records: readonly GoalRecord[],
  at: number,
): GoalState {
  const last = records.at(-1);
  if (last?.type === "expired") return expiredGoal(state.id, last);
  const draft: Draft = { ...state, updatedAt: at, tasks: tasks.tasks, counts: tasks.counts };
  for (const record of records) {
    applyToGoal(draft, record, at);
    applyToTasks(tasks, record, at);
  }
  return draft;
}

/** The same whether or not the records before are removed yet. */
function expiredGoal(id: string, record: Extract<GoalRecord, { type: "expired" }>): GoalState {
  const { kind, outcome, sequence, acceptedAt, endedAt } = record;
  return {
    ...unknownGoal(id),
    phase: "expired",
    goal: { kind },
    sequence,
    acceptedAt,
    updatedAt: endedAt,
    expired: { outcome, endedAt },
  };
}

function applyToGoal(draft: Draft, record: GoalRecord, at: number): void {
  draft.takeovers = record.type === "resumed" ? draft.takeovers + 1 : 0;
  switch (record.type) {
    case "accepted":
      draft.phase = "analysing";
      draft.goal = record.goal as GoalDocument;
      draft.sequence = record.sequence;
      draft.coordinator = record.node;
      draft.trace = record.trace;
      if (record.publisher !== undefined) draft.publisher = record.publisher;
      draft.acceptedAt = at;
      return;
    case "resumed":
      draft.coordinator = record.node;
      draft.resumed += 1;
      draft.suspended = false;
      draft.sequence = record.sequence ?? draft.sequence;
      return;
    case "suspended":
      draft.suspended = true;
      return;
    case "task-failed":
      if (record.answer !== "replan") return;
      draft.pendingRepairs = [
        ...draft.pendingRepairs,
        {
          task: record.task,
          error: record.error,
          class: record.classified.class,
          strategy: record.classified.strategy,
          notBefore: at + (record.delayMs ?? 0),
          ...(record.confers === undefined ? {} : { confers: record.confers }),
        },
      ];
      return;
    case "deliberated":
      draft.phase = "planning";
      draft.agreement = record.agreement;
      draft.proposals = record.proposals;
      draft.votes = [...draft.votes, ...record.votes];
      draft.agreementConfidence = record.confidence;
      return;
    case "conferred":
      draft.conferred = {
        ...draft.conferred,
        [record.task]: { agreement: record.agreement, confidence: record.confidence },
      };
      draft.votes = [...draft.votes, ...record.votes];
      return;
    case "planned":
      draft.phase = "executing";
      takePlan(draft, record);
      if (record.experience !== undefined) draft.experience = record.experience;
      return;
    case "replanned":
      draft.pendingRepairs = stillPending(draft.pendingRepairs, record);
      takePlan(draft, record);
      draft.replannings = [...draft.replannings, { at, ...withoutPlan(record) }];
      return;
    case "cancel-requested":
      draft.cancelRequested = record.reason;
      return;
    case "compensating":
      draft.phase = "compensating";
      draft.pendingRepairs = [];
      draft.compensation = {
        outcome: record.outcome,
        ...(record.error === undefined ? {} : { error: record.error }),
      };
      return;
    case "finished":
      draft.phase = "succeeded";
      draft.result = record.result;
      if (record.partial !== undefined) draft.partial = record.partial;
      return;
    case "failed":
      draft.phase = "failed";
      draft.error = record.error;
      return;
    case "cancelled":
      draft.phase = "cancelled";
      draft.cancelRequested = record.reason;
      return;
    default:
      // The others are about tasks alone.
      return;
  }
}

function applyToTasks(tasks: TaskBook, record: GoalRecord, at: number): void {
  switch (record.type) {
    case "accepted":
    case "planned":
      return tasks.add(record.tasks);
    case "compensating":
      tasks.leaveOut(at);
      return tasks.add(record.tasks);
    case "replanned":
      tasks.drop(record.removed);
      return tasks.add(record.tasks);
    case "awarded":
      return tasks.award(record, at);
    case "task-done":
      return tasks.done(record, at);
    case "task-failed":
      return tasks.failed(record, at);
    case "task-dropped":
      return tasks.end(record.task, record.outcome, at, record.because);
    case "approval-requested":
      return tasks.asked(record);
    case "approval-given":
      return tasks.answered(record, at);
    default:
      // The others are about the goal as a whole.
      return;
  }
}

function takePlan(
  draft: Draft,
  record: Extract<GoalRecord, { type: "planned" | "replanned" }>,
): void {
  draft.plan = record.plan;
  draft.planConfidence = record.confidence;
  draft.criticalPath = record.criticalPath;
  draft.risks = record.risks;
  draft.contingencies = record.contingencies ?? [];
}

/** Failures that a repair did not answer: their tasks are still part of the plan. */
function stillPending(
  pending: readonly PendingRepair[],
  { failed, removed }: Extract<GoalRecord, { type: "replanned" }>,
): readonly PendingRepair[] {
  // The first release kept one failure in mind, and repaired the plan for that.
  if (failed === undefined) return [];
  return pending.filter(({ task }) => task !== failed && !removed.includes(task));
}

function withoutPlan(record: Extract<GoalRecord, { type: "replanned" }>): Omit<Replanning, "at"> {
  const { cause, strategy, contingency, kept, removed, added, learned } = record;
  const taken = contingency === undefined ? {} : { contingency };
  return { cause, class: record.class, strategy, ...taken, kept, removed, added, learned };
}
