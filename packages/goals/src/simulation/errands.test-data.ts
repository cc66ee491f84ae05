import {
  defineDomain,
  experienceOf,
  type Fact,
  planFor,
  repairPlan,
  withExperience,
} from "@troupe/planning";
import { z } from "zod";
import { NoPlanError } from "../errors.ts";
import { goalIdSchema } from "../goal/goal.ts";
import type { PlanExperience } from "../goal/records.ts";
import type { GoalState, PendingRepair } from "../goal/state.ts";
import { plannedWork, takenContingency } from "../kinds/clean/planned-work.ts";
import { progressOf } from "../kinds/clean/progress.ts";
import type { GoalKind, Repair } from "../kinds/kind.ts";

/** What a worker of the simulation can do for errands. */
export const errandTasks = ["pack", "fly", "drive", "sail", "walk", "greet"] as const;

const travelling = { preconditions: [["packed"]], effects: { add: [["there"]] } } as const;

const domain = defineDomain({
  name: "errands",
  actions: {
    pack: { parameters: [], effects: { add: [["packed"]] } },
    fly: { parameters: [], ...travelling, successProbability: 0.9 },
    drive: {
      parameters: [],
      preconditions: [["packed"], ["road"]],
      effects: { add: [["there"]] },
      successProbability: 0.85,
    },
    sail: { parameters: [], ...travelling, successProbability: 0.8 },
    walk: { parameters: [], ...travelling, successProbability: 0.5 },
    greet: { parameters: [], preconditions: [["there"]], effects: { add: [["greeted"]] } },
  },
  tasks: { errand: { parameters: [] }, travel: { parameters: [] } },
  methods: {
    errand: { task: ["errand"], subtasks: [["pack"], ["travel"], ["greet"]] },
    "by-air": { task: ["travel"], subtasks: [["fly"]] },
    "by-road": { task: ["travel"], subtasks: [["drive"]] },
    "by-water": { task: ["travel"], subtasks: [["sail"]] },
    "by-foot": { task: ["travel"], subtasks: [["walk"]] },
  },
});

const learned = (experience: PlanExperience | undefined) =>
  experience === undefined ? domain : withExperience(domain, experience, { at: experience.at });

/** What is true now; a failure may have taught that there is no road. */
function factsNow(state: GoalState, { error }: PendingRepair): readonly Fact[] {
  const facts: Fact[] = error.details === "no road" ? [] : [["road"]];
  for (const { type, status } of Object.values(state.tasks)) {
    if (status !== "done") continue;
    for (const [name] of domain.actions.get(type)?.add ?? []) facts.push([name]);
  }
  return facts;
}

/**
 * A goal kind with a real plan of few steps: pack, travel somehow, greet. By air if nothing is known of the ways;
 * each other way is a contingency, down to one that is not sure enough.
 */
export const errandsKind: GoalKind = {
  name: "errands",
  purpose: "go somewhere and say hello",
  schema: z.strictObject({ id: goalIdSchema.optional(), kind: z.literal("errands") }),
  repairable: ["dependency_missing"],
  opening: () => [],
  plan: (_state, { experience: known }) => {
    const experience =
      known === undefined ? undefined : { at: known.at, ...experienceOf(domain, known) };
    const order = experience === undefined ? "first" : "confidence";
    const problem = { facts: [["road"]] as const, tasks: [["errand"]] as const };
    const result = planFor(learned(experience), problem, { order });
    if (result.kind !== "plan") throw new NoPlanError("errands", "nobody can travel");
    return { ...plannedWork(result.plan), ...(experience === undefined ? {} : { experience }) };
  },
  takeContingency: (state, failure) => {
    const world = { ...progressOf(state), facts: factsNow(state, failure) };
    return takenContingency(learned(state.experience), state, failure.task, world);
  },
  repair: (state, failure): Repair => {
    const result = repairPlan(learned(state.experience), state.plan as never, {
      ...progressOf(state),
      failed: failure.task,
      facts: factsNow(state, failure),
    });
    if (result.kind !== "repaired") return { ok: false, why: result.why };
    const { plan, kept, removed, added } = result;
    return { ok: true, work: { ...plannedWork(plan), kept, removed, added, learned: null } };
  },
  order: ({ type }) => ({ input: { type }, bytes: 1000 }),
  result: ({ tasks }) =>
    Object.values(tasks)
      .flatMap(({ type, status }) => (status === "done" ? [type] : []))
      .sort(),
};
