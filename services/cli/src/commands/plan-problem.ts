import { readFileSync } from "node:fs";
import { ensureError } from "@troupe/actor";
import {
  HddlError,
  PlanningError,
  type PlanResult,
  planFor,
  printPlan,
  readHddl,
  readPlan,
  type Violation,
  verifyPlanText,
} from "@troupe/planning";
import { UsageError } from "../errors.ts";
import type { Io } from "../io.ts";
import { writeJson } from "../output/write.ts";

export interface PlanProblemOptions {
  /** HDDL file with the domain. */
  readonly domain: string;
  /** HDDL file with the problem. */
  readonly problem: string;
  /** CPU seconds for the search, the start of the process included. */
  readonly timeout: number;
  /** A plan to check instead of making one. */
  readonly verify?: string;
  readonly json: boolean;
}

/** Exit codes of planning, as the competition's scripts expect them. */
const outcomes = { solved: 0, unsolvable: 1, limit: 2, malformed: 3 } as const;

/**
 * `troupe plan --domain D --problem P`: a plan for an HDDL problem in the format of the International
 * Planning Competition, or, with `--verify`, whether a plan is one for it.
 */
export function planProblem(io: Io, options: PlanProblemOptions): number {
  io.leaveSignals();
  try {
    return options.verify === undefined ? solve(io, options) : verify(io, options, options.verify);
  } catch (thrown) {
    if (!(thrown instanceof PlanningError || thrown instanceof UsageError)) throw thrown;
    if (options.json) {
      writeJson(io.out, {
        error: { code: thrown.code, message: thrown.message, retryable: false },
      });
    } else io.err.write(`troupe: ${thrown.message}\n`);
    return outcomes.malformed;
  }
}

function input({ domain, problem }: PlanProblemOptions) {
  return readHddl(read(domain), read(problem), { domain, problem });
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new UsageError(
      `'${path}' can't be read (${ensureError(error).message}): name an existing file`,
    );
  }
}

function solve(io: Io, options: PlanProblemOptions): number {
  const { domain, problem } = input(options);
  const result = planFor(domain, problem, {
    contingencies: 0,
    maxNodes: Number.POSITIVE_INFINITY,
    expired: () => cpuSeconds() > options.timeout,
  });
  if (options.json) writeJson(io.out, document(result));
  else if (result.kind === "plan") io.out.write(printPlan(result.plan));
  else io.err.write(`troupe: ${whyNot(result, options.timeout)}\n`);
  if (result.kind === "plan") return outcomes.solved;
  return result.kind === "no-plan" ? outcomes.unsolvable : outcomes.limit;
}

function document(result: PlanResult): unknown {
  if (result.kind === "plan") {
    const { steps, decomposition, roots, makespan, phases } = result.plan;
    return {
      kind: "plan",
      steps,
      decomposition,
      roots,
      makespan,
      nodes: phases.decomposition.nodes,
    };
  }
  const { kind, nodes } = result;
  if (kind === "no-plan") return { kind, nodes, reason: result.reason };
  return { kind, nodes, limit: result.limit, furthest: result.furthest ?? null };
}

function whyNot(result: Exclude<PlanResult, { kind: "plan" }>, timeout: number): string {
  if (result.kind === "no-plan") return `there is no plan: ${result.reason.text}`;
  const furthest = result.furthest === undefined ? "" : `; furthest: ${result.furthest.text}`;
  const limit = result.limit === "time" ? `${timeout} s` : result.limit;
  return `no plan was found within the limit (${limit}, ${result.nodes} nodes)${furthest}: give it more with --timeout`;
}

function verify(io: Io, options: PlanProblemOptions, path: string): number {
  const { domain, problem } = input(options);
  const violations = violationsOf(read(path), path);
  if (options.json) writeJson(io.out, { valid: violations.length === 0, violations });
  else if (violations.length === 0) io.out.write("valid\n");
  else io.out.write(`invalid\n${violations.map(({ text }) => `  ${text}\n`).join("")}`);
  return violations.length === 0 ? outcomes.solved : outcomes.unsolvable;

  function violationsOf(text: string, source: string): readonly Violation[] {
    try {
      return verifyPlanText(domain, problem, readPlan(text, source));
    } catch (thrown) {
      if (!(thrown instanceof HddlError)) throw thrown;
      return [{ kind: "name", at: source, text: thrown.message }];
    }
  }
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
