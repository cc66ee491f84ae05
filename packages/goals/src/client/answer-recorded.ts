import { type Clock, pause } from "@troupe/actor";
import { NoNodesError, RequestRefusedError } from "../errors.ts";
import type { GoalEvent } from "./client.ts";

/** What somebody says to a task that asks. */
export interface Answer {
  readonly task: string;
  readonly approved: boolean;
  readonly by: string;
  readonly note?: string;
}

/** Time between two looks at the journal, milliseconds. */
const lookMs = 500;

/**
 * Waits until an answer that was published, and that nobody has acknowledged, is in the journal of its goal.
 *
 * @param read decisions stored after a position, oldest first
 * @param until of the monotonic clock, milliseconds
 * @returns whether it is; false when the time is over, without a node or with one
 * @throws RequestRefusedError with code `not-asked` when another answer was first
 */
export async function answerRecorded(
  read: (after: number) => Promise<readonly GoalEvent[]>,
  answer: Answer,
  clock: Clock,
  until: number,
): Promise<boolean> {
  let after = 0;
  while (clock.monotonic() < until) {
    const events = await read(after).catch((error: unknown) => {
      if (error instanceof NoNodesError) return [];
      throw error;
    });
    after = events.at(-1)?.sequence ?? after;
    // A task may have asked before, and have been answered.
    const latest = events.map(({ record }) => record).findLast((record) => isAbout(record, answer));
    if (latest?.type === "approval-given") {
      if (latest.approved === answer.approved && latest.by === answer.by) return true;
      const other = `'${latest.by}' has answered '${answer.task}' before`;
      throw new RequestRefusedError("not-asked", other, false);
    }
    await pause(clock, lookMs);
  }
  return false;
}

function isAbout(record: GoalEvent["record"], { task }: Answer): boolean {
  const { type } = record;
  return (type === "approval-requested" || type === "approval-given") && record.task === task;
}
