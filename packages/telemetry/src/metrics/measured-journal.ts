import { type Clock, FencedError, type Journal, type Meter } from "@troupe/actor";

/** The same journal, with the time and the outcome of each append and read measured. */
export function measuredJournal(journal: Journal, meter: Meter, clock: Clock): Journal {
  const appends = meter.histogram("troupe.journal.append.duration", {
    description: "Time until an append to the journal is confirmed, by kind of record and outcome",
    unit: "s",
  });
  const reads = meter.histogram("troupe.journal.read.duration", {
    description: "Time that reads of the journal take",
    unit: "s",
  });
  const since = (begun: number): number => (clock.monotonic() - begun) / 1000;
  const timedRead = async <T>(read: Promise<T>): Promise<T> => {
    const begun = clock.monotonic();
    const result = await read;
    reads.record(since(begun));
    return result;
  };
  return {
    append: async (subject, payload, options) => {
      const begun = clock.monotonic();
      const store = subject.slice(0, subject.indexOf("."));
      try {
        const appended = await journal.append(subject, payload, options);
        appends.record(since(begun), { store, outcome: "stored" });
        return appended;
      } catch (error) {
        const outcome = error instanceof FencedError ? "fenced" : "failed";
        appends.record(since(begun), { store, outcome });
        throw error;
      }
    },
    read: (filter, options) => timedRead(journal.read(filter, options)),
    last: (subject) => timedRead(journal.last(subject)),
    purge: (subject, options) => journal.purge(subject, options),
  };
}
