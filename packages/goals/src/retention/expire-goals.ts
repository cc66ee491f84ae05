import {
  type Clock,
  ensureError,
  FencedError,
  type Journal,
  type Log,
  retryFenced,
  type StoredRecord,
  TroupeError,
} from "@troupe/actor";
import { forgetTrails } from "@troupe/agents";
import { z } from "zod";
import { decodeJson } from "../contract/replies.ts";
import { openGoalJournal } from "../goal/journal.ts";
import type { GoalRecord } from "../goal/records.ts";
import type { GoalState } from "../goal/state.ts";

/** Records that are read at a time. */
const pageRecords = 200;
/** Most records that one sweep reads. */
const sweepRecords = 20_000;
/** How often it is tried to mark a goal that others append to. */
const markTries = 3;

/** What ended goals are found and removed with, and after how long. */
export interface RetentionOptions {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Log;
  /** How long the history of a goal is kept after it has ended, milliseconds. */
  readonly keepMs: number;
  /** Records that are read at a time. Default 200. */
  readonly pageRecords?: number;
  /** Most records that one sweep reads; the next goes on after them. Default 20 000. */
  readonly sweepRecords?: number;
}

/** What a sweep has come to. */
export interface RetentionSweep {
  /** Goals of which the history was removed. */
  readonly expired: number;
  /** Records that were removed. */
  readonly removed: number;
  /** Goals whose journal cannot be read: left as they are. */
  readonly unreadable: number;
  /** Why the sweep ended early: the next one begins where it did. */
  readonly failure?: Error;
  /** Whether there is more that is old enough. */
  readonly isPartial: boolean;
}

/**
 * Removes the history of goals that ended long ago: their segments, snapshots, the trails of their agents, and all of their records
 * but one, `expired`, that says how and when they ended. By it they are listed, shown and recognised for good, and it bears the
 * fence.
 *
 * Every node may sweep at any time, without a lease. `expired` is appended behind the goal's fence, so
 * one node writes it; the removal after it may be done by several, and repeated. A node that dies
 * between the two leaves the old end in the journal, by which the next sweep of any node finds the goal
 * again. Journals are read oldest record first and each node keeps its place, so that a record is read
 * once in the life of a node.
 */
export class Retention {
  readonly #options: RetentionOptions;
  /** All that is older is dealt with. */
  #place = 0;

  constructor(options: RetentionOptions) {
    this.#options = options;
  }

  /** Failures are logged, and told in the answer. Does not throw. */
  async sweep(signal: AbortSignal): Promise<RetentionSweep> {
    const { log } = this.#options;
    const counts = { expired: 0, removed: 0, unreadable: 0 };
    let isPartial = false;
    let failure: Error | undefined;
    try {
      isPartial = await this.#walk(counts, signal);
    } catch (thrown) {
      failure = ensureError(thrown);
      isPartial = true;
      log("warn", "old goals could not be removed; it is tried again", {
        ...counts,
        error: failure,
      });
    }
    if (counts.expired > 0) log("info", "removed the history of old goals", { ...counts });
    return { ...counts, isPartial, ...(failure === undefined ? {} : { failure }) };
  }

  async #walk(
    counts: { expired: number; removed: number; unreadable: number },
    signal: AbortSignal,
  ): Promise<boolean> {
    const { journal, clock, keepMs } = this.#options;
    const limit = this.#options.pageRecords ?? pageRecords;
    const before = clock.now() - keepMs;
    let left = this.#options.sweepRecords ?? sweepRecords;
    while (left > 0) {
      const page = await journal.read("journal.goal.*", { after: this.#place, limit });
      for (const record of page) {
        if (record.storedAt > before) return false;
        if (signal.aborted) return true;
        if (isEnd(record)) {
          const removed = await this.#expire(record.subject);
          if (removed === undefined) counts.unreadable += 1;
          else {
            counts.expired += 1;
            counts.removed += removed;
          }
        }
        this.#place = record.sequence;
      }
      if (page.length < limit) return false;
      left -= page.length;
    }
    return true;
  }

  /** @returns how many records were removed; `undefined` when they cannot be read */
  async #expire(subject: string): Promise<number | undefined> {
    const { log } = this.#options;
    const goal = subject.split(".").at(-1) ?? "";
    try {
      return await this.#removeHistory(goal);
    } catch (thrown) {
      // What may go another time must not be passed over; what never will must not hold up the rest.
      const isFinal = thrown instanceof TroupeError && !thrown.retryable;
      if (!isFinal || thrown instanceof FencedError) throw thrown;
      log("warn", "the history of an old goal is left as it is", { goal, error: thrown });
      return undefined;
    }
  }

  /**
   * @returns `undefined` when a record after the end took it back: nothing here knows what to make of that
   * @throws FencedError when others append to the goal time and again
   */
  async #removeHistory(goal: string): Promise<number | undefined> {
    const { journal, clock } = this.#options;
    return retryFenced(
      async () => {
        const opened = await openGoalJournal(journal, goal, clock);
        const expiry = expiryOf(opened.state);
        if (expiry === undefined && opened.state.phase !== "expired") return undefined;
        // First, so that a node that dies between the two is followed by one that does both.
        const trails = await forgetTrails(journal, goal);
        return trails + (await opened.expire(expiry));
      },
      { tries: markTries },
    );
  }
}

const endTypes: readonly string[] = [
  "finished",
  "failed",
  "cancelled",
] satisfies GoalRecord["type"][];
const typed = z.object({ type: z.string() });
const storedSchema = z.object({ record: z.union([typed, z.array(typed)]) });

/** Whether a goal ended with what was stored here. */
function isEnd({ payload }: StoredRecord): boolean {
  const { data } = storedSchema.safeParse(decodeJson(payload));
  if (data === undefined) return false;
  return [data.record].flat().some(({ type }) => endTypes.includes(type));
}

/** What is to be kept of a goal that has ended; `undefined` when it has not, or has expired. */
function expiryOf({
  goal,
  phase,
  ...state
}: GoalState): Extract<GoalRecord, { type: "expired" }> | undefined {
  if (phase !== "succeeded" && phase !== "failed" && phase !== "cancelled") return undefined;
  const { sequence, acceptedAt, updatedAt: endedAt } = state;
  return { type: "expired", kind: goal.kind, outcome: phase, sequence, acceptedAt, endedAt };
}
