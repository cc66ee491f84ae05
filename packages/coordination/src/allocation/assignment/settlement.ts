import type { Appraisal } from "./block.ts";
import type { Market } from "./market.ts";

/** One agent and the task that it has been given. */
export interface Pair {
  /** Number of the agent among those of all bidders, in their order. */
  readonly agent: number;
  /** Place of the task among those of the allocation. */
  readonly task: number;
  /** What the agent asked for it. */
  readonly cost: number;
}

/** What an auction has come to, with the proof that it is the best. */
export interface Settlement {
  /** By task. */
  readonly pairs: readonly Pair[];
  /** Tasks that nobody has, because there are more tasks than agents or because those that can do them are busy. */
  readonly undone: readonly number[];
  /** Sum over the pairs. */
  readonly cost: number;
  /**
   * No assignment of as many pairs costs less: the value of the prices in the dual problem, rounded up, as costs are
   * integers.
   */
  readonly dualBound: number;
  /** The cost is the bound: there is no better assignment, and none of more pairs. */
  readonly optimal: boolean;
}

/** Why an appraisal cannot be that of a bidder which kept to its bids. */
export function faultOfAppraisal(
  market: Market,
  bidder: number,
  { objects, costs, outlays }: Appraisal,
): string | undefined {
  const persons = market.stalls[bidder]?.persons ?? 0;
  if ([objects, costs, outlays].some(({ length }) => length !== persons)) {
    return `it accounts for ${objects.length} persons, and entered ${persons}`;
  }
  if (new Set(objects).size !== persons) return "it gave one object to two persons";
  for (const [person, object] of objects.entries()) {
    if (market.holder[object] !== bidder) return `it claims object ${object}, which it did not win`;
    const [cost = 0, outlay = 0] = [costs[person], outlays[person]];
    const paid = cost + (market.prices[object] as number);
    // The proof of optimality is this line: nobody is further than a part from its best.
    if (!(Number.isSafeInteger(paid) && outlay <= paid && paid <= outlay + 1)) {
      return `it holds object ${object} for ${paid}, and says that its best is ${outlay}`;
    }
  }
  return undefined;
}

/**
 * Closes the books.
 *
 * @param appraisals by bidder, each without a {@link faultOfAppraisal}
 * @param agents how many persons are real; those after them do nothing
 */
export function settle(
  market: Market,
  appraisals: readonly Appraisal[],
  agents: number,
): Settlement {
  const { tasks, scale, least, absent } = market.terms;
  const pairs: Pair[] = [];
  // Up to 10^4 numbers of 2^52: more than a double holds.
  let dual = 0n;
  let person = 0;
  for (const price of market.prices) dual -= BigInt(price);
  for (const { objects, costs, outlays } of appraisals) {
    for (const [at, task] of objects.entries()) {
      const parts = costs[at] ?? 0;
      dual += BigInt(outlays[at] ?? 0);
      if (person < agents && task < tasks && parts !== absent) {
        pairs.push({ agent: person, task, cost: parts / scale + least });
      }
      person += 1;
    }
  }
  pairs.sort((one, other) => one.task - other.task);
  const done = new Set(pairs.map(({ task }) => task));
  const missing = Math.min(agents, tasks) - pairs.length;
  const surcharge = BigInt(missing) * BigInt((absent ?? 0) / scale);
  const shift = BigInt(least) * BigInt(pairs.length);
  const cost = pairs.reduce((sum, pair) => sum + pair.cost, 0);
  const dualBound = Number(dividedUp(dual, BigInt(scale)) - surcharge + shift);
  return {
    pairs,
    undone: Array.from({ length: tasks }, (_, task) => task).filter((task) => !done.has(task)),
    cost,
    dualBound,
    optimal: cost === dualBound,
  };
}

function dividedUp(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  return quotient * divisor < dividend ? quotient + 1n : quotient;
}
