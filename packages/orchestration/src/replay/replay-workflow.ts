import { indexGraph } from "../index-graph.ts";
import { criticalPathLength } from "../path-lengths.ts";
import type { GoalSpec } from "../scheduler/goal-spec.ts";
import type { SchedulerSettings } from "../scheduler/state.ts";
import type { Workflow } from "../wf-format/workflow.ts";
import { scheduleInVirtualTime } from "./virtual-time.ts";

/** What a workflow takes on some number of workers, and what it could not be done in less than. */
export interface ReplaySummary {
  readonly tasks: number;
  readonly edges: number;
  /** Longest chain of tasks. */
  readonly criticalPathSeconds: number;
  /** All tasks one after another. */
  readonly workSeconds: number;
  /** The larger of the critical path and the work divided by the workers. */
  readonly lowerBoundSeconds: number;
  /** Last end in the schedule. */
  readonly makespanSeconds: number;
  /** Makespan by lower bound; 1 when both are nothing. */
  readonly ratio: number;
}

/** A workflow as a goal: each task one `cpu`, its recorded seconds as its duration. */
export function workflowGoal({ tasks }: Workflow): GoalSpec {
  return {
    id: "workflow",
    tasks: tasks.map(({ id, dependsOn, seconds }) => ({ id, dependsOn, duration: seconds })),
  };
}

/**
 * Settings with so many identical workers. Nothing hangs in a replay, so the limit only has to be
 * out of the way.
 */
export function workflowSettings({ tasks }: Workflow, workers: number): SchedulerSettings {
  const work = tasks.reduce((sum, { seconds }) => sum + seconds, 0);
  return { capacity: { cpu: workers }, timeout: 2 * (work + 1) };
}

/**
 * Replays a recorded workflow in virtual time with the scheduler: each task takes as long as it was
 * recorded to, one worker, and no time to move data.
 *
 * @param workers identical workers, at least 1
 */
export function replayWorkflow(workflow: Workflow, workers: number): ReplaySummary {
  const { tasks } = workflow;
  const durations = tasks.map(({ seconds }) => seconds);
  const secondsOf = new Map(tasks.map(({ id, seconds }) => [id, seconds]));
  const graph = indexGraph(tasks);
  const workSeconds = durations.reduce((sum, seconds) => sum + seconds, 0);
  const criticalPathSeconds = criticalPathLength(graph, durations);
  const lowerBoundSeconds = Math.max(criticalPathSeconds, workSeconds / workers);
  const { commands } = scheduleInVirtualTime(
    workflowSettings(workflow, workers),
    [{ at: 0, goal: workflowGoal(workflow) }],
    { run: ({ task }) => ({ after: secondsOf.get(task) ?? 0, how: "finished" }) },
  );
  const makespanSeconds = commands.at(-1)?.at ?? 0;
  return {
    tasks: tasks.length,
    edges: graph.dependencies.reduce((sum, needed) => sum + needed.length, 0),
    criticalPathSeconds: rounded(criticalPathSeconds),
    workSeconds: rounded(workSeconds),
    lowerBoundSeconds: rounded(lowerBoundSeconds),
    makespanSeconds: rounded(makespanSeconds),
    ratio: lowerBoundSeconds === 0 ? 1 : rounded(makespanSeconds / lowerBoundSeconds),
  };
}

/** To the microsecond: what is beyond depends on the order in which durations were added up. */
function rounded(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}
