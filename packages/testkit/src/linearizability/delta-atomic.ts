import type { SearchLimits } from "./budget.ts";
import { checkLinearizable } from "./check-linearizable.ts";
import type { History, Operation } from "./history.ts";
import type { Model } from "./model.ts";
import type { Verdict } from "./verdict.ts";

/**
 * Whether the history is Δ-atomic: linearizable once the call of every read is moved back by Δ.
 * Each read then gives what the object held at some moment not more than Δ before it was called,
 * so that Δ bounds the age of what eventually consistent views show (Golab, Li & Shah, "Analyzing
 * consistency properties for fun and profit", PODC 2011). With Δ = 0 it is linearizability.
 *
 * Reads of one process may still go back in time within Δ: where that is forbidden too, the model
 * has to say so.
 *
 * @param model what the object does when used by one caller at a time
 * @param history what the callers saw; times and Δ in one unit
 * @param delta how old an answer the operation may give, at least 0; 0 for what is no read. Asked
 *   for each, since a reader that slept is allowed more than one that did not
 * @param limits when to give up
 * @returns a verdict whose operations are the moved ones
 * @throws RangeError for a Δ that is negative or none, and what {@link checkLinearizable} throws
 */
export function checkDeltaAtomic<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: History<Input, Output>,
  delta: (operation: Operation<Input, Output>) => number,
  limits: SearchLimits = {},
): Verdict<Input, Output> {
  const moved = history.map((operation) => {
    const { process, call } = operation;
    const ms = delta(operation);
    if (!(ms >= 0)) throw new RangeError(`Δ for process ${process} is ${ms}: give 0 or more`);
    return { ...operation, call: call - ms };
  });
  return checkLinearizable(model, moved, limits);
}
