import { fileURLToPath } from "node:url";
import type { GoalOutcome, Workflow } from "@troupe/orchestration";
import type { Io } from "../io.ts";
import { openCluster } from "../temporary-cluster/open-cluster.ts";
import type { Undo } from "../undo.ts";
import { endingAll } from "../undo.ts";
import { unlessInterrupted } from "../waiting.ts";
import type { RunNews } from "./conductor.ts";
import { gatherRunners, type Performed, perform } from "./perform.ts";
import { rehearsal } from "./rehearsal.ts";

const program = fileURLToPath(new URL("./runner-node.ts", import.meta.url));

export interface ExecuteOptions {
  /** Runner actors in all. */
  readonly workers: number;
  /** Processes that host them; no more are started than there are workers. */
  readonly nodes: number;
  /** Real seconds per recorded second. */
  readonly timeScale: number;
  /** NATS server to use. Default: one that is started for this execution. */
  readonly server?: string;
  /** Told what happens. Default: nobody is. */
  readonly observe?: (news: ExecutionNews) => void;
}

/** What happens while a workflow is executed; a node is told of when it is ready. */
export type ExecutionNews =
  | RunNews
  | { readonly type: "node"; readonly node: string; readonly pid: number | undefined };

/** A workflow that was run in real time. */
export interface Execution {
  readonly outcome: GoalOutcome;
  readonly timeScale: number;
  readonly nodes: number;
  readonly wallSeconds: number;
  /** Of recorded time, so that it compares with the replay. */
  readonly makespanSeconds: number;
  /** How long the tasks took where they ran, in recorded time. */
  readonly workSeconds: number;
  /** Runs that counted: one for each task. */
  readonly runs: number;
  /** Runs begun anew because their first runner was lost. */
  readonly repeatedRuns: number;
  readonly lostRunners: number;
}

/**
 * Runs a workflow in real time on runner actors in processes of their own, joined with the conductor in this
 * one by NATS; each task sleeps for its recorded time by the scale. What is longer than the replay is what
 * decisions, messages and timers cost. Before it counts, a rehearsal compiles the programs and measures timers.
 *
 * Whatever it started is ended in any case.
 *
 * @throws NodeStartError, RunnersMissingError when the runners do not come; RunnersLostError,
 *   SilentRunnerError when too many are lost; InterruptedError on Ctrl-C; what `@troupe/nats` throws about
 *   the server
 */
export async function executeWorkflow(
  io: Io,
  workflow: Workflow,
  options: ExecuteOptions,
): Promise<Execution> {
  const nodes = Math.min(options.nodes, options.workers);
  const { ms, workMs, ...performed } = await endingAll(io, (undo) =>
    stage(io, workflow, { ...options, nodes }, undo),
  );
  const msPerSecond = options.timeScale * 1000;
  return {
    ...performed,
    timeScale: options.timeScale,
    nodes,
    wallSeconds: ms / 1000,
    makespanSeconds: ms / msPerSecond,
    workSeconds: workMs / msPerSecond,
  };
}

async function stage(
  io: Io,
  workflow: Workflow,
  { workers, nodes, timeScale, server, observe }: ExecuteOptions,
  undo: Undo,
): Promise<Performed> {
  const { clock } = io;
  const { system, processes } = await openCluster(io, undo, {
    purpose: "schedule",
    node: "conductor",
    program,
    nodes: Array.from({ length: nodes }, (_, index) => ({
      name: `runners-${index + 1}`,
      settings: { TROUPE_RUNNERS: String(shareOf(workers, nodes, index)) },
    })),
    ...(server === undefined ? {} : { server }),
  });
  for (const { name: node, pid } of processes) observe?.({ type: "node", node, pid });

  const run = async (what: Workflow, msPerSecond: number, told?: (news: RunNews) => void) => {
    const runners = await unlessInterrupted(io, gatherRunners(system, clock, workers));
    const observed = told === undefined ? {} : { observe: told };
    const performing = perform(system, {
      clock,
      workflow: what,
      runners,
      msPerSecond,
      ...observed,
    });
    return unlessInterrupted(io, performing);
  };
  await run(rehearsal(workers), 1000);
  return run(workflow, timeScale * 1000, observe);
}

/** How many of `all` the one at `index` of `parts` gets, as evenly as it goes. */
function shareOf(all: number, parts: number, index: number): number {
  return Math.floor(((index + 1) * all) / parts) - Math.floor((index * all) / parts);
}
