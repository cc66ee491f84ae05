import type { GoalView } from "@troupe/goals";
import { exitCodes } from "./errors.ts";

/** Whether nothing more will happen to a goal. */
export function hasEndedView({ phase }: Pick<GoalView, "phase">): boolean {
  return (
    phase === "succeeded" || phase === "failed" || phase === "cancelled" || phase === "expired"
  );
}

/** The exit code that a goal's end deserves. */
export function exitCodeOfGoal({ phase, expired }: Pick<GoalView, "phase" | "expired">): number {
  return (expired?.outcome ?? phase) === "succeeded" ? exitCodes.ok : exitCodes.failed;
}
