export type { CacheCounts } from "./cache/cache-counts.ts";
export type { ResultCacheOptions } from "./cache/cache-options.ts";
export { canonicalJson } from "./cache/canonical-json.ts";
export { inMemoryResultStore } from "./cache/in-memory-result-store.ts";
export type { InvalidationTarget } from "./cache/invalidation-log.ts";
export { type FoundResult, type Kept, ResultCache } from "./cache/result-cache.ts";
export { contentDigest, type ResultIdentity, resultKey } from "./cache/result-key.ts";
export type { PutOptions, ResultStore, StoredBytes } from "./cache/result-store.ts";
export {
  CyclicDependencyError,
  DuplicateGoalError,
  DuplicateTaskError,
  DuplicateTaskTypeError,
  type FlowIssue,
  HolderConflictError,
  InvalidationIncompleteError,
  InvalidFlowError,
  InvalidValueError,
  NotPlainDataError,
  OrchestrationError,
  ReservationLapsedError,
  ResourceQueueFullError,
  UnitsLostError,
  UnitsWaitError,
  UnknownDependencyError,
  UnsatisfiableDemandError,
  WfFormatError,
} from "./errors.ts";
export { type Flow, type FlowTask, flowSchema, flowTaskLimit } from "./flow/flow.ts";
export { fillInput, type InputSource } from "./flow/input.ts";
export { readFlow } from "./flow/read-flow.ts";
export { type TaskType, TaskTypes } from "./flow/task-types.ts";
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
export {
  capacityOfMachine,
  type MachineCapacity,
  type MachineFigures,
} from "./resources/machine/capacity-of-machine.ts";
export type { LimitProblem, ReadText } from "./resources/machine/machine-files.ts";
export { capacityOfThisMachine } from "./resources/machine/this-machine.ts";
export type { PoolSettings, ResourceDemand } from "./resources/pool/pool-state.ts";
export type { PoolUsage } from "./resources/pool/pool-usage.ts";
export {
  type AheadReservation,
  type Reservation,
  ResourcePool,
} from "./resources/pool/resource-pool.ts";
export { acquireUnits, type UnitsRequest } from "./resources/units/acquire-units.ts";
export type { HeldUnits } from "./resources/units/held-units.ts";
export { type UnitAllocatorOptions, unitAllocator } from "./resources/units/unit-allocator.ts";
export type { GroupLimits } from "./resources/units/unit-ledger.ts";
export { type UnitsMessages, unitsProtocol } from "./resources/units/units-protocol.ts";
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
export { type Dependencies, validateGraph } from "./task-graph.ts";
export { readWorkflow } from "./wf-format/read-workflow.ts";
export type { Workflow, WorkflowTask } from "./wf-format/workflow.ts";
