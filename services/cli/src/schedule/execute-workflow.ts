import { createActorSystem, silentLog } from "@troupe/actor";
import { connect, natsTransport } from "@troupe/nats";
import type { GoalOutcome, Workflow } from "@troupe/orchestration";
import { defaultPrefix } from "../connection.ts";
import type { Io } from "../io.ts";
import { Undo } from "../up/undo.ts";
import { unlessInterrupted } from "../waiting.ts";
import type { RunNews } from "./conductor.ts";
import { gatherRunners, type Performed, perform } from "./perform.ts";
import { startPrivateServer } from "./private-server.ts";
import { rehearsal } from "./rehearsal.ts";
import { membership } from "./runner.ts";
import { RunnerNodes } from "./runner-nodes.ts";

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
  const undo = new Undo();
  try {
    const nodes = Math.min(options.nodes, options.workers);
    const { ms, workMs, ...performed } = await stage(io, workflow, { ...options, nodes }, undo);
    const msPerSecond = options.timeScale * 1000;
    return {
      ...performed,
      timeScale: options.timeScale,
      nodes,
      wallSeconds: ms / 1000,
      makespanSeconds: ms / msPerSecond,
      workSeconds: workMs / msPerSecond,
    };
  } finally {
    // What the execution came to matters more than how well it was cleared away.
    await undo.run().catch((error: AggregateError) => {
      for (const { message } of error.errors) io.err.write(`troupe: while stopping: ${message}\n`);
    });
  }
}

async function stage(
  io: Io,
  workflow: Workflow,
  { workers, nodes, timeScale, server, observe }: ExecuteOptions,
  undo: Undo,
): Promise<Performed> {
  const { clock, random, environment } = io;
  const url = server ?? (await startPrivateServer(io, undo));
  const name = `schedule-${random.hex(6)}`;
  const prefix = environment["TROUPE_PREFIX"] ?? defaultPrefix;
  const connecting = connect({ url, name: `troupe ${name}`, log: silentLog });
  undo.push(async () => (await connecting.catch(() => undefined))?.close());
  const connection = await unlessInterrupted(io, connecting);

  const hosts = new RunnerNodes({
    clock,
    environment,
    natsUrl: url,
    prefix,
    system: name,
    nodes,
    runners: workers,
    directory: io.directory,
  });
  undo.push(() => hosts.stop());
  undo.push(io.onSecondInterrupt(() => hosts.kill()));
  const ports = { transport: natsTransport(connection), clock, random };
  const system = createActorSystem({ prefix, system: name, node: "conductor", ports, membership });
  // Stopped first, so that nobody takes nodes that are told to leave for lost.
  undo.push(() => system.stop());
  await unlessInterrupted(io, hosts.ready());
  for (const { name: node, pid } of hosts.processes) observe?.({ type: "node", node, pid });

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
