export { analyst, type Judgement, type Perspective } from "./analyst/analyst.ts";
export {
  type AnalystMessages,
  analystProtocol,
  type Proposal,
  proposalSchema,
} from "./analyst/protocol.ts";
export {
  type FailedAnswer,
  InvalidModelConfigError,
  LimitError,
  ModelRejectedError,
  ModelTimeoutError,
  ModelUnavailableError,
  OversizedAnswerError,
  ReasonerError,
  RefusedAnswerError,
  TruncatedAnswerError,
  UnusableAnswerError,
} from "./errors.ts";
export { type Estimate, type Experience, estimate, learn, noExperience } from "./experience.ts";
export { type ModelConfig, modelConfig } from "./reasoner/config.ts";
export { type ModelReasonerOptions, modelReasoner } from "./reasoner/model-reasoner.ts";
export {
  type AnswerIssue,
  type ProposeOptions,
  type Reasoned,
  type Reasoner,
  type ReasonerLimits,
  type ReasonerRequest,
  type ReasonerUsage,
  reasonerLimitsSchema,
} from "./reasoner/reasoner.ts";
export type { Secret } from "./reasoner/secret.ts";
export { defineTool, type Job, type Tool, type ToolCache } from "./tool.ts";
export type { HeldResources, ResourceDesk, ResultDesk, ResultIdentity } from "./worker/desks.ts";
export {
  busy,
  customerMessages,
  customerProtocol,
  type EndedTasks,
  type LotName,
  lotLimit,
  type TaskOutcome,
  taskOutcomeSchema,
  type WorkerMessages,
  type WorkOrder,
  workerProtocol,
  workOrderSchema,
} from "./worker/protocol.ts";
export { type WorkerOptions, worker } from "./worker/worker.ts";
