import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { ensureError } from "@troupe/actor";
import { readWorkflow, replayWorkflow, WfFormatError, type Workflow } from "@troupe/orchestration";
import { exitCodes, WorkflowFileError } from "../errors.ts";
import { type Io, screenOf } from "../io.ts";
import { scheduleLines } from "../output/schedule-lines.ts";
import { writeJson, writeLines } from "../output/write.ts";
import { executeWorkflow } from "../schedule/execute-workflow.ts";

export interface ScheduleOptions {
  /** File in WfFormat. */
  readonly workflow: string;
  readonly workers: number;
  readonly execute: boolean;
  /** Real seconds per recorded second. */
  readonly timeScale: number;
  readonly json: boolean;
}

/** `troupe schedule`: how close the scheduler comes to the lower bound on a recorded workflow. */
export async function schedule(io: Io, options: ScheduleOptions): Promise<number> {
  const { workers, json } = options;
  const workflow = read(resolve(io.directory, options.workflow), options.workflow);
  const summary = replayWorkflow(workflow, workers);
  const execution = options.execute
    ? await executeWorkflow(io, workflow, { workers, timeScale: options.timeScale })
    : undefined;
  const executed =
    execution === undefined
      ? undefined
      : { ...execution, ratio: ratio(execution.makespanSeconds, summary.lowerBoundSeconds) };
  if (json) writeJson(io.out, executed === undefined ? summary : { ...summary, executed });
  else writeLines(io.out, scheduleLines(summary, workers, executed, screenOf(io.out)));
  return execution === undefined || execution.outcome === "succeeded"
    ? exitCodes.ok
    : exitCodes.failed;
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
