import type { GoalView } from "@troupe/goals";
import { exitCodes } from "./errors.ts";

/** Whether nothing more will happen to a goal. */
export function hasEndedView({ phase }: Pick<GoalView, "phase">): boolean {
  return phase === "succeeded" || phase === "failed" || phase === "cancelled";
}

/** The exit code that a goal's end deserves. */
export function exitCodeOfGoal({ phase }: Pick<GoalView, "phase">): number {
  return phase === "succeeded" ? exitCodes.ok : exitCodes.failed;
}
