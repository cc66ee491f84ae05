import { readWorkflow, type Workflow } from "@troupe/orchestration";

/** A task of so many seconds, and what it waits for. */
type Step = readonly [name: string, seconds: number, ...parents: readonly string[]];

/** A workflow of our own. */
export function flow(...steps: readonly Step[]): Workflow {
  const tasks = steps.map(([name, runtime, ...parents]) => ({ name, runtime, parents }));
  return readWorkflow(JSON.stringify({ schemaVersion: "1.3", workflow: { tasks } }), "flow.json");
}

/** Loads, does two things side by side, joins them. */
export const diamond = flow(
  ["load", 2],
  ["left", 3, "load"],
  ["right", 4, "load"],
  ["join", 1, "left", "right"],
);
