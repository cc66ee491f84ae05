import fc from "fast-check";
import { expect, test } from "vitest";
import { announce } from "./announcement.ts";
import { closeBidding, nextStep, openAuction, receiveBid } from "./contract-net.ts";
import { firstPrice, secondPrice } from "./price.ts";

/** Who gets the task at what price when these are the costs asked for. */
function hold(costs: readonly number[], pricing: "first-price" | "second-price", reserve: number) {
  const bidders = costs.map((_, index) => `b${index}`);
  let net = openAuction(announce({ id: "x", pricing, reserve }, bidders));
  for (const [index, cost] of costs.entries()) {
    const bid = {
      auction: "x",
      bidder: `b${index}`,
      cost,
      durationMs: 1,
      quality: 1,
      confidence: 1,
    };
    net = receiveBid(net, bid).net;
  }
  return nextStep(closeBidding(net));
}

/** What bidder 0 gains: what it is paid less what the work costs it. */
function gain(asked: number, trueCost: number, others: readonly number[], reserve: number): number {
  const step = hold([asked, ...others], "second-price", reserve);
  return step.do === "award" && step.bid.bidder === "b0" ? step.price - trueCost : 0;
}

const cost = fc.integer({ min: 0, max: 60 });

test("at the second price nobody gains by asking for anything but the true cost", () => {
  fc.assert(
    fc.property(
      cost,
      cost,
      fc.array(cost, { maxLength: 5 }),
      cost,
      (asked, real, others, reserve) => {
        const truthful = gain(real, real, others, reserve);
        expect(truthful).toBeGreaterThanOrEqual(gain(asked, real, others, reserve));
        expect(truthful).toBeGreaterThanOrEqual(0);
      },
    ),
    { numRuns: 2000 },
  );
});

test("at the first price exaggerating pays: the property above tells the rules apart", () => {
  const paid = (asked: number) => {
    const step = hold([asked, 50], "first-price", 100);
    return step.do === "award" && step.bid.bidder === "b0" ? step.price - 10 : 0;
  };
  expect(paid(40)).toBeGreaterThan(paid(10));
});

test("the cheapest wins, is paid the second lowest cost, and never more than the reserve", () => {
  fc.assert(
    fc.property(fc.array(cost, { minLength: 1, maxLength: 6 }), cost, (costs, reserve) => {
      const step = hold(costs, "second-price", reserve);
      const eligible = costs.filter((one) => one <= reserve).sort((a, b) => a - b);
      const [lowest, second = reserve] = eligible;
      if (lowest === undefined) {
        expect(step).toMatchObject({ do: "announce", round: 2 });
        return;
      }
      expect(step).toMatchObject({ do: "award", bid: { cost: lowest }, price: second });
    }),
  );
});

test("prices without competition", () => {
  const winner = { bidder: "a", cost: 7 };
  expect(firstPrice(winner)).toBe(7);
  expect(secondPrice(winner, [], undefined)).toBe(7);
  expect(secondPrice(winner, [], 20)).toBe(20);
  expect(secondPrice(winner, [{ bidder: "b", cost: 9 }], 20)).toBe(9);
});
