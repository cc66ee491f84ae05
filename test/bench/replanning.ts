/**
 * Executes plans in simulated worlds where actions fail and facts change, answers each failure in three ways, and
 * prints what each way cost.
 *
 *     node --conditions=troupe:source test/bench/replanning.ts [part of a domain's name]
 *
 * `repair` mends the plan and keeps what is done and running; `remaining` plans the tasks that are not accomplished
 * from scratch, in the facts as they are; `scratch` plans all tasks so. All three have the same luck: whether the n-th
 * try of an action fails follows from the seed. Work is compared on the runs that all compared ways finished.
 * `TROUPE_HDDL` names the folder with the competitions' problems; `TROUPE_SEEDS` how many runs each problem gets.
 */
import { resolve } from "node:path";
import { type Plan, planFor, verifyPlan } from "@troupe/planning";
import type { Case } from "./replanning/case.ts";
import { competition } from "./replanning/competition.ts";
import { etl } from "./replanning/etl.ts";
import { type AnswerName, answers, execute, type Run } from "./replanning/execute.ts";

const root = resolve(import.meta.dirname, "../..");
const folder = resolve(process.env["TROUPE_HDDL"] ?? `${root}/../shared/data/hddl`);
const seeds = Number(process.env["TROUPE_SEEDS"] ?? 20);
/** Failures that a run of the first plan expects; each action fails with this over the number of actions. */
const expectations = [1, 2, 4];
const names = Object.keys(answers) as readonly AnswerName[];

/** One world, and what became of the plan in it by each way of answering failures. */
type Trial = Readonly<Record<AnswerName, Run>>;

function firstPlan({ domain }: Case, name: string, problem: Parameters<typeof planFor>[1]): Plan {
  const result = planFor(domain, problem, { contingencies: 0 });
  if (result.kind !== "plan") throw new Error(`${name} was not planned: ${result.kind}`);
  const [fault] = verifyPlan(domain, problem, result.plan);
  if (fault !== undefined) throw new Error(`${name} has a plan with a fault: ${fault.text}`);
  return result.plan;
}

function trials(each: Case, runs: readonly number[]): readonly Trial[] {
  return each.problems.flatMap(({ name, problem }) => {
    const plan = firstPlan(each, name, problem);
    const work = plan.steps.filter(({ action }) => !each.bookkeeping.has(action)).length;
    return expectations.flatMap((expected) =>
      runs.map((seed): Trial => {
        const luck = { seed, probability: expected / work };
        const run = (answer: AnswerName) => execute(each, problem, plan, luck, answer);
        return { repair: run("repair"), remaining: run("remaining"), scratch: run("scratch") };
      }),
    );
  });
}

const sum = (numbers: readonly number[]) => numbers.reduce((all, each) => all + each, 0);
const quantile = (numbers: readonly number[], at: number) =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length * at)];
const share = (part: number, whole: number) =>
  whole === 0 ? "-" : `${((100 * part) / whole).toFixed(0)} %`;
const ratio = (ours: number, theirs: number) =>
  ours > 0 ? `${(theirs / ours).toFixed(1)}x` : theirs > 0 ? "none by repair" : "-";

function row(cells: readonly (string | number)[]): void {
  const [first = "", ...rest] = cells.map(String);
  console.log([first.padEnd(11), ...rest.map((each) => each.padStart(10))].join(" "));
}

function print({ name, problems }: Case, all: readonly Trial[]): number {
  const disturbed = all.filter((trial) => trial.repair.failures > 0);
  const none = disturbed.filter((trial) => names.every((each) => !trial[each].finished)).length;
  console.log(
    `\n${name}: ${problems.map((each) => each.name).join(", ")}; ${disturbed.length} runs with a failure, ${none} of them finished by nobody`,
  );
  row(["", "finished", "answers", "CPU median", "p95 ms", "kept", "faults"]);
  for (const answer of names) {
    const runs = disturbed.map((trial) => trial[answer]);
    const cpu = runs.flatMap((run) => run.cpuMs);
    row([
      answer,
      share(runs.filter((run) => run.finished).length, runs.length),
      cpu.length,
      quantile(cpu, 0.5)?.toFixed(2) ?? "-",
      quantile(cpu, 0.95)?.toFixed(2) ?? "-",
      share(sum(runs.flatMap((run) => run.kept)), runs.flatMap((run) => run.kept).length),
      sum(runs.map((run) => run.faults.length)),
    ]);
  }
  for (const other of names.filter((each) => each !== "repair")) {
    const both = disturbed.filter((trial) => trial.repair.finished && trial[other].finished);
    const of = (answer: AnswerName, what: (run: Run) => number) =>
      sum(both.map((trial) => what(trial[answer])));
    const compare = (what: (run: Run) => number, digits: number) => {
      const [ours, theirs] = [of("repair", what), of(other, what)];
      return `${ours.toFixed(digits)} / ${theirs.toFixed(digits)} (${ratio(ours, theirs)})`;
    };
    const worse = both.filter((trial) => trial.repair.redone > trial[other].redone).length;
    console.log(
      `repair / ${other}, ${both.length} runs finished by both: done again ${compare((run) => run.redone, 0)},`,
      `executed ${compare((run) => run.executed, 0)}, CPU ms ${compare((run) => sum(run.cpuMs), 0)};`,
      `repair did more again in ${worse}`,
    );
  }
  const again = (what: keyof Run["again"]) =>
    sum(disturbed.map(({ repair }) => repair.again[what]));
  console.log(
    `repairs that do something again: ${again("needed")} have to, since no plan does without; ${again("avoidable")} need not; of ${again("unknown")} the 2 s did not tell`,
  );
  return sum(all.flatMap((trial) => names.map((each) => trial[each].faults.length)));
}

const [part = ""] = process.argv.slice(2);
const published = competition(folder);
if (published.length === 0) {
  console.error(
    `ONLY OUR OWN DOMAIN IS MEASURED: there are no competition problems in ${folder}; name their folder in TROUPE_HDDL`,
  );
}
console.log(
  `${seeds} seeds a problem; ${expectations.join(", ")} failures expected in a run: some for ever, most because facts have changed; Node ${process.version}`,
);
let faults = 0;
for (const each of [etl(false), etl(true), ...published]) {
  if (!each.name.toLowerCase().includes(part.toLowerCase())) continue;
  // So that no way of answering pays for what the engine compiles on the first runs.
  trials(each, [0]);
  faults += print(
    each,
    trials(
      each,
      Array.from({ length: seeds }, (_, i) => i + 1),
    ),
  );
}
console.log(`\nplans with a fault: ${faults}`);
process.exitCode = faults === 0 ? 0 : 1;
