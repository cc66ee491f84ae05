/** A request for deliveries that the server has not yet served in full. */
interface OpenPull {
  unfilled: number;
  heardAt: number;
}

/**
 * How many deliveries may be asked for. Counts what is asked for and what is unsettled, so that
 * both together never exceed the concurrency. Pure: told what happens, it says what to ask.
 */
export interface PullWindow {
  /** Opens a pull for all free places. `undefined` when there are none. */
  open(now: number): { readonly pull: number; readonly count: number } | undefined;
  /** A delivery came. False: there is no place for it (its pull had been given up), give it back. */
  delivered(pull: number, now: number): boolean;
  /** The server said that it still serves this pull. */
  heard(pull: number, now: number): void;
  /** The server ended this pull. */
  ended(pull: number): void;
  /** A delivery was acknowledged or given back. */
  settled(): void;
  /** Forgets pulls not heard of for `silenceMs`; returns them. */
  expire(now: number, silenceMs: number): readonly number[];
  /** Forgets all pulls, as when the connection they were made on is gone; returns them. */
  reset(): readonly number[];
  /** Whether the server may still serve this pull. */
  isOpen(pull: number): boolean;
  readonly unsettled: number;
}

export function pullWindow(concurrency: number): PullWindow {
  const pulls = new Map<number, OpenPull>();
  let lastPull = 0;
  let unsettled = 0;
  const asked = (): number => {
    let sum = 0;
    for (const { unfilled } of pulls.values()) sum += unfilled;
    return sum;
  };
  return {
    get unsettled() {
      return unsettled;
    },
    open(now) {
      const count = concurrency - unsettled - asked();
      if (count <= 0) return undefined;
      lastPull += 1;
      pulls.set(lastPull, { unfilled: count, heardAt: now });
      return { pull: lastPull, count };
    },
    delivered(pull, now) {
      const open = pulls.get(pull);
      if (open === undefined) {
        if (unsettled + asked() >= concurrency) return false;
      } else {
        open.unfilled -= 1;
        open.heardAt = now;
        if (open.unfilled === 0) pulls.delete(pull);
      }
      unsettled += 1;
      return true;
    },
    heard(pull, now) {
      const open = pulls.get(pull);
      if (open !== undefined) open.heardAt = now;
    },
    ended(pull) {
      pulls.delete(pull);
    },
    settled() {
      unsettled -= 1;
    },
    expire(now, silenceMs) {
      const expired = [...pulls.keys()].filter((pull) => {
        return now - (pulls.get(pull)?.heardAt ?? 0) > silenceMs;
      });
      for (const pull of expired) pulls.delete(pull);
      return expired;
    },
    reset() {
      const open = [...pulls.keys()];
      pulls.clear();
      return open;
    },
    isOpen: (pull) => pulls.has(pull),
  };
}
