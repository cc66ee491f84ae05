import {
  classifyFailure,
  type Domain,
  type Fact,
  type Plan,
  type PlanStep,
  type RepairRequest,
} from "@troupe/planning";
import type { GoalState, TaskState } from "../goal/state.ts";

/**
 * How far the tasks of a planned goal have come: which steps of its plan are done, with all their parts, and running, and which
 * actions are banned because they failed for good, each with its arguments. What failed of bad data is not: once the data is
 * mended, the same action may go well.
 */
export function progressOf(
  state: GoalState,
  domain: Domain,
): Required<Pick<RepairRequest, "completed" | "running" | "banned">> {
  const parts = partsByStep(state);
  const completed: string[] = [];
  const running: string[] = [];
  for (const { id } of (state.plan as Plan).steps) {
    const statuses = (parts.get(id) ?? []).map(({ status }) => status);
    if (statuses.length === 0 || statuses.includes("failed")) continue;
    if (statuses.every((status) => status === "done")) completed.push(id);
    else if (statuses.some((status) => status === "awarded" || status === "done")) running.push(id);
  }
  const banned = Object.values(state.tasks)
    .filter(isBeyondHelp)
    .map((task) => [actionOf(task, domain), ...task.arguments] as const);
  return { completed, running, banned };
}

/** Steps of the plan that have ended with all their parts, in the order in which they did. */
export function endedSteps(state: GoalState): readonly PlanStep[] {
  const parts = partsByStep(state);
  return (state.plan as Plan).steps
    .flatMap((step) => {
      const tasks = parts.get(step.id) ?? [];
      if (tasks.length === 0 || tasks.some(({ status }) => status !== "done")) return [];
      return [{ step, at: Math.max(...tasks.map(({ endedAt = 0 }) => endedAt)) }];
    })
    .sort((a, b) => a.at - b.at)
    .map(({ step }) => step);
}

/** What holds now: what held at first, changed by what has been done since. */
export function factsAfter(
  domain: Domain,
  initial: readonly Fact[],
  done: readonly Pick<PlanStep, "action" | "args">[],
): readonly Fact[] {
  const facts = new Map(initial.map((fact) => [JSON.stringify(fact), fact]));
  for (const { action, args } of done) {
    const effects = domain.actions.get(action);
    if (effects === undefined) continue;
    const binding = new Map(effects.parameters.map(({ name }, index) => [name, args[index] ?? ""]));
    const ground = ([name, ...terms]: Fact): Fact => [
      name,
      ...terms.map((term) => binding.get(term) ?? term),
    ];
    for (const atom of effects.remove) facts.delete(JSON.stringify(ground(atom)));
    for (const atom of effects.add) facts.set(JSON.stringify(ground(atom)), ground(atom));
  }
  return [...facts.values()];
}

/** The tasks of each step: one, or as many as it has parts. */
function partsByStep({ tasks }: GoalState): ReadonlyMap<string, readonly TaskState[]> {
  return Map.groupBy(Object.values(tasks), (task) => task.of ?? task.id);
}

/** A step is called by its action, with a number when that occurs again, also once no plan holds it any more. */
function actionOf({ id, of = id, type }: TaskState, { actions }: Domain): string {
  return [of, of.replace(/-\d+$/, "")].find((name) => actions.has(name)) ?? type;
}

function isBeyondHelp({ status, error, because }: TaskState): boolean {
  if (status !== "failed" || error === undefined || because !== undefined) return false;
  return classifyFailure(error).class !== "data_quality_failure";
}
