import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { ensureError } from "@troupe/actor";
import { checkProblem } from "@troupe/coordination";
import { bidderCapability, holdAssignment, hostBidders } from "../assign/bidders.ts";
import { dealProblems } from "../assign/deal-problems.ts";
import { readAssignment, readCapacityProblems } from "../assign/or-library.ts";
import { hostSolvers, solverCapability } from "../assign/solver.ts";
import { type StageSpec, setStage } from "../assign/stage.ts";
import { AssignmentFileError, exitCodes, UsageError } from "../errors.ts";
import { type Io, screenOf } from "../io.ts";
import {
  type AssignSummary,
  assignLines,
  type CapacitySummary,
  capacityLines,
} from "../output/assign-lines.ts";
import { writeJson, writeLines } from "../output/write.ts";
import { endingAll } from "../undo.ts";
import { unlessInterrupted } from "../waiting.ts";

export interface AssignOptions {
  /** File in the format of the OR-Library. */
  readonly file: string;
  /** It holds generalized assignment problems. */
  readonly gap: boolean;
  /** With `gap`: the costs are profits. */
  readonly maximise: boolean;
  /** In this process, which is what is done without `nodes`. */
  readonly inProcess: boolean;
  /** Processes that host the bidders. Default: this one does. */
  readonly nodes?: number;
  /** Bidders, or solvers of problems, in all; at least one a node. Default: one a node. */
  readonly bidders?: number;
  /** NATS server for the nodes. Default: `NATS_URL`, else one started for it. */
  readonly server?: string;
  /** Seconds for the whole. */
  readonly timeout: number;
  readonly json: boolean;
}

/**
 * `troupe assign`: the best assignment of a file of the OR-Library by auction between actors, with its proof; with
 * `--gap` good ones for agents of limited capacity, with bounds.
 */
export async function assign(io: Io, options: AssignOptions): Promise<number> {
  if (options.inProcess && options.nodes !== undefined) {
    throw new UsageError("--in-process and --nodes exclude each other: give one of them");
  }
  if (options.maximise && !options.gap) {
    throw new UsageError("--maximise is for --gap: negate the costs of an assignment instead");
  }
  const file = resolve(io.directory, options.file);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (thrown) {
    const why = `it can't be read (${ensureError(thrown).message}): name an existing file`;
    throw new AssignmentFileError(options.file, "file", why);
  }
  return options.gap
    ? assignCapacities(io, file, text, options)
    : assignAll(io, file, text, options);
}

async function assignAll(
  io: Io,
  file: string,
  text: string,
  options: AssignOptions,
): Promise<number> {
  const costs = readAssignment(text, options.file);
  const n = costs.rows;
  const nodes = Math.min(options.nodes ?? 0, n);
  const bidders = actorsFor(options, nodes, n);
  const spec: StageSpec = {
    ...stageOf(io, file, options),
    kind: "assignment",
    capability: bidderCapability,
    actors: bidders,
    nodes,
    host: (system, share) => hostBidders(system, costs, share),
  };
  const { outcome, taskOf, milliseconds } = await endingAll(io, async (undo) => {
    const { system, actors } = await setStage(io, undo, spec);
    const held = holdAssignment(system, io.clock, n, actors, options.timeout * 1000);
    return unlessInterrupted(io, held);
  });
  const { rounds, bids, removed } = outcome;
  const shared = { n, bids, rounds, milliseconds, bidders, nodes, removed };
  const summary: AssignSummary = outcome.settled
    ? {
        ...shared,
        settled: true,
        cost: outcome.cost,
        dualBound: outcome.dualBound,
        optimal: outcome.optimal,
        undone: outcome.undone,
        taskOf,
      }
    : { ...shared, settled: false, reason: outcome.reason };
  if (options.json) writeJson(io.out, summary);
  else writeLines(io.out, assignLines(summary, screenOf(io.out)));
  const isWhole = summary.settled && summary.optimal && summary.undone.length === 0;
  return isWhole ? exitCodes.ok : exitCodes.failed;
}

async function assignCapacities(
  io: Io,
  file: string,
  text: string,
  options: AssignOptions,
): Promise<number> {
  const { maximise } = options;
  const problems = readCapacityProblems(text, options.file, maximise);
  for (const problem of problems) checkProblem(problem);
  const nodes = Math.min(options.nodes ?? 0, problems.length);
  const solvers = actorsFor(options, nodes, problems.length);
  const spec: StageSpec = {
    ...stageOf(io, file, options),
    kind: maximise ? "profits" : "capacities",
    capability: solverCapability,
    actors: solvers,
    nodes,
    host: (system, share) => hostSolvers(system, problems, share),
  };
  const solved = await endingAll(io, async (undo) => {
    const { system, actors } = await setStage(io, undo, spec);
    return unlessInterrupted(io, dealProblems(system, actors, problems.length));
  });
  const sign = maximise ? -1 : 1;
  const summaries = solved.map((result, index): CapacitySummary => {
    const { agents = 0, tasks = 0 } = problems[index] ?? {};
    const { rounds, milliseconds } = result;
    const bound = sign * result.bound;
    const known = { problem: index + 1, agents, tasks, bound, rounds, milliseconds };
    if (result.cost === undefined || result.agentOf === undefined) {
      return { ...known, feasible: false, proved: result.proved === true };
    }
    const cost = sign * result.cost;
    const optimal = result.optimal === true;
    const gap = optimal ? 0 : Math.abs(cost - bound) / Math.max(1, Math.abs(bound));
    return { ...known, feasible: true, cost, optimal, gap, agentOf: result.agentOf };
  });
  if (options.json) writeJson(io.out, { problems: summaries });
  else writeLines(io.out, capacityLines(summaries, screenOf(io.out)));
  return summaries.every(({ feasible }) => feasible) ? exitCodes.ok : exitCodes.failed;
}

/** As many as are wanted, at least one for each node, and no more than have something to do. */
function actorsFor({ bidders = 1 }: AssignOptions, nodes: number, work: number): number {
  return Math.min(Math.max(nodes, bidders), work);
}

function stageOf(
  { environment }: Io,
  file: string,
  options: AssignOptions,
): Pick<StageSpec, "file" | "server"> {
  const server = options.server ?? environment["NATS_URL"];
  return { file, ...(server === undefined || server === "" ? {} : { server }) };
}
