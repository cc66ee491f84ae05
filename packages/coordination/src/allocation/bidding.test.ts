import { expect, test } from "vitest";
import { costMatrix } from "./assignment/cost-matrix.ts";
import { type Award, allocationBidding } from "./bidding.ts";

const terms = { tasks: 2, objects: 2, least: 1, scale: 3, span: 9 };
const call = { allocation: "x", first: 0, epsilon: 1, begins: true, prices: [], lost: [] };

function bidder() {
  const awarded: (readonly [string, readonly Award[]])[] = [];
  const handlers = allocationBidding({
    costs: () => costMatrix([[1, 4]]),
    awarded: (allocation, awards) => awarded.push([allocation, awards]),
  });
  return { ...handlers, awarded };
}

test("a round that is asked twice is answered as before, and an older one with nothing", async () => {
  const { enter, bid } = bidder();
  await enter({ allocation: "x", tasks: ["a", "b"] });
  const first = await bid({ ...call, round: 1, terms });
  expect(first).toEqual({ known: true, released: [], offers: [0, 10], bids: 1 });
  expect(await bid({ ...call, round: 1, terms })).toEqual(first);
  const second = await bid({ ...call, round: 2, begins: false, prices: [0, 11], lost: [0] });
  expect(second.offers).toEqual([1, 3]);
  expect(await bid({ ...call, round: 1, terms })).toMatchObject({ known: true, offers: [] });
  expect(await bid({ ...call, round: 2 })).toEqual(second);
});

test("what it is told of an allocation that it is not in is answered so, and an award counts once", async () => {
  const { enter, bid, appraise, award, dismiss, awarded } = bidder();
  expect(await bid({ ...call, round: 1, terms })).toMatchObject({ known: false });
  expect(await appraise({ allocation: "x", prices: [] })).toMatchObject({ known: false });
  await enter({ allocation: "x", tasks: ["a", "b"] });
  // It has been invited, and never told the terms.
  expect(await bid({ ...call, round: 1 })).toMatchObject({ known: false });
  await enter({ allocation: "y", tasks: ["a", "b"] });
  await dismiss({ allocation: "y" });
  expect(await bid({ ...call, allocation: "y", round: 1, terms })).toMatchObject({ known: false });
  const awards = [{ agent: 0, task: 1, cost: 4 }];
  await award({ allocation: "x", awards });
  await award({ allocation: "x", awards });
  await award({ allocation: "y", awards });
  expect(awarded).toEqual([["x", awards]]);
});

test("of very many sittings the oldest are forgotten", async () => {
  const { enter, bid } = bidder();
  for (let sitting = 0; sitting < 65; sitting += 1) {
    await enter({ allocation: `x/${sitting}`, tasks: ["a", "b"] });
  }
  expect(await bid({ ...call, allocation: "x/0", round: 1, terms })).toMatchObject({
    known: false,
  });
  expect(await bid({ ...call, allocation: "x/1", round: 1, terms })).toMatchObject({ known: true });
});
