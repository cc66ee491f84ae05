export { JournalUnavailableError, UnexpectedMessageError } from "./faults/errors.ts";
export { FailOver } from "./faults/journal/fail-over.ts";
export { withLatency } from "./faults/journal/latency.ts";
export { LazySync } from "./faults/journal/lazy-sync.ts";
export { withLostAcks } from "./faults/journal/lost-acks.ts";
export { withStaleReads } from "./faults/journal/stale-reads.ts";
export { withTwoWinners } from "./faults/journal/two-winners.ts";
export { LinkFaults, type LinkTrouble } from "./faults/link-faults.ts";
export {
  processClock,
  processJournal,
  processTransport,
  processWorkQueue,
} from "./faults/process-ports.ts";
export { SimulatedProcess } from "./faults/simulated-process.ts";
export { skewedClock } from "./faults/skewed-clock.ts";
export { type WorkQueueTrouble, withWorkQueueFaults } from "./faults/work-queue-faults.ts";
export { InMemoryJournal } from "./in-memory-journal.ts";
export { InMemoryNetwork, type Links, type NetworkEvent } from "./in-memory-network.ts";
export { InMemoryWorkQueue } from "./in-memory-work-queue.ts";
export type { SearchLimits } from "./linearizability/budget.ts";
export { checkLinearizable } from "./linearizability/check-linearizable.ts";
export type { History, Operation } from "./linearizability/history.ts";
export { HistoryRecorder, type OpenCall } from "./linearizability/history-recorder.ts";
export type { Model, Scalar } from "./linearizability/model.ts";
export {
  type JournalEntry,
  type JournalInput,
  type JournalOutput,
  type JournalState,
  journalModel,
} from "./linearizability/models/journal.ts";
export { type KeyValueInput, keyValueModel } from "./linearizability/models/key-value.ts";
export {
  type LeaseInput,
  type LeaseOutput,
  type LeaseState,
  leaseModel,
} from "./linearizability/models/lease.ts";
export {
  type RegisterInput,
  type RegisterOutput,
  registerModel,
} from "./linearizability/models/register.ts";
export type {
  Linearizable,
  NotLinearizable,
  SearchLimit,
  Undecided,
  Verdict,
} from "./linearizability/verdict.ts";
export {
  type ModelRequest,
  ModelServer,
  type Script,
  type ScriptedAnswer,
} from "./model-server/model-server.ts";
export { type Answers, type Probe, probe, type Received } from "./probe.ts";
export { type Measurement, RecordingMeter } from "./recording-meter.ts";
export { type RecordedSpan, RecordingTracer } from "./recording-tracer.ts";
export { seededRandom } from "./seeded-random.ts";
export type { Bouts, FaultPlan } from "./simulation/fault-plan.ts";
export type { Life, SimulatedNode } from "./simulation/node.ts";
export type { Course, Scenario, Violation } from "./simulation/scenario.ts";
export { scenarios } from "./simulation/scenarios/index.ts";
export { type Simulated, simulate } from "./simulation/simulate.ts";
export type { Trace } from "./simulation/trace.ts";
export type { World } from "./simulation/world.ts";
export { settled, VirtualClock } from "./virtual-clock.ts";
export { type CallerContext, VirtualCluster, type Wrap } from "./virtual-cluster.ts";
