import type { Clock, Journal } from "@troupe/actor";
import { openGoalJournal } from "../goal/journal.ts";
import type { GoalRecord } from "../goal/records.ts";

const ends = {
  succeeded: { type: "finished", result: { rows: 7 } },
  failed: { type: "failed", error: { code: "x", message: "broke", retryable: false } },
  cancelled: { type: "cancelled", reason: "asked to" },
} as const satisfies Record<string, GoalRecord>;

let sequence = 0;

/** Stores the history of a goal: five records, the end as one of two that were stored at once. */
export async function pursue(
  journal: Journal,
  clock: Clock,
  goal: string,
  end?: keyof typeof ends,
): Promise<void> {
  const opened = await openGoalJournal(journal, goal, clock);
  sequence += 1;
  const task = { id: "look", type: "look", arguments: [], dependsOn: [] };
  await opened.append({
    type: "accepted",
    goal: { kind: "letters" },
    sequence,
    node: "n1",
    trace: `00-${"a".repeat(32)}-${"b".repeat(16)}-01`,
    tasks: [task],
  });
  await opened.append({ type: "resumed", node: "n1" });
  const run = { task: "look", attempt: 1, by: "n1/worker" };
  await opened.append({ type: "task-done", ...run, durationMs: 1, facts: "x".repeat(1000) });
  if (end !== undefined) await opened.append({ type: "resumed", node: "n2" }, ends[end]);
}
