import { expect, test } from "vitest";
import { bid, openBlock } from "./block.ts";
import { costMatrix } from "./cost-matrix.ts";
import { drawUpTerms } from "./terms.ts";

const call = { isFirst: true, begins: true, prices: [], lost: [] };

test("a long war of bids is broken off, so that its thread is soon free, and goes on in the next round", () => {
  // Three agents for two tasks that cost nothing among a thousand that cost a lot.
  const costs = costMatrix(
    Array.from({ length: 3 }, () =>
      Array.from({ length: 1000 }, (_, task) => (task < 2 ? 0 : 1e6)),
    ),
  );
  const terms = drawUpTerms(1000, [{ agents: 1000, least: 0, most: 1e6, lacking: false }]);
  const block = openBlock(costs, terms, 0);
  const { bids, offers } = bid(block, { ...call, epsilon: 1 });
  expect(bids).toBe(10_000);
  expect(offers.filter((_, at) => at % 2 === 0)).toEqual([0, 1]);
  expect(block.waiting).toHaveLength(1);
  const more = bid(block, { ...call, isFirst: false, begins: false, epsilon: 1 });
  expect(more.bids).toBe(10_000);
  expect(more.offers[1]).toBeGreaterThan(offers[1] ?? 0);
});

test("persons that are indifferent begin to look at different objects", () => {
  const alike = costMatrix(Array.from({ length: 4 }, () => [5, 5, 5, 5]));
  const terms = drawUpTerms(4, [{ agents: 4, least: 5, most: 5, lacking: false }]);
  const block = openBlock(alike, terms, 2);
  expect(bid(block, { ...call, epsilon: 1 }).bids).toBe(4);
  expect([...block.objectOf]).toEqual([2, 3, 0, 1]);
});

test("when a phase begins, who is further than epsilon from its best gives up what it has, and the others keep theirs", () => {
  const costs = costMatrix([
    [0, 10],
    [0, 9],
  ]);
  const terms = drawUpTerms(2, [{ agents: 2, least: 0, most: 10, lacking: false }]);
  const block = openBlock(costs, terms, 0);
  bid(block, { ...call, epsilon: 30 });
  const { prices, objectOf } = block;
  const held = [...objectOf];
  // The price of what the first holds rises far above that of the other.
  const dear = [held[0] ?? 0, (prices[held[0] ?? 0] ?? 0) + 1000];
  const { released } = bid(block, { ...call, isFirst: false, prices: dear, epsilon: 1 });
  expect(released).toEqual([held[0]]);
});
