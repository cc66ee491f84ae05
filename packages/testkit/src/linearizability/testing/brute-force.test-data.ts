import type { History, Operation } from "../history.ts";
import type { Model } from "../model.ts";

/**
 * Whether there is an order of what returned by `until` (default: of all that returned), with or
 * without the rest. Every order is tried, without a memo or shortcuts.
 */
export function hasOrder<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: History<Input, Output>,
  until = Number.MAX_VALUE,
): boolean {
  // By locality an order of each object's operations is enough.
  const parts = [...Map.groupBy(history, ({ input }) => model.partition?.(input)).values()];
  return parts.every((operations) => canGoOn(model, operations, until, model.initial));
}

function canGoOn<State, Input, Output>(
  model: Model<State, Input, Output>,
  left: History<Input, Output>,
  until: number,
  state: State,
): boolean {
  if (left.every((one) => endOf(one) > until)) return true;
  return left.some((one) => {
    if (left.some((other) => endOf(other) < one.call)) return false;
    const rest = left.filter((other) => other !== one);
    return stepsOf(model, one, state).some((next) => canGoOn(model, rest, until, next));
  });
}

/** Whether the order holds all that returned, keeps real time, and is one the model can take. */
export function isOrderOf<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: History<Input, Output>,
  order: History<Input, Output>,
): boolean {
  const placed = new Set(order);
  if (placed.size !== order.length || !order.every((one) => history.includes(one))) return false;
  if (history.some((one) => one.return !== undefined && !placed.has(one))) return false;
  let latestCall = Number.NEGATIVE_INFINITY;
  for (const one of order) {
    if (endOf(one) < latestCall) return false;
    latestCall = Math.max(latestCall, one.call);
  }
  return [...Map.groupBy(order, ({ input }) => model.partition?.(input)).values()].every((part) => {
    let states: readonly State[] = [model.initial];
    for (const one of part) states = states.flatMap((state) => stepsOf(model, one, state));
    return states.length > 0;
  });
}

function endOf({ return: end = Number.POSITIVE_INFINITY }: Operation<unknown, unknown>): number {
  return end;
}

function stepsOf<State, Input, Output>(
  model: Model<State, Input, Output>,
  { input, output, return: end }: Operation<Input, Output>,
  state: State,
): readonly State[] {
  return model.step(state, input, end === undefined ? undefined : output);
}
