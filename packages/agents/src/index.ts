export { analyst, type Judgement, type Perspective } from "./analyst/analyst.ts";
export {
  type AnalystMessages,
  analystProtocol,
  type Proposal,
  proposalSchema,
} from "./analyst/protocol.ts";
export { type Estimate, type Experience, estimate, learn, noExperience } from "./experience.ts";
export { defineTool, type Job, type Tool } from "./tool.ts";
export {
  type Attempt,
  busy,
  customerMessages,
  customerProtocol,
  type TaskOrder,
  type TaskOutcome,
  taskOrderSchema,
  taskOutcomeSchema,
  type WorkerMessages,
  workerProtocol,
} from "./worker/protocol.ts";
export { type WorkerOptions, worker } from "./worker/worker.ts";
