import { appraise, type Bids, type Block, bid, openBlock, openIdleBlock } from "./block.ts";
import { type CostMatrix, checkCosts } from "./cost-matrix.ts";
import { lastNews, nextCalls, openMarket, receiveBids } from "./market.ts";
import { type Settlement, settle } from "./settlement.ts";
import { drawUpTerms, entryOf } from "./terms.ts";

/** What {@link solveAssignment} comes to. */
export interface Assignment extends Settlement {
  /** Bids that it took. */
  readonly bids: number;
  /** Rounds of bids that it took. */
  readonly rounds: number;
}

/**
 * Gives each agent at most one task and each task to at most one agent, as many as possible, at the least cost: the
 * auction of {@link allocate} within one call, on the same state machines.
 *
 * Always ends. Where some agents cannot do some tasks, as many pairs are made as there can be, and what is left is
 * `undone`; `optimal` then says that no assignment has more pairs, and none of as many costs less.
 *
 * @param costs of each agent for each task; ranges as of {@link drawUpTerms}
 * @throws InvalidCostsError when a cost is no safe integer, or the range is too wide to be exact
 */
export function solveAssignment(costs: CostMatrix): Assignment {
  checkCosts(costs);
  const terms = drawUpTerms(costs.columns, [entryOf(costs)]);
  const idle = terms.objects - costs.rows;
  const market = openMarket(terms, [costs.rows, idle]);
  const blocks = [openBlock(costs, terms, 0), openIdleBlock(idle, terms, costs.rows)];
  while (market.open) {
    const answers = new Map<number, Bids>();
    for (const [bidder, call] of nextCalls(market)) {
      answers.set(bidder, bid(blocks[bidder] as Block, call));
    }
    receiveBids(market, answers);
  }
  const appraisals = blocks.map((block, bidder) => appraise(block, lastNews(market, bidder)));
  const { bids, round } = market;
  return { ...settle(market, appraisals, costs.rows), bids, rounds: round };
}
