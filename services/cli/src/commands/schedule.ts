import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { ensureError } from "@troupe/actor";
import { readWorkflow, replayWorkflow, WfFormatError, type Workflow } from "@troupe/orchestration";
import { exitCodes, UsageError, WorkflowFileError } from "../errors.ts";
import { type Io, screenOf } from "../io.ts";
import { scheduleLines } from "../output/schedule-lines.ts";
import { writeJson, writeLines } from "../output/write.ts";
import {
  type Execution,
  type ExecutionNews,
  executeWorkflow,
} from "../schedule/execute-workflow.ts";

/** Each is an actor that its node tells the others of in every heartbeat, which is one message. */
const mostRunners = 4096;

export interface ScheduleOptions {
  /** File in WfFormat. */
  readonly workflow: string;
  readonly workers: number;
  readonly execute: boolean;
  /** Processes that host the workers when it is executed. */
  readonly nodes: number;
  /** NATS server to execute it over. Default: `NATS_URL`, else one started for it. */
  readonly server?: string;
  /** Real seconds per recorded second. */
  readonly timeScale: number;
  readonly json: boolean;
}

/**
 * `troupe schedule`: how close the scheduler comes to the lower bound on a recorded workflow, replayed, and
 * with `--execute` in real time over several processes too.
 */
export async function schedule(io: Io, options: ScheduleOptions): Promise<number> {
  const { workers, json } = options;
  if (options.execute && workers > mostRunners) {
    throw new UsageError(
      `--workers ${workers} is more than the ${mostRunners} that --execute can start: choose fewer, or leave out --execute`,
    );
  }
  const workflow = read(resolve(io.directory, options.workflow), options.workflow);
  const summary = replayWorkflow(workflow, workers);
  const execution = options.execute ? await execute(io, workflow, options) : undefined;
  const executed =
    execution === undefined
      ? undefined
      : {
          ...execution,
          ratio: ratio(execution.makespanSeconds, summary.lowerBoundSeconds),
          overReplay: ratio(execution.makespanSeconds, summary.makespanSeconds),
        };
  if (json) writeJson(io.out, executed === undefined ? summary : { ...summary, executed });
  else writeLines(io.out, scheduleLines(summary, workers, executed, screenOf(io.out)));
  return execution === undefined || execution.outcome === "succeeded"
    ? exitCodes.ok
    : exitCodes.failed;
}

function execute(io: Io, workflow: Workflow, options: ScheduleOptions): Promise<Execution> {
  const { workers, nodes, timeScale, json } = options;
  const server = options.server ?? io.environment["NATS_URL"];
  const observe = (news: ExecutionNews): void => {
    if (news.type === "runner-lost") io.err.write(`troupe: runner ${news.runner} is lost\n`);
  };
  return executeWorkflow(io, workflow, {
    workers,
    nodes,
    timeScale,
    ...(server === undefined || server === "" ? {} : { server }),
    ...(json ? {} : { observe }),
  });
}

function ratio(makespan: number, bound: number): number {
  return bound === 0 ? 1 : makespan / bound;
}

function read(path: string, shown: string): Workflow {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (thrown) {
    const why = `'${shown}' can't be read (${ensureError(thrown).message}): name an existing file`;
    throw new WorkflowFileError(shown, "file", why);
  }
  try {
    return readWorkflow(text, shown);
  } catch (thrown) {
    if (!(thrown instanceof WfFormatError)) throw thrown;
    throw new WorkflowFileError(thrown.source, thrown.place, thrown.message);
  }
}
