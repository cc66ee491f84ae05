export {
  GoalClient,
  type GoalClientOptions,
  type GoalEvent,
  type GoalListRequest,
  type GoalPage,
  type GoalTrails,
  type HistoryPage,
  type TrailRequest,
} from "./client/client.ts";
export { type ClientPorts, request } from "./client/request.ts";
export { readRequest } from "./contract/read-request.ts";
export {
  decodeJson,
  encodeJson,
  type Receipt,
  type Refusal,
  receiptSchema,
  refusalSchema,
} from "./contract/replies.ts";
export { type Subjects, subjectsOf } from "./contract/subjects.ts";
export { AnswerDesk } from "./desk/answer-desk.ts";
export {
  type CacheAnswer,
  CacheDesk,
  type CacheRequest,
  cacheAnswerSchema,
} from "./desk/cache-desk.ts";
export { type DeadGoals, deadGoalsSchema } from "./desk/dead-goals.ts";
export {
  GoalAsleepError,
  GoalEndedError,
  type GoalIssue,
  GoalNotFoundError,
  InvalidGoalError,
  NoAgentsError,
  NoNodesError,
  NoPlanError,
  NoProposalsError,
  NotAskedError,
  RequestRefusedError,
  UnknownGoalKindError,
  UnknownResourceError,
} from "./errors.ts";
export {
  type SharedExperience,
  type SharedExperienceOptions,
  sharedExperience,
} from "./experience/shared-experience.ts";
export { applyRecords } from "./goal/apply-records.ts";
export { type Dissent, dissentInWords, dissentOf } from "./goal/dissent.ts";
export { isUndo } from "./goal/dropped-tasks.ts";
export { type GoalDocument, goalIdSchema } from "./goal/goal.ts";
export {
  type GoalJournal,
  type GoalJournalOptions,
  openGoalJournal,
  readGoalRecords,
} from "./goal/journal.ts";
export { endPhases, type GoalPhase, hasEnded, openPhases } from "./goal/phases.ts";
export {
  type GoalRecord,
  type GoalTask,
  goalRecordSchema,
  type RecordedBid,
  type RecordedVote,
  type TaskError,
} from "./goal/records.ts";
export { type GoalState, type TaskState, type TaskStatus, unknownGoal } from "./goal/state.ts";
export { type Course, nextStep, type Step } from "./goal/steps.ts";
export {
  type GoalSummary,
  type GoalView,
  goalSummarySchema,
  goalViewSchema,
  summaryOf,
  viewOf,
} from "./goal/view.ts";
export { Intake, type IntakeOptions } from "./intake/intake.ts";
export { ReceiptDesk, ReceiptLateError } from "./intake/receipt-desk.ts";
export { type CleanGoal, cleanGoalSchema } from "./kinds/clean/goal.ts";
export { cleanKind } from "./kinds/clean/kind.ts";
export { type PieceOptions, pieceWorker } from "./kinds/clean/parts/piece.ts";
export { type CleanResult, cleanResultSchema } from "./kinds/clean/result.ts";
export { type EtlGoal, etlGoalSchema } from "./kinds/etl/goal.ts";
export { etlKind } from "./kinds/etl/kind.ts";
export { type EtlResult, etlResultSchema } from "./kinds/etl/result.ts";
export { type FlowKindOptions, flowKind } from "./kinds/flow/kind.ts";
export { type FlowResult, flowResultSchema } from "./kinds/flow/result.ts";
export type {
  Deliberation,
  DeliberationOutcome,
  GoalKind,
  PlannedWork,
  PlanningMeans,
  Repair,
  RepairedWork,
  TaskInput,
} from "./kinds/kind.ts";
export { type ReportGoal, reportGoalSchema } from "./kinds/report/goal.ts";
export { reportKind } from "./kinds/report/kind.ts";
export { type ReportResult, reportResultSchema } from "./kinds/report/result.ts";
export { type LineageDataset, type RunEvent, runEvents } from "./lineage/run-events.ts";
export { type ClusterTeamOptions, clusterTeam } from "./parts/cluster-team.ts";
export type {
  DelegationReport,
  PerformPiece,
  Team,
  TeamJob,
  TeamOutcome,
} from "./parts/team.ts";
export type { Difference } from "./replay/difference.ts";
export type { Verdict } from "./replay/judgement.ts";
export {
  type Replay,
  type ReplayedRecord,
  type ReplayStep,
  replayGoal,
} from "./replay/replay-goal.ts";
export { replayKinds } from "./replay/replay-kinds.ts";
export { replayTrails, type TrailReplay } from "./replay/replay-trails.ts";
export { Retention, type RetentionOptions, type RetentionSweep } from "./retention/expire-goals.ts";
export { type Chore, keepHouse } from "./retention/housekeeping.ts";
export { type AgentSpawn, flowTaskTypes, nodeAgents } from "./workshop/agents.ts";
export { clusterUnits, type NodeResources, nodeResourceDesk } from "./workshop/resource-desk.ts";
export { type Provision, type ResourceRoster, resourceRoster } from "./workshop/resource-roster.ts";
export { removeWorkFolder, type WorkFolderOptions, WorkFolders } from "./workshop/work-folder.ts";
export { resultDesk, type Workshop } from "./workshop/workshop.ts";
