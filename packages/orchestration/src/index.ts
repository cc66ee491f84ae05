export {
  CyclicDependencyError,
  DuplicateGoalError,
  DuplicateTaskError,
  InvalidValueError,
  OrchestrationError,
  UnknownDependencyError,
  UnsatisfiableDemandError,
  WfFormatError,
} from "./errors.ts";
export { type GraphNode, type IndexedGraph, indexGraph } from "./index-graph.ts";
export { criticalPathLength, upwardRanks } from "./path-lengths.ts";
export {
  type ReplaySummary,
  replayWorkflow,
  workflowGoal,
  workflowSettings,
} from "./replay/replay-workflow.ts";
export {
  type Arrival,
  type RunEnd,
  scheduleInVirtualTime,
  type TimedCommand,
  type VirtualRun,
  type World,
} from "./replay/virtual-time.ts";
export type {
  Command,
  EndedCommand,
  SettledCommand,
  StartCommand,
  StopCommand,
} from "./scheduler/commands.ts";
export type {
  Dependency,
  GoalSpec,
  OnFailure,
  RetryPolicy,
  TaskSpec,
} from "./scheduler/goal-spec.ts";
export type { Resources } from "./scheduler/resources.ts";
export {
  advance,
  createScheduler,
  type Moment,
  nextWake,
  type Report,
  submit,
} from "./scheduler/scheduler.ts";
export type {
  GoalOutcome,
  SchedulerSettings,
  SchedulerState,
  TaskOutcome,
} from "./scheduler/state.ts";
export { type Dependencies, readyTasks, validateGraph } from "./task-graph.ts";
export { readWorkflow } from "./wf-format/read-workflow.ts";
export type { Workflow, WorkflowTask } from "./wf-format/workflow.ts";
