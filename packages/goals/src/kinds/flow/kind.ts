import { type Reasoner, reasonerLimitsSchema } from "@troupe/agents";
import { readFlow, type TaskTypes } from "@troupe/orchestration";
import { NoModelError } from "../../errors.ts";
import type { GoalKind } from "../kind.ts";
import { decompose } from "./decompose.ts";
import { type FlowGoal, flowGoalSchema } from "./goal.ts";
import { flowCompensation, flowOf, flowOrder } from "./orders.ts";
import { plannedFlow } from "./planned-flow.ts";
import { flowResult } from "./result.ts";

/** Which tasks flows may have, and who plans described ones. */
export interface FlowKindOptions {
  /** What tasks can be asked for. */
  readonly types: TaskTypes;
  /** Makes flows from descriptions. Default: such goals fail. */
  readonly reasoner?: Reasoner;
}

/**
 * Runs a graph of tasks of registered types; from a description where there is a model. Without one, planning a
 * described goal rejects with `NoModelError`.
 */
export function flowKind({ types, reasoner }: FlowKindOptions): GoalKind {
  return {
    name: "flow",
    purpose: "run a graph of tasks",
    schema: flowGoalSchema(types),
    repairable: [],
    opening: () => [],
    plan: async (state, { signal }) => {
      const goal = state.goal as FlowGoal;
      if ("tasks" in goal) {
        const { id: _id, kind: _kind, ...flow } = goal;
        // What is in the goal's own record already is not stored again: together they could be too large.
        return { ...plannedFlow(readFlow(flow)), plan: null };
      }
      if (reasoner === undefined) throw new NoModelError("flow");
      const { flow } = await decompose(reasoner, {
        describe: goal.describe,
        types,
        limits: goal.limits ?? reasonerLimitsSchema.parse({}),
        signal,
        ...(goal.sources === undefined ? {} : { sources: goal.sources }),
      });
      return plannedFlow(flow);
    },
    repair: () => ({ ok: false, why: "a flow is done as it was written" }),
    order: (task, state) => flowOrder(task, state, flowOf(state)),
    failFast: (state) => (flowOf(state) as { readonly failFast?: boolean }).failFast ?? false,
    compensation: flowCompensation,
    result: flowResult,
  };
}
