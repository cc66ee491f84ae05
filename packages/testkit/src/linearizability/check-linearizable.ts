import { Budget, type SearchLimits } from "./budget.ts";
import { checkTimes, type History, type Operation } from "./history.ts";
import type { Model } from "./model.ts";
import { search } from "./search.ts";
import type { Verdict } from "./verdict.ts";

/**
 * Whether some order of the operations, each at a moment between its call and its return, explains
 * every output by the sequential model.
 *
 * The search is Wing & Gong's ("Testing and Verifying Concurrent Objects", 1993) with Lowe's memo
 * of configurations ("Testing for Linearizability", 2017) and the partitions of Horn & Kroening
 * ("Faster Linearizability Checking via P-Compositionality", 2015). The problem is NP-complete:
 * many operations open at once, above all many of unknown outcome, make it long.
 *
 * @param model what the object does when used by one caller at a time
 * @param history what the callers saw
 * @param limits when to give up
 * @throws RangeError for times that are no order or a limit that is none, and whatever the model
 *   throws
 */
export function checkLinearizable<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: History<Input, Output>,
  limits: SearchLimits = {},
): Verdict<Input, Output> {
  checkTimes(history);
  const budget = new Budget(limits);
  const orders: Operation<Input, Output>[][] = [];
  for (const [partition, operations] of partitionsOf(model, history)) {
    const result = search(model, operations, budget);
    if (result.ended === "limit") {
      return { linearizable: undefined, limit: result.limit, nodes: budget.spent };
    }
    const order = result.order.map((index) => operations[index] as Operation<Input, Output>);
    if (result.ended === "placed") {
      orders.push(order);
    } else {
      const unplaced = operations[result.unplaced] as Operation<Input, Output>;
      return { linearizable: false, partition, partial: order, unplaced };
    }
  }
  return { linearizable: true, order: merged(orders) };
}

/** Small partitions first: a fault in one is found before a large one uses up the budget. */
function partitionsOf<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: History<Input, Output>,
): [string | number | undefined, History<Input, Output>][] {
  const partitions = Map.groupBy(history, ({ input }) => model.partition?.(input));
  return [...partitions].sort(([, one], [, other]) => one.length - other.length);
}

/**
 * One order from those of the partitions. Each operation is put at the earliest moment its own
 * order allows, which its interval always holds (Herlihy & Wing's locality theorem).
 */
function merged<Input, Output>(
  orders: readonly (readonly Operation<Input, Output>[])[],
): Operation<Input, Output>[] {
  return orders
    .flatMap((order) => {
      let moment = Number.NEGATIVE_INFINITY;
      return order.map((operation) => {
        moment = Math.max(moment, operation.call);
        return { operation, moment };
      });
    })
    .sort((one, other) => one.moment - other.moment)
    .map(({ operation }) => operation);
}
