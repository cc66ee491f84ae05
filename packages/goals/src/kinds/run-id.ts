import { createHash } from "node:crypto";
import type { Job } from "@troupe/agents";

/** A UUID for what a task publishes: the same task always gives the same one (RFC 9562, version 8). */
export function runIdOf({ goal, task }: Pick<Job, "goal" | "task">): string {
  const hex = createHash("sha256").update(`${goal}/${task}`).digest("hex");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}
