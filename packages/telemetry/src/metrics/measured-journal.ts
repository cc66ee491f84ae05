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
  // Whoever waits for the journal is not kept waiting for what is noted of it.
  const timedRead = <T>(read: Promise<T>): Promise<T> => {
    const begun = clock.monotonic();
    read.then(
      () => reads.record(since(begun)),
      () => {},
    );
    return read;
  };
  return {
    append: (subject, payload, options) => {
      const begun = clock.monotonic();
      const store = subject.slice(0, subject.indexOf("."));
      const appended = journal.append(subject, payload, options);
      appended.then(
        () => appends.record(since(begun), { store, outcome: "stored" }),
        (error: unknown) => {
          const outcome = error instanceof FencedError ? "fenced" : "failed";
          appends.record(since(begun), { store, outcome });
        },
      );
      return appended;
    },
    read: (filter, options) => timedRead(journal.read(filter, options)),
    last: (subject) => timedRead(journal.last(subject)),
    purge: (subject, options) => journal.purge(subject, options),
  };
}
