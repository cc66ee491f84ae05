export { type AgentWorld, agentTools } from "./agent/agent-tools.ts";
export {
  type AgentDefinition,
  type AgentOptions,
  type AgentProfile,
  type Capability,
  defineAgent,
  defineCapability,
  type Method,
} from "./agent/define-agent.ts";
export { analyst, type Judgement, type Perspective } from "./analyst/analyst.ts";
export { type Lie, lyingAnalyst } from "./analyst/liar.ts";
export {
  type AnalystMessages,
  analystProtocol,
  type Proposal,
  proposalSchema,
} from "./analyst/protocol.ts";
export {
  AgentElsewhereError,
  AgentStoppedError,
  ApprovalNeededError,
  approvalNeeded,
  type FailedAnswer,
  InvalidAgentError,
  InvalidModelConfigError,
  LimitError,
  McpError,
  ModelRejectedError,
  ModelTimeoutError,
  ModelUnavailableError,
  NoMindError,
  OversizedAnswerError,
  PurseEmptyError,
  ReasonerError,
  RefusedAnswerError,
  TruncatedAnswerError,
  UndecidedError,
  UnusableAnswerError,
} from "./errors.ts";
export { type Estimate, type Experience, estimate, learn, noExperience } from "./experience.ts";
export { type HostilePart, hostilePart } from "./hostile-part.ts";
export { type AgentLimits, agentLimitsSchema } from "./limits/agent-limits.ts";
export type { Grant, Payer, Price } from "./limits/purse.ts";
export { type McpOptions, type McpServer, type McpTools, mcpTools } from "./mcp/mcp-tools.ts";
export { type Assessment, assessReasoning } from "./meta/assess-reasoning.ts";
export type { AgentPorts, AgentResult, AgentSpec, AgentTask } from "./react/agent-spec.ts";
export type { ActionNotice, DecideOptions, Mind, Situation } from "./react/mind.ts";
export { modelMind } from "./react/model-mind.ts";
export { nextMove } from "./react/next-move.ts";
export { type Rule, rulesMind } from "./react/rules-mind.ts";
export { runAgent } from "./react/run-agent.ts";
export { type Decision, deedOf, finalAction, type Step } from "./react/step.ts";
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
export { Learner, type LearnerOptions } from "./reflection/learner.ts";
export { defineTool, type Job, type Tool, type ToolCache } from "./tool.ts";
export { type AgentTrail, agentTrails, type TrailStep } from "./trail/agent-trail.ts";
export {
  isOfTask,
  readTrails,
  type StoredStep,
  storedTrailSchema,
  type TrailPage,
  trailPageSchema,
} from "./trail/read-trails.ts";
export { applyTrail, newRun, type RunState } from "./trail/run-state.ts";
export { forgetTrails } from "./trail/trail.ts";
export { type Spent, type TrailRecord, trailRecordSchema } from "./trail/trail-records.ts";
export type { HeldResources, ResourceDesk, ResultDesk, ResultIdentity } from "./worker/desks.ts";
export { journaledSkills } from "./worker/journaled-skills.ts";
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
