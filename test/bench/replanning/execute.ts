import type { Plan, PlanningProblem, PlanStep, Task } from "@troupe/planning";
import { type Answer, type Failure, remaining, repair, scratch, sparing } from "./answers.ts";
import type { Case } from "./case.ts";
import { keyOf, World } from "./world.ts";

export const answers = { repair, remaining, scratch } as const satisfies Record<string, Answer>;
export type AnswerName = keyof typeof answers;

/** Most failures of one run; a run with more is not finished. */
const mostFailures = 200;
/** CPU seconds for one answer. */
const allowedSeconds = 2;

/** What one execution of a plan took. */
export interface Run {
  readonly finished: boolean;
  readonly failures: number;
  /** Actions executed, the domain's bookkeeping not counted. */
  readonly executed: number;
  /** Of these, how many had been executed before more often than the first plan asks for. */
  readonly redone: number;
  /**
   * How many answers lead to a plan that executes something again, by whether there is one that does not: `needed`, the
   * search went through all and found none; so many executions at least nobody can save who keeps to the domain.
   */
  readonly again: Readonly<Record<"needed" | "avoidable" | "unknown", number>>;
  readonly cpuMs: readonly number[];
  /** For each answer, the work that the plans before and after it have in common, as a share of the longer one's. */
  readonly kept: readonly number[];
  readonly faults: readonly string[];
}

/** Executes a plan to the end, and lets failures be answered in one way. */
export function execute(
  from: Case,
  problem: PlanningProblem,
  first: Plan,
  luck: { readonly seed: number; readonly probability: number },
  name: AnswerName,
): Run {
  const world = new World(from, problem.facts, luck.seed, luck.probability);
  const isWork = ({ action }: PlanStep) => !from.bookkeeping.has(action);
  const asked = countsOf(first.steps.filter(isWork));
  const executed = new Map<string, number>();
  const run = { failures: 0, executed: 0, redone: 0 };
  const again = { needed: 0, avoidable: 0, unknown: 0 };
  const kept: number[] = [];
  const cpuMs: number[] = [];
  const faults: string[] = [];
  let plan = first;
  let done = new Set<string>();
  const finish = (step: PlanStep) => {
    done.add(step.id);
    if (!isWork(step)) return;
    const key = keyOf([step.action, ...step.args]);
    const count = (executed.get(key) ?? 0) + 1;
    executed.set(key, count);
    run.executed++;
    if (count > Math.max(1, asked.get(key) ?? 0)) run.redone++;
  };
  for (;;) {
    const [step, beside] = ready(plan, done);
    if (step === undefined) return { ...run, again, finished: true, kept, cpuMs, faults };
    const attempt = world.attempt(step, beside?.args ?? []);
    if (attempt.kind === "done") {
      finish(step);
      continue;
    }
    if (++run.failures > mostFailures) {
      return { ...run, again, finished: false, kept, cpuMs, faults };
    }
    const completed = [...done];
    const factsBefore = world.facts;
    if (beside !== undefined) {
      world.apply(beside);
      finish(beside);
    }
    const failure: Failure = {
      case: from,
      problem,
      plan,
      completed,
      running: beside === undefined ? [] : [beside.id],
      failed: attempt.kind === "refused" ? step.id : undefined,
      factsBefore,
      factsAfter: world.facts,
      refused: world.refused,
    };
    const left = countsOf(plan.steps.filter((each) => isWork(each) && !done.has(each.id)));
    const began = process.cpuUsage();
    const spent = () => {
      const { user, system } = process.cpuUsage(began);
      return (user + system) / 1_000;
    };
    const next = answers[name](failure, () => spent() > allowedSeconds * 1_000);
    cpuMs.push(spent());
    if (next === undefined) return { ...run, again, finished: false, kept, cpuMs, faults };
    faults.push(...next.faults());
    plan = next.plan;
    done = new Set(next.done);
    const worn = [...executed].flatMap(([key, count]) =>
      count >= Math.max(1, asked.get(key) ?? 0) ? [key.split(" ") as unknown as Task] : [],
    );
    const isWorn = new Set(worn.map((each) => keyOf(each)));
    const repeats = plan.steps.some(
      (each) =>
        !done.has(each.id) && isWork(each) && isWorn.has(keyOf([each.action, ...each.args])),
    );
    if (name === "repair" && repeats) again[sparing(failure, worn, withinSeconds())]++;
    const now = countsOf(plan.steps.filter((each) => isWork(each) && !done.has(each.id)));
    let common = 0;
    for (const [key, count] of left) common += Math.min(count, now.get(key) ?? 0);
    kept.push(common / Math.max(1, sizeOf(left), sizeOf(now)));
  }
}

/** Tells when the CPU seconds for one answer are used up. */
function withinSeconds(): () => boolean {
  const began = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(began);
    return user + system > allowedSeconds * 1_000_000;
  };
}

/** The first step that can begin, and the next that can run beside it. */
function ready(plan: Plan, done: ReadonlySet<string>): readonly PlanStep[] {
  const found: PlanStep[] = [];
  for (const step of plan.steps) {
    if (done.has(step.id)) continue;
    if (!(plan.dependencies[step.id] ?? []).every((each) => done.has(each))) continue;
    if (found.push(step) === 2) break;
  }
  return found;
}

function countsOf(steps: readonly PlanStep[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { action, args } of steps) {
    const key = keyOf([action, ...args]);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

function sizeOf(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((all, each) => all + each, 0);
}
