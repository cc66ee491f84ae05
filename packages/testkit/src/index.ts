export { InMemoryJournal } from "./in-memory-journal.ts";
export { InMemoryNetwork } from "./in-memory-network.ts";
export { InMemoryWorkQueue } from "./in-memory-work-queue.ts";
export { type RecordedSpan, RecordingTracer } from "./recording-tracer.ts";
export { seededRandom } from "./seeded-random.ts";
export { subjectMatches } from "./subjects.ts";
export { settled, VirtualClock } from "./virtual-clock.ts";
