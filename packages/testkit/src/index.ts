export { InMemoryJournal } from "./in-memory-journal.ts";
export { InMemoryNetwork } from "./in-memory-network.ts";
export { InMemoryWorkQueue } from "./in-memory-work-queue.ts";
export type { SearchLimits } from "./linearizability/budget.ts";
export { canonicalKey } from "./linearizability/canonical-key.ts";
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
export { type RecordedSpan, RecordingTracer } from "./recording-tracer.ts";
export { seededRandom } from "./seeded-random.ts";
export { subjectMatches } from "./subjects.ts";
export { settled, VirtualClock } from "./virtual-clock.ts";
