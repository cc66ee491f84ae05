import { ensureError } from "@troupe/actor";
import {
  approvalRequest,
  courseOf,
  decisionOf,
  plannedRecord,
  taskErrorOf,
} from "../coordinator/decisions.ts";
import { answerFailure } from "../coordinator/failure.ts";
import { NoModelError } from "../errors.ts";
import { droppedTasks } from "../goal/dropped-tasks.ts";
import type { GoalRecord } from "../goal/records.ts";
import type { GoalState } from "../goal/state.ts";
import { nextStep, type Step } from "../goal/steps.ts";
import type { GoalKind } from "../kinds/kind.ts";
import { judgeAward } from "./judge-award.ts";
import { judgeConference, judgeDeliberation } from "./judge-deliberation.ts";
import { compared, different, given, type Judgement, same } from "./judgement.ts";
import { startsIn, whyNotYet } from "./starts.ts";

type Of<Type extends GoalRecord["type"]> = Extract<GoalRecord, { type: Type }>;

/**
 * Decides again, from the state before it, what a record says was decided. Asks nobody: what a model
 * or a person brought is given.
 */
export async function judge(
  record: GoalRecord,
  state: GoalState,
  kind: GoalKind,
): Promise<Judgement> {
  if (record.type === "expired") return given("the records before it may be removed");
  if (state.phase === "unknown") {
    if (record.type !== "accepted") return different("the goal was not accepted yet");
    return compared(
      { tasks: record.tasks },
      { tasks: kind.opening(record.goal) },
      "how goals of the kind begin",
    );
  }
  switch (record.type) {
    case "accepted":
      return different("the goal was accepted before");
    case "awarded":
      return judgeAward(record, state);
    case "task-done":
      return given(`found out by ${record.by}`);
    case "task-failed":
      return judgeFailure(record, state, kind);
    case "task-dropped":
      return judgeDrop(record, state);
    case "approval-requested":
      return judgeRequest(record, state, kind);
    case "approval-given":
      if (state.tasks[record.task]?.status === "asked") return given(`said by ${record.by}`);
      return different(`task '${record.task}' did not ask`);
    case "suspended":
      return judgeSleep(state, kind);
    case "resumed":
      return given(`taken up by ${record.node}`);
    case "cancel-requested":
      return given(`asked for by ${record.by ?? "people"}`);
    case "deliberated": {
      const due = stepIn(state, kind);
      if (due !== "deliberate" || kind.deliberation === undefined) return notDue(due);
      return judgeDeliberation(record, state, kind.deliberation);
    }
    case "conferred": {
      const step = nextStep(state, courseOf(kind, state));
      if (step?.do !== "confer" || kind.conference === undefined) return notDue(step?.do);
      return judgeConference(record, step.failure, kind.conference);
    }
    case "planned": {
      const due = stepIn(state, kind);
      return due === "plan" ? judgePlan(record, state, kind) : notDue(due);
    }
    case "replanned":
    case "compensating":
    case "finished":
    case "cancelled":
      return judgeDecision(record, state, kind);
    case "failed":
      return judgeEnd(record, state, kind);
  }
}

function judgeFailure(record: Of<"task-failed">, state: GoalState, kind: GoalKind): Judgement {
  const { task: id, error } = record;
  const task = state.tasks[id];
  if (task === undefined) return different(`there was no task '${id}'`);
  if (task.status === "done") return different(`task '${id}' was done`);
  const again = answerFailure(state, task, kind, error);
  // The evidence is in words, which may change from release to release.
  // Earlier releases asked nobody before a repair.
  const decided = ({ classified, answer, confers = false }: typeof again) => ({
    class: classified.class,
    strategy: classified.strategy,
    answer,
    ...(record.confers === undefined ? {} : { confers }),
  });
  return compared(decided(record), decided(again), "a failure like this is answered so");
}

function judgeDrop(record: Of<"task-dropped">, state: GoalState): Judgement {
  const again = droppedTasks(state).find(({ task }) => task === record.task);
  if (again === undefined) return different(`nothing kept task '${record.task}' from being done`);
  return compared(record, again, `how '${record.because}' ended`);
}

function judgeRequest(
  record: Of<"approval-requested">,
  state: GoalState,
  kind: GoalKind,
): Judgement {
  const task = state.tasks[record.task];
  if (task?.status === "awarded") return given("asked by the agent that has it");
  const early = whyNotYet([record.task], state);
  if (early !== undefined || task === undefined) return different(early ?? "there is no such task");
  return compared(record, approvalRequest(task, state, kind), "the question of the task");
}

function judgeSleep(state: GoalState, kind: GoalKind): Judgement {
  const due = stepIn(state, kind);
  if (due !== undefined) return notDue(due);
  if (state.counts.asked === 0) return different("nobody was asked");
  if (state.counts.awarded > 0) return different("agents were at work");
  const [start] = startsIn(state);
  if (start !== undefined) return different(`task '${start}' could begin`);
  return same("nothing could go on without an answer");
}

async function judgePlan(
  record: Of<"planned">,
  state: GoalState,
  kind: GoalKind,
): Promise<Judgement> {
  const planned = await planAgain(state, kind, record);
  if (planned.is === "a model's") return given("a model made it, and is not asked again");
  if (planned.is === "impossible") return different(`no plan is found: ${planned.error.message}`);
  return compared(record, planned.record, "the kind plans so");
}

function judgeDecision(record: GoalRecord, state: GoalState, kind: GoalKind): Judgement {
  const step = nextStep(state, courseOf(kind, state));
  if (step === undefined || isAsked(step) || step.do === "plan") {
    return notDue(step?.do);
  }
  try {
    const again = decisionOf(step, state, kind);
    // The first release did not record which failure a plan was repaired for.
    const isOld = record.type === "replanned" && record.failed === undefined;
    const expected = isOld ? { ...again, failed: undefined } : again;
    return compared(record, expected, `the step '${step.do}' comes to this`);
  } catch (thrown) {
    return different(`the step '${step.do}' comes to nothing: ${ensureError(thrown).message}`);
  }
}

/** A goal also fails when its coordinator can't go on, for reasons that need not be in the journal. */
async function judgeEnd(
  record: Of<"failed">,
  state: GoalState,
  kind: GoalKind,
): Promise<Judgement> {
  const step = nextStep(state, courseOf(kind, state));
  if (step === undefined || isAsked(step)) {
    return given("why the goal could not go on is not in its journal");
  }
  if (step.do === "plan") {
    const planned = await planAgain(state, kind);
    if (planned.is === "a model's") return given("a model was to make the plan");
    if (planned.is === "possible") return different("a plan is found");
    return compared(record.error, taskErrorOf(planned.error), "no plan is found");
  }
  try {
    return compared(record, decisionOf(step, state, kind), `the step '${step.do}' comes to this`);
  } catch (thrown) {
    const error = taskErrorOf(ensureError(thrown));
    return compared(record.error, error, `the step '${step.do}' fails`);
  }
}

type PlannedAgain =
  | { readonly is: "possible"; readonly record: GoalRecord }
  | { readonly is: "impossible"; readonly error: Error }
  | { readonly is: "a model's" };

/** What was learned is taken as it is recorded. Whoever makes plans by asking others is told at once to give up. */
async function planAgain(
  state: GoalState,
  kind: GoalKind,
  { experience, plan: recorded }: Partial<Pick<Of<"planned">, "experience" | "plan">> = {},
): Promise<PlannedAgain> {
  const nobody = AbortSignal.abort(new NoModelError(kind.name));
  try {
    const known = experience === undefined ? {} : { experience };
    const plan = await kind.plan(state, { signal: nobody, recorded, ...known });
    return { is: "possible", record: plannedRecord(plan) };
  } catch (thrown) {
    if (thrown instanceof NoModelError) return { is: "a model's" };
    return { is: "impossible", error: ensureError(thrown) };
  }
}

/** Whether analysts are asked, whose answers are not in the journal when none came. */
function isAsked(step: Step): step is Extract<Step, { do: "deliberate" | "confer" }> {
  return step.do === "deliberate" || step.do === "confer";
}

function stepIn(state: GoalState, kind: GoalKind) {
  return nextStep(state, courseOf(kind, state))?.do;
}

function notDue(due: string | undefined): Judgement {
  return different(
    due === undefined ? "tasks were to be done first" : `the next step was '${due}'`,
  );
}
