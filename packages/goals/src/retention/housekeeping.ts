import { type Clock, pause, type Random } from "@troupe/actor";

/** Time between two rounds, milliseconds. */
const roundMs = 3_600_000;
/** Time between two rounds while there is more to do, milliseconds. */
const busyMs = 60_000;
/** Longest wait for the first round, milliseconds: nodes that start together do not begin together. */
const firstMs = 10_000;

/** Something that is to be done every now and then. Resolves with whether there is more to do; must not throw. */
export type Chore = (signal: AbortSignal) => Promise<boolean>;

/**
 * Does chores one after the other: soon after the start of a node, then once an hour, or once a minute
 * while one has more to do. Nodes share no lease for it: each does its chores at a time of its own,
 * and chores may be done by several at once.
 *
 * @returns stops, and resolves when the chore at work has ended
 */
export function keepHouse(
  chores: readonly Chore[],
  { clock, random }: { readonly clock: Clock; readonly random: Random },
): () => Promise<void> {
  const stop = new AbortController();
  const { signal } = stop;
  const rounds = async (): Promise<void> => {
    await pause(clock, random.next() * firstMs, signal);
    while (!signal.aborted) {
      let hasMore = false;
      for (const chore of chores) {
        if (!signal.aborted && (await chore(signal))) hasMore = true;
      }
      const jitter = 0.75 + random.next() / 2;
      await pause(clock, (hasMore ? busyMs : roundMs) * jitter, signal);
    }
  };
  const done = rounds();
  return () => {
    stop.abort();
    return done;
  };
}
