import {
  InMemoryJournal,
  InMemoryNetwork,
  InMemoryWorkQueue,
  RecordingTracer,
  seededRandom,
  VirtualClock,
} from "@troupe/testkit";

interface WorldOptions {
  /** Between sending and receiving, milliseconds. Default: at once. */
  readonly delayMs?: number;
  /** Of a world before, whose time goes on. Default: a new one. */
  readonly clock?: VirtualClock;
  /** Of a world before, of which nothing else is left. Default: an empty one. */
  readonly journal?: InMemoryJournal;
}

/** A world without faults to simulate nodes in: the same each time. */
export function quietWorld({
  delayMs,
  clock = new VirtualClock(),
  journal = new InMemoryJournal(clock),
}: WorldOptions = {}) {
  return {
    clock,
    journal,
    network: new InMemoryNetwork({
      clock,
      random: seededRandom(1),
      ...(delayMs === undefined ? {} : { delayMs }),
    }),
    queue: new InMemoryWorkQueue(clock),
    tracer: new RecordingTracer(clock, seededRandom(2)),
    random: seededRandom,
  };
}
