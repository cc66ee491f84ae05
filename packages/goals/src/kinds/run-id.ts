import type { Job } from "@troupe/agents";
import { uuidOf } from "../lineage/run-id.ts";

/** A UUID for what a task publishes: the same task always gives the same one. */
export function runIdOf({ goal, task }: Pick<Job, "goal" | "task">): string {
  return uuidOf(goal, task);
}
