import type { ReplaySummary } from "@troupe/orchestration";
import { counted, formatDuration } from "./quantity.ts";
import type { Screen } from "./screen.ts";

/** What came of running it in real time. */
interface ExecutedLine {
  readonly wallSeconds: number;
  readonly makespanSeconds: number;
  readonly ratio: number;
  /** Its makespan by that of the replay. */
  readonly overReplay: number;
  readonly nodes: number;
  readonly repeatedRuns: number;
}

/** A replayed workflow: what it is, what no schedule can beat, what the scheduler made of it. */
export function scheduleLines(
  summary: ReplaySummary,
  workers: number,
  executed: ExecutedLine | undefined,
  { paint }: Screen,
): readonly string[] {
  const { tasks, edges, criticalPathSeconds, workSeconds, lowerBoundSeconds, ratio } = summary;
  const rows: readonly (readonly [name: string, value: string])[] = [
    ["work", seconds(workSeconds)],
    ["critical path", seconds(criticalPathSeconds)],
    ["lower bound", seconds(lowerBoundSeconds)],
    ["makespan", seconds(summary.makespanSeconds)],
    ["ratio", ratio.toFixed(3)],
    ...(executed === undefined ? [] : executedRows(executed)),
  ];
  return [
    `${counted(tasks, "task")}, ${counted(edges, "dependency", "dependencies")} on ${counted(workers, "worker")}`,
    ...rows.map(([name, value]) => `  ${paint("dim", name.padEnd(13))}  ${value}`),
  ];
}

function executedRows(executed: ExecutedLine): readonly (readonly [string, string])[] {
  const { wallSeconds, makespanSeconds, ratio, overReplay, nodes, repeatedRuns } = executed;
  return [
    ["executed in", `${seconds(makespanSeconds)} of recorded time, ${seconds(wallSeconds)} real`],
    ["its ratio", `${ratio.toFixed(3)}, ${overReplay.toFixed(3)} of the replay's makespan`],
    ["over", counted(nodes, "node process", "node processes")],
    ...(repeatedRuns === 0 ? [] : [["done again", counted(repeatedRuns, "run")] as const]),
  ];
}

function seconds(value: number): string {
  return formatDuration(value * 1000);
}
