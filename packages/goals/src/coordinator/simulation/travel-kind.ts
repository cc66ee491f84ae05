import {
  buildDomain,
  type Domain,
  experienceOf,
  type Fact,
  type FailureClass,
  type Plan,
  planFor,
  repairPlan,
  withExperience,
} from "@troupe/planning";
import { z } from "zod";
import { NoPlanError } from "../../errors.ts";
import { goalIdSchema } from "../../goal/goal.ts";
import type { PlanExperience } from "../../goal/records.ts";
import type { GoalState, PendingRepair } from "../../goal/state.ts";
import type { GoalKind, Repair } from "../../kinds/kind.ts";
import { plannedWork, takenContingency } from "../../kinds/planned-work.ts";
import { progressOf } from "../../kinds/progress.ts";

/** A way to travel. */
export interface Way {
  /** The action, which is the type of the task. */
  readonly action: string;
  readonly method: string;
  /** 0 to 1, as the domain declares it. */
  readonly successProbability: number;
  /** What must be there for it; a failure with the details `no <what>` teaches that it is not. */
  readonly needs?: string;
}

interface TravelKindOptions {
  readonly name: string;
  /** Each packs, travels and greets on their own; all of them must. */
  readonly travellers: readonly string[];
  /** In the order in which they are chosen while nothing is known of them. */
  readonly ways: readonly Way[];
  readonly repairable: readonly FailureClass[];
}

/**
 * A kind of goal to try replanning with: a real plan of few steps, in which each way to travel is a contingency of the
 * one before it.
 */
export function travelKind(options: TravelKindOptions): GoalKind {
  const { name, travellers, ways, repairable } = options;
  const domain = travelDomain(name, ways);
  const learned = (experience: PlanExperience | undefined): Domain =>
    experience === undefined ? domain : withExperience(domain, experience, { at: experience.at });
  const worldOf = (state: GoalState, failure: PendingRepair) => ({
    ...progressOf(state, domain),
    facts: factsNow(domain, ways, state, failure),
  });
  return {
    name,
    purpose: "go somewhere and say hello",
    schema: z.strictObject({ id: goalIdSchema.optional(), kind: z.literal(name) }),
    repairable,
    opening: () => [],
    plan: (_state, { experience: known }) => {
      const experience =
        known === undefined ? undefined : { at: known.at, ...experienceOf(domain, known) };
      const problem = {
        facts: ways.flatMap(({ needs }): readonly Fact[] => (needs === undefined ? [] : [[needs]])),
        tasks: travellers.map((who) => ["errand", who] as const),
      };
      const order = experience === undefined ? "first" : "confidence";
      const result = planFor(learned(experience), problem, { order });
      if (result.kind !== "plan") throw new NoPlanError(name, "nobody can travel");
      return { ...plannedWork(result.plan), ...(experience === undefined ? {} : { experience }) };
    },
    takeContingency: (state, failure) =>
      takenContingency(learned(state.experience), state, failure.task, worldOf(state, failure)),
    repair: (state, failure): Repair => {
      const result = repairPlan(learned(state.experience), state.plan as Plan, {
        ...worldOf(state, failure),
        failed: failure.task,
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
}

function travelDomain(name: string, ways: readonly Way[]): Domain {
  const parameters = ["?who"] as const;
  const actions = ways.map(({ action, needs, successProbability }) => [
    action,
    {
      parameters,
      preconditions: [
        ["packed", "?who"],
        ...(needs === undefined ? [] : [[needs] as const]),
      ] as readonly Fact[],
      effects: { add: [["there", "?who"] as const] },
      successProbability,
    },
  ]);
  const methods = ways.map(({ action, method }) => [
    method,
    { task: ["travel", "?who"], subtasks: [[action, "?who"]] },
  ]);
  return buildDomain({
    name,
    actions: {
      pack: { parameters, effects: { add: [["packed", "?who"]] } },
      ...Object.fromEntries(actions),
      greet: {
        parameters,
        preconditions: [["there", "?who"]],
        effects: { add: [["greeted", "?who"]] },
      },
    },
    tasks: { errand: { parameters }, travel: { parameters } },
    methods: {
      errand: {
        task: ["errand", "?who"],
        subtasks: [
          ["pack", "?who"],
          ["travel", "?who"],
          ["greet", "?who"],
        ],
      },
      ...Object.fromEntries(methods),
    },
  });
}

/** What is true now, by what is done and what the failure taught. */
function factsNow(
  domain: Domain,
  ways: readonly Way[],
  { tasks }: GoalState,
  { error }: PendingRepair,
): readonly Fact[] {
  const there = ways.flatMap(({ needs }): readonly Fact[] =>
    needs === undefined || error.details === `no ${needs}` ? [] : [[needs]],
  );
  const reached = Object.values(tasks)
    .filter(({ status }) => status === "done")
    .flatMap(({ type, arguments: [who = ""] }) =>
      (domain.actions.get(type)?.add ?? []).map(([predicate]): Fact => [predicate, who]),
    );
  return [...there, ...reached];
}
