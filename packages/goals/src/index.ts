export { GoalClient, type GoalClientOptions, type GoalEvent } from "./client/client.ts";
export { type ClientPorts, request } from "./client/request.ts";
export {
  decodeJson,
  encodeJson,
  type Receipt,
  type Refusal,
  receiptSchema,
  refusalSchema,
} from "./contract/replies.ts";
export { type Subjects, subjectsOf } from "./contract/subjects.ts";
export { AnswerDesk } from "./desk/answers.ts";
export {
  GoalEndedError,
  type GoalIssue,
  GoalNotFoundError,
  InvalidGoalError,
  NoAgentsError,
  NoNodesError,
  NoPlanError,
  NoProposalsError,
  RequestRefusedError,
  UnknownGoalKindError,
} from "./errors.ts";
export { type GoalDocument, goalIdSchema } from "./goal/goal.ts";
export { type GoalJournal, openGoalJournal } from "./goal/journal.ts";
export {
  type GoalRecord,
  type GoalTask,
  goalRecordSchema,
  type RecordedBid,
  type RecordedVote,
  type TaskError,
} from "./goal/records.ts";
export {
  applyRecord,
  type GoalPhase,
  type GoalState,
  type TaskState,
  type TaskStatus,
  unknownGoal,
} from "./goal/state.ts";
export { nextSteps, type Step } from "./goal/steps.ts";
export {
  type GoalSummary,
  type GoalView,
  goalSummarySchema,
  goalViewSchema,
  summaryOf,
  viewOf,
} from "./goal/view.ts";
export { Intake, type IntakeOptions } from "./intake/intake.ts";
export { ReceiptDesk, ReceiptLateError } from "./intake/receipts.ts";
export { type AgentSpawn, cleanAgents } from "./kinds/clean/agents.ts";
export { type CleanGoal, cleanGoalSchema } from "./kinds/clean/goal.ts";
export { cleanKind } from "./kinds/clean/kind.ts";
export { type CleanResult, cleanResultSchema } from "./kinds/clean/result.ts";
export type { CleanToolOptions } from "./kinds/clean/tools.ts";
export type { GoalKind, PlannedWork, RepairedWork } from "./kinds/kind.ts";
