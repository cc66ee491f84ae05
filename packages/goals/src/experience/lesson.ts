import { classifyFailure, type Experience, observe } from "@troupe/planning";
import { z } from "zod";
import { finalCodes } from "../coordinator/failure.ts";
import { isUndo } from "../goal/dropped-tasks.ts";
import { hasEnded } from "../goal/phases.ts";
import type { GoalState, TaskState } from "../goal/state.ts";
import { interruptedCode } from "../goal/task-book.ts";

/** What one ended goal says about task types. */
export const lessonSchema = z.object({
  goal: z.string(),
  /** When the goal ended, milliseconds since the epoch. */
  at: z.number(),
  /** By task type, how many tasks of it went well and how many did not. */
  tasks: z.record(
    z.string(),
    z.object({ succeeded: z.number().int().min(0), failed: z.number().int().min(0) }),
  ),
});
export type Lesson = z.output<typeof lessonSchema>;

/**
 * What the end of a goal teaches about its task types: which of its tasks were done in the end, and which failed for
 * good. Retries are part of how a task is done and are not counted. What says nothing about the type of a task is left
 * out: bad data, since finding it is what a check is for; wrong input, missing agents, lost agents, people who do not
 * approve, and tasks that others brought down.
 *
 * @returns undefined when there is nothing to learn
 */
export function lessonOf(state: GoalState): Lesson | undefined {
  if (!hasEnded(state)) return undefined;
  const tasks: Record<string, { succeeded: number; failed: number }> = {};
  for (const task of Object.values(state.tasks)) {
    const outcome = outcomeOf(task);
    if (outcome === undefined) continue;
    const known = Object.hasOwn(tasks, task.type) ? tasks[task.type] : undefined;
    const tally = known ?? { succeeded: 0, failed: 0 };
    tally[outcome] += 1;
    tasks[task.type] = tally;
  }
  if (Object.keys(tasks).length === 0) return undefined;
  return { goal: state.id, at: state.updatedAt, tasks };
}

/** The experience after one more lesson. */
export function learn(experience: Experience, { at, tasks }: Lesson): Experience {
  let after = experience;
  for (const [name, { succeeded, failed }] of Object.entries(tasks)) {
    const subject = { kind: "action", name, at } as const;
    if (succeeded > 0) after = observe(after, { ...subject, succeeded: true, times: succeeded });
    if (failed > 0) after = observe(after, { ...subject, succeeded: false, times: failed });
  }
  return after;
}

function outcomeOf(task: TaskState): "succeeded" | "failed" | undefined {
  // What people do is no task type whose rate could be planned with, and undoing is not planned at all.
  if (isUndo(task) || task.question !== undefined) return undefined;
  if (task.status === "done") return "succeeded";
  const { error } = task;
  if (task.status !== "failed" || task.because !== undefined || error === undefined)
    return undefined;
  return isAboutTheType(error) ? "failed" : undefined;
}

function isAboutTheType(error: { readonly code: string; readonly message: string }): boolean {
  if (finalCodes.includes(error.code) || error.code === interruptedCode) return false;
  return classifyFailure(error).class !== "data_quality_failure";
}
