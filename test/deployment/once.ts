import type { GoalRecord } from "@troupe/goals";
import { expect } from "vitest";

/** Every task is done once, nothing is awarded after it was done, and the goal ends once. */
export function expectNothingTwice(records: readonly GoalRecord[]): void {
  const done = new Set<string>();
  for (const record of records) {
    if (record.type === "awarded") {
      for (const task of record.tasks) expect(done).not.toContain(task);
    }
    if (record.type !== "task-done") continue;
    expect(done).not.toContain(record.task);
    done.add(record.task);
  }
  const endings = ["finished", "failed", "cancelled"];
  expect(records.filter(({ type }) => endings.includes(type))).toHaveLength(1);
}
