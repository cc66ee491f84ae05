import { atomText } from "../domain/condition.ts";
import type { Domain } from "../domain/domain.ts";
import { completePlan } from "../plan/complete-plan.ts";
import type { PlanDraft } from "../plan/draft.ts";
import { factKey } from "../plan/facts.ts";
import type { Contingency, Plan } from "../plan/plan.ts";
import { defaultContingencies, type PlanOptions } from "../plan/problem.ts";
import { type Violation, verifyPlan } from "../verify/verify-plan.ts";
import { withContingencies } from "./contingencies.ts";
import { presentOf } from "./present.ts";
import { Remainder } from "./remainder.ts";
import { parentsFirst, type Reopened, reopenedText } from "./reopen.ts";
import { changesBetween, type RepairResult } from "./repair-plan.ts";
import { type Progress, type RepairRequest, readProgress } from "./request.ts";

/** What came of taking a contingency. */
export type TakenContingency =
  | Extract<RepairResult, { kind: "repaired" }>
  | {
      /** The plan's risk phase has no contingency for the step. */
      readonly kind: "no-contingency";
      /** False when none was looked for; true when there is no other way. */
      readonly examined: boolean;
      readonly why: string;
    }
  | {
      /** There is one, but it does not work in the facts as they are. */
      readonly kind: "unfit";
      /** All that the plan would get wrong; none when it only uses what is banned. */
      readonly violations: readonly Violation[];
      readonly why: string;
    };

/**
 * Makes a step's contingency the rest of the plan, in place of what the plan held from the failed step on.
 *
 * Nothing is searched: the contingency was planned together with the plan. It need not have come as foreseen;
 * steps before the failed one may still be running, later ones may be done, and the facts may be others. Completed
 * and running steps stay, whatever the contingency says of them, and the plan as it would then stand is checked as
 * `verifyPlan` does. If it has faults the contingency is not taken: repair the plan with `repairPlan` then.
 *
 * @param step the step that failed
 * @param world how far the execution has come and all that is true now
 * @param options for how many of the new plan's steps contingencies are planned (default 8); with 0, nothing is searched at all
 * @throws RepairRequestError when the step, or one in `world`, is not of the plan or in two states
 */
export function takeContingency(
  domain: Domain,
  plan: Plan,
  step: string,
  world: Omit<RepairRequest, "failed" | "added">,
  options: Pick<PlanOptions, "contingencies"> = {},
): TakenContingency {
  const progress = readProgress(plan, { ...world, failed: step });
  const risk = plan.phases.risk.steps.find((each) => each.step === step);
  const contingency = risk?.contingency;
  if (contingency === undefined) {
    const examined = risk?.examined ?? false;
    const what = examined ? "there is no other way" : "no contingency was planned for it";
    return { kind: "no-contingency", examined, why: `step '${step}' failed: ${what}` };
  }
  const unfit = (violations: readonly Violation[], text: string): TakenContingency => {
    const why = `step '${step}' failed, and its contingency does not fit: ${text}`;
    return { kind: "unfit", violations, why };
  };
  const banned = new Set(world.banned?.map(factKey));
  const draft = draftOf(domain, plan, step, contingency, progress, world);
  const rest = draft.steps.slice(draft.executed);
  const refused = rest.find(({ action, args }) => banned.has(factKey([action, ...args])));
  if (refused !== undefined) {
    return unfit([], `${atomText([refused.action, ...refused.args])} is banned`);
  }
  const counts = { nodes: 0, backtracks: 0, optimal: false };
  const bare = completePlan(domain, draft, counts);
  const violations = verifyPlan(domain, plan, bare);
  const [fault] = violations;
  if (fault !== undefined) return unfit(violations, fault.text);
  const most = options.contingencies ?? defaultContingencies;
  const taken = withContingencies(domain, bare, most, world.banned);
  const reopened = contingency.reopened.map((id) => reopenedOf(plan, contingency, id));
  return {
    kind: "repaired",
    plan: taken,
    ...changesBetween(plan, taken),
    reopened,
    attempts: [],
    why: `step '${step}' failed: ${reopenedText(reopened)}, as planned for this case`,
  };
}

/** The plan with the contingency in it, executed steps first. */
function draftOf(
  domain: Domain,
  plan: Plan,
  failed: string,
  contingency: Contingency,
  progress: Progress,
  world: Pick<RepairRequest, "facts">,
): PlanDraft {
  const remainder = new Remainder(plan, progress.executed);
  const replaced = remainder.below(contingency.reopened);
  const kept = plan.decomposition.filter(({ id }) => !replaced.has(id));
  const held = new Set([
    ...contingency.roots,
    ...[...kept, ...contingency.decomposition].flatMap(({ children }) => children),
  ]);
  const foreseen = [
    ...plan.steps.slice(
      0,
      plan.steps.findIndex(({ id }) => id === failed),
    ),
    ...contingency.actions.map(([action, ...args], i) => ({
      id: contingency.steps[i] ?? "",
      action,
      args,
    })),
  ];
  const isLeft = ({ id }: { readonly id: string }) => held.has(id) && !progress.executed.has(id);
  const prefix = [...progress.completed, ...progress.running];
  const steps = [...prefix, ...foreseen.filter(isLeft)];
  const places = [prefix.length];
  for (const each of foreseen) places.push((places.at(-1) ?? 0) + (isLeft(each) ? 1 : 0));
  const placeOf = (at: number) => places[at] ?? steps.length;
  const decomposition = [
    ...kept.map((task) => ({
      ...task,
      at: remainder.isChosen(task)
        ? remainder.executedBefore(task)
        : placeOf(contingency.places[task.id] ?? task.at),
    })),
    ...contingency.decomposition.map((task) => ({ ...task, at: placeOf(task.at) })),
  ];
  const present = new Set([...steps, ...decomposition].map(({ id }) => id));
  const olds = [...plan.steps, ...plan.decomposition].map(({ id }) => id);
  return {
    facts: plan.facts,
    objects: plan.objects,
    tasks: plan.tasks,
    ordering: plan.ordering,
    goal: plan.goal,
    steps: steps.map(({ id, action, args }) => ({ id, action, args })),
    decomposition: parentsFirst(decomposition),
    roots: contingency.roots,
    executed: prefix.length,
    abandoned: prefix.map(({ id }) => id).filter((id) => !held.has(id)),
    observations: presentOf(domain, plan, progress, world.facts).observations,
    retired: [...plan.retired, ...olds.filter((id) => !present.has(id))],
  };
}

function reopenedOf(plan: Plan, contingency: Contingency, id: string): Reopened {
  const before = plan.decomposition.find((each) => each.id === id);
  const after = contingency.decomposition.find((each) => each.id === id)?.method;
  const step = plan.steps.find((each) => each.id === id);
  return {
    task: [before?.task ?? step?.action ?? id, ...(before?.args ?? step?.args ?? [])],
    ...(before === undefined ? {} : { before: before.method }),
    ...(after === undefined ? {} : { after }),
  };
}
