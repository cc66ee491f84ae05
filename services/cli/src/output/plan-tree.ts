import type { Plan, PlanStep, PlanTask } from "@troupe/planning";
import { formatDuration, formatShare } from "./quantity.ts";
import { type Screen, signs } from "./screen.ts";
import { printable } from "./text.ts";
import type { Branch } from "./tree-lines.ts";

/** The parts of a plan that are shown. */
export type ShownPlan = Pick<
  Plan,
  "steps" | "decomposition" | "roots" | "makespan" | "confidence" | "criticalPath" | "phases"
>;

/** A goal's plan, when it is one of `@troupe/planning`; other kinds of goals may plan otherwise. */
export function readPlan(plan: unknown): ShownPlan | undefined {
  if (typeof plan !== "object" || plan === null) return undefined;
  const parts = ["steps", "decomposition", "roots", "criticalPath"] as const;
  const whole = parts.every((part) => part in plan && Array.isArray(Reflect.get(plan, part)));
  return whole && "phases" in plan ? (plan as ShownPlan) : undefined;
}

/** How each task was taken apart, and by which method. */
export function planTree(plan: ShownPlan, { paint }: Screen): readonly Branch[] {
  const steps = new Map(plan.steps.map((step) => [step.id, step]));
  const tasks = new Map(plan.decomposition.map((task) => [task.id, task]));
  const critical = new Set(plan.criticalPath);
  const leaf = (step: PlanStep): Branch => {
    const name = [step.action, ...step.args].map(printable).join(" ");
    const sure = formatShare(step.successProbability, 1);
    const detail = `${formatDuration(step.duration * 1000)}, ${sure}`;
    return {
      text: `${critical.has(step.id) ? paint("bold", name) : name}  ${paint("dim", detail)}`,
      parts: [],
    };
  };
  const inner = (task: PlanTask): Branch => ({
    text: `${[task.task, ...task.args].map(printable).join(" ")}  ${paint("dim", `by ${printable(task.method)}`)}`,
    parts: task.children.flatMap(branch),
  });
  const branch = (id: string): readonly Branch[] => {
    const step = steps.get(id);
    if (step !== undefined) return [leaf(step)];
    const task = tasks.get(id);
    return task === undefined ? [] : [inner(task)];
  };
  return plan.roots.flatMap(branch);
}

/** Each step that may fail, how probable that is, and what would be done then. */
export function riskLines({ steps, phases }: ShownPlan, { paint }: Screen): readonly string[] {
  const names = new Map(
    steps.map(({ id, action, args }) => [id, [action, ...args].map(printable).join(" ")]),
  );
  return phases.risk.steps.map(({ step, failureProbability, contingency }) => {
    const name = names.get(step) ?? printable(step);
    const instead =
      contingency === undefined
        ? "no other way was found"
        : `then by ${printable(contingency.method)} (${formatShare(contingency.confidence, 1)} likely)`;
    return `${formatShare(failureProbability, 1)} ${name} fails ${signs.arrow} ${paint("dim", instead)}`;
  });
}
