import { type Clock, ensureError } from "@troupe/actor";
import { CompactedError } from "../errors.ts";
import type { Decision, Follower } from "./decision-log.ts";

/** Decisions read at once. */
const page = 100;

/** How a log is followed: what reads on, when, and by which clock. */
interface Following {
  readonly clock: Clock;
  /** How long to wait where nothing was new, milliseconds. */
  readonly everyMs: number;
  /** Decisions from an index on. */
  readonly read: (from: number, limit: number) => Promise<readonly Decision[]>;
}

/** Reads on and on, until it is stopped or fails for good. */
export function follow(from: number, follower: Follower, following: Following): () => void {
  const { clock, everyMs, read } = following;
  let next = from;
  let isStopped = false;
  let cancel = (): void => {};
  const fail = (error: Error): void => {
    if (isStopped) return;
    isStopped = true;
    follower.failed(error);
  };
  const turn = async (): Promise<void> => {
    let delayMs = everyMs;
    let decisions: readonly Decision[] = [];
    try {
      decisions = await read(next, page);
    } catch (error) {
      if (error instanceof CompactedError) return fail(error);
    }
    try {
      for (const decision of decisions) {
        if (isStopped) return;
        next = decision.index + 1;
        delayMs = 0;
        follower.decided(decision);
      }
    } catch (thrown) {
      return fail(ensureError(thrown));
    }
    if (!isStopped) cancel = clock.schedule(delayMs, () => void turn());
  };
  void turn();
  return () => {
    isStopped = true;
    cancel();
  };
}
