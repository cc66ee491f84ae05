import type { GoalEvent } from "@troupe/goals";

/** A try at a task, as the journal tells it. */
export interface Attempt {
  readonly task: string;
  readonly attempt: number;
  readonly by: string;
  readonly from: number;
  /** Undefined while it runs. */
  to: number | undefined;
  outcome: "running" | "done" | "failed" | "asked";
}

/** All tries at all tasks, in the order in which they began. */
export function attemptsOf(events: readonly GoalEvent[]): readonly Attempt[] {
  const attempts: Attempt[] = [];
  const running = new Map<string, Attempt>();
  const end = (
    task: string,
    attempt: number | undefined,
    at: number,
    outcome: Attempt["outcome"],
  ): void => {
    const key = attempt === undefined ? task : `${task} ${attempt}`;
    const one = running.get(key);
    if (one === undefined) return;
    one.to = at;
    one.outcome = outcome;
    running.delete(key);
  };
  for (const { at, record } of events) {
    switch (record.type) {
      case "awarded":
        for (const task of record.tasks) {
          const { attempt, winner } = record;
          const begun: Attempt = {
            task,
            attempt,
            by: winner,
            from: at,
            to: undefined,
            outcome: "running",
          };
          attempts.push(begun);
          running.set(`${task} ${attempt}`, begun);
        }
        break;
      case "task-done":
        end(record.task, record.attempt, at, "done");
        break;
      case "task-failed":
        end(record.task, record.attempt, at, "failed");
        break;
      case "approval-requested": {
        const asked: Attempt = {
          task: record.task,
          attempt: record.attempt,
          by: "people",
          from: at,
          to: undefined,
          outcome: "asked",
        };
        attempts.push(asked);
        running.set(record.task, asked);
        break;
      }
      case "approval-given":
        end(record.task, undefined, at, record.approved ? "done" : "failed");
        break;
      case "finished":
      case "failed":
      case "cancelled":
        // What had not reported by then was given up.
        for (const one of running.values()) {
          one.to = at;
          one.outcome = "failed";
        }
        running.clear();
        break;
      default:
        break;
    }
  }
  return attempts;
}
