import type { GoalView } from "@troupe/goals";
import { exitCodes } from "./errors.ts";

/** The exit code that a goal's end deserves. */
export function exitCodeOfGoal({ phase, expired }: Pick<GoalView, "phase" | "expired">): number {
  return (expired?.outcome ?? phase) === "succeeded" ? exitCodes.ok : exitCodes.failed;
}
