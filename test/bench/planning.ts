/**
 * Plans every HDDL problem of a folder, each in a process of its own, and prints what it cost beside
 * what HyperTensioN needed for it.
 *
 *     node --conditions=troupe:source test/bench/planning.ts [part of a problem's name]
 *
 * Without the condition the built packages are measured, which spares their types being stripped at every start.
 * `TROUPE_HDDL` names the folder: one folder per domain with its problems, and `hypertension-baseline.tsv`.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import {
  HddlError,
  planFor,
  printPlan,
  readHddl,
  readPlan,
  verifyPlanText,
} from "@troupe/planning";

/** CPU seconds that each problem gets, start-up included. */
const allowed = 10;
const root = resolve(import.meta.dirname, "../..");
const folder = resolve(process.env["TROUPE_HDDL"] ?? join(root, "../shared/data/hddl"));
const outcomeMark = "outcome ";

/** What the planner's process says about itself on its last line. */
interface Outcome {
  readonly kind: string;
  readonly cpuSeconds: number;
  readonly nodes: number;
}

/** One line of the baseline. */
interface Baseline {
  readonly problem: string;
  readonly solved: boolean;
  readonly cpuSeconds: number;
}

interface Row extends Baseline {
  readonly ours: Outcome | undefined;
  readonly actions: number;
  /** First violation, or `undefined` for a valid plan. */
  readonly fault: string | undefined;
}

function input(problem: string) {
  const path = join(folder, problem);
  const own = path.replace(/\.hddl$/, "-domain.hddl");
  const domain = existsSync(own) ? own : join(path, "../domain.hddl");
  return readHddl(readFileSync(domain, "utf8"), readFileSync(path, "utf8"), {
    domain,
    problem: path,
  });
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Runs in the process of one problem. */
function plan(name: string): void {
  const { domain, problem } = input(name);
  const result = planFor(domain, problem, {
    contingencies: 0,
    maxNodes: Number.POSITIVE_INFINITY,
    expired: () => cpuSeconds() > allowed,
  });
  if (result.kind === "plan") process.stdout.write(printPlan(result.plan));
  const nodes = result.kind === "plan" ? result.plan.phases.decomposition.nodes : result.nodes;
  const outcome: Outcome = { kind: result.kind, cpuSeconds: cpuSeconds(), nodes };
  console.log(`${outcomeMark}${JSON.stringify(outcome)}`);
}

function measure(baseline: Baseline): Row {
  const node = [process.execPath, ...process.execArgv, import.meta.filename]
    .map((each) => `"${each}"`)
    .join(" ");
  const { stdout } = spawnSync(
    "sh",
    ["-c", `ulimit -t ${allowed}; exec ${node} --one "$0"`, baseline.problem],
    {
      encoding: "utf8",
      env: { ...process.env, TROUPE_HDDL: folder },
      maxBuffer: 1 << 28,
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const at = stdout.lastIndexOf(outcomeMark);
  if (at < 0) return { ...baseline, ours: undefined, actions: 0, fault: undefined };
  const ours: Outcome = JSON.parse(stdout.slice(at + outcomeMark.length));
  if (ours.kind !== "plan") return { ...baseline, ours, actions: 0, fault: undefined };
  return { ...baseline, ours, ...examine(baseline.problem, stdout) };
}

function examine(name: string, text: string): Pick<Row, "actions" | "fault"> {
  const { domain, problem } = input(name);
  try {
    const read = readPlan(text, name);
    const [first] = verifyPlanText(domain, problem, read);
    return { actions: read.steps.size, fault: first?.text };
  } catch (error) {
    if (error instanceof HddlError) return { actions: 0, fault: error.message };
    throw error;
  }
}

function baselines(): readonly Baseline[] {
  const [, ...lines] = readFileSync(join(folder, "hypertension-baseline.tsv"), "utf8")
    .trim()
    .split("\n");
  return lines.map((line) => {
    const [, problem = "", solved, , cpu] = line.split("\t");
    return { problem, solved: solved === "yes", cpuSeconds: Number(cpu) };
  });
}

const isSolved = (row: Row): boolean => row.ours?.kind === "plan" && row.fault === undefined;

function print(row: Row): void {
  const { problem, ours, solved, cpuSeconds, actions, fault } = row;
  const valid = ours?.kind !== "plan" ? "-" : (fault ?? "yes");
  console.log(
    problem.padEnd(32),
    (isSolved(row) ? "yes" : (ours?.kind ?? "out of time")).padEnd(12),
    (ours?.cpuSeconds.toFixed(2) ?? "-").padStart(6),
    (solved ? cpuSeconds.toFixed(2) : "-").padStart(8),
    String(actions || "-").padStart(8),
    String(ours?.nodes ?? "-").padStart(9),
    ` ${valid}`,
  );
}

function compare(part: string): void {
  const rows: Row[] = [];
  console.log(`problems in ${folder}, ${allowed} CPU seconds each, Node ${process.version}`);
  console.log(
    "problem                          solved       CPU s  HTN CPU  actions     nodes  valid",
  );
  for (const baseline of baselines().filter((each) => each.problem.includes(part))) {
    const row = measure(baseline);
    rows.push(row);
    print(row);
  }
  const both = rows.filter((row) => row.solved && isSolved(row));
  const sum = (of: (row: Row) => number) => both.reduce((all, row) => all + of(row), 0).toFixed(2);
  console.log(
    `\nsolved ${rows.filter(isSolved).length} of ${rows.length}, HyperTensioN ${rows.filter((row) => row.solved).length};`,
    `invalid plans ${rows.filter((row) => row.fault !== undefined).length}`,
  );
  console.log(
    `CPU on the ${both.length} solved by both: ${sum((row) => row.ours?.cpuSeconds ?? 0)} s,`,
    `HyperTensioN ${sum((row) => row.cpuSeconds)} s`,
  );
}

const [first = "", second = ""] = process.argv.slice(2);
if (!existsSync(join(folder, "hypertension-baseline.tsv"))) {
  console.error(
    `NOTHING MEASURED: there are no HDDL problems in ${folder}; name their folder in TROUPE_HDDL`,
  );
} else if (first === "--one") plan(second);
else compare(first);
