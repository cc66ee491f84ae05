import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InvalidSpecError } from "../errors.ts";
import { type AnnouncementSpec, announce, roundId } from "./announcement.ts";
import {
  type ContractNet,
  closeBidding,
  evidenceLimit,
  nextRound,
  nextStep,
  openAuction,
  receiveAwardAnswer,
  receiveBid,
  receiveRefusal,
  silentBidders,
} from "./contract-net.ts";
import { auctionOutcome } from "./outcome.ts";
import type { Bid } from "./protocol.ts";

const bidders = ["ann", "bob", "cid"];

function open(over: Partial<AnnouncementSpec> = {}): ContractNet {
  return openAuction(announce({ id: "x", ...over }, bidders));
}

function bid(bidder: string, cost: number, over: Partial<Bid> = {}): Bid {
  return { auction: "x", bidder, cost, durationMs: 100, quality: 1, confidence: 1, ...over };
}

function receiveAll(net: ContractNet, bids: readonly Bid[]): ContractNet {
  return bids.reduce((so, one) => receiveBid(so, one).net, net);
}

const declined = { accepted: false, reason: "busy" } as const;

describe("a bid is refused, and kept as evidence, when", () => {
  test.each([
    ["it is for another auction", {}, bid("ann", 1, { auction: "y" }), "wrong-auction"],
    ["its bidder was not invited", {}, bid("eve", 1), "ineligible"],
    ["its cost is negative", {}, bid("ann", -1), "invalid"],
    ["its cost is not a number", {}, bid("ann", Number.NaN), "invalid"],
    [
      "its duration is infinite",
      {},
      bid("ann", 1, { durationMs: Number.POSITIVE_INFINITY }),
      "invalid",
    ],
    ["its quality is above 1", {}, bid("ann", 1, { quality: 1.1 }), "invalid"],
    ["its confidence is not a number", {}, bid("ann", 1, { confidence: Number.NaN }), "invalid"],
    ["it asks for more than the reserve", { reserve: 5 }, bid("ann", 5.1), "above-reserve"],
    [
      "it is too slow",
      { requirements: { maxDurationMs: 99 } },
      bid("ann", 1),
      "below-requirements",
    ],
    [
      "it is too poor",
      { requirements: { minQuality: 0.5 } },
      bid("ann", 1, { quality: 0.4 }),
      "below-requirements",
    ],
  ])("%s", (_, over, bad, why) => {
    const { net, refusal } = receiveBid(open(over), bad);
    expect(refusal).toBe(why);
    expect(net.bids).toEqual([]);
    expect(net.refused).toEqual([{ why, sequence: 1, bid: bad }]);
  });

  test("its bidder has bid otherwise; the first stands, also for one that was invalid", () => {
    const net = receiveAll(open(), [
      bid("ann", 5),
      bid("ann", 4),
      bid("bob", Number.NaN),
      bid("bob", 3),
    ]);
    expect(net.bids.map(({ cost }) => cost)).toEqual([5]);
    expect(net.refused.map(({ why }) => why)).toEqual([
      "contradictory",
      "invalid",
      "contradictory",
    ]);
  });

  test("it repeats the bidder's bid, which accuses nobody", () => {
    const twice = [bid("ann", 5), bid("ann", 5), bid("bob", Number.NaN), bid("bob", Number.NaN)];
    const net = receiveAll(open(), twice);
    expect(net.refused.map(({ why }) => why)).toEqual(["repeated", "invalid", "repeated"]);
  });

  test("bidding had ended when it arrived, however good it is", () => {
    const net = receiveAll(closeBidding(receiveAll(open(), [bid("ann", 5)])), [bid("bob", 1)]);
    expect(net.refused).toEqual([{ why: "late", sequence: 2, bid: bid("bob", 1) }]);
    expect(nextStep(net)).toMatchObject({ do: "award", bid: { bidder: "ann" } });
  });

  test("it is for an earlier round", () => {
    const second = nextRound(closeBidding(open()));
    expect(receiveBid(second, bid("ann", 1)).refusal).toBe("wrong-auction");
    expect(receiveBid(second, bid("ann", 1, { auction: roundId("x", 2) })).refusal).toBeUndefined();
  });
});

test("evidence is bounded, its number is not", () => {
  const flood = Array.from({ length: evidenceLimit + 5 }, () => bid("eve", 1));
  const net = receiveAll(open(), flood);
  expect(net.refused).toHaveLength(evidenceLimit);
  expect(net.refusedCount).toBe(evidenceLimit + 5);
});

test("bidding ends early only when every invited bidder has answered", () => {
  let net = receiveAll(open(), [bid("ann", 5), bid("eve", 1)]);
  net = receiveRefusal(net, { auction: "x", bidder: "bob", reason: "no tool" });
  net = receiveRefusal(net, { auction: "x", bidder: "bob", reason: "again" });
  net = receiveRefusal(net, { auction: "x", bidder: "eve", reason: "not invited" });
  net = receiveRefusal(net, { auction: "y", bidder: "cid", reason: "elsewhere" });
  expect(nextStep(net)).toEqual({ do: "wait" });
  expect(silentBidders(net)).toEqual(["cid"]);
  net = receiveBid(net, bid("cid", -1)).net;
  expect(nextStep(net)).toMatchObject({ do: "award", bid: { bidder: "ann" }, price: 5 });
  expect(net.refusals).toEqual([
    { bidder: "bob", reason: "no tool" },
    { bidder: "cid", reason: "bid refused: invalid" },
  ]);
});

test("declined by the best, the task goes to the next best, then round again, and then nowhere", () => {
  let net = receiveAll(open(), [bid("ann", 5), bid("bob", 4), bid("cid", 6)]);
  for (const expected of ["bob", "ann", "cid"]) {
    expect(nextStep(net)).toMatchObject({ do: "award", bid: { bidder: expected } });
    net = receiveAwardAnswer(net, expected, declined);
  }
  expect(nextStep(net)).toEqual({ do: "announce", round: 2 });
  net = receiveAll(nextRound(net), [bid("ann", 9, { auction: "x/2" })]);
  net = receiveAwardAnswer(closeBidding(net), "ann", declined);
  const end = nextStep(net);
  expect(end).toEqual({ do: "end", awarded: false, reason: "all-declined" });
  if (end.do !== "end") return;
  expect(auctionOutcome(net, end)).toMatchObject({
    awarded: false,
    rounds: 2,
    silent: ["bob", "cid"],
    declined: ["bob", "ann", "cid", "ann"].map((bidder) => ({ bidder, reason: "busy" })),
  });
});

test("after a decline the second price is that of the bids that are left", () => {
  const bids = [bid("ann", 5), bid("bob", 4), bid("cid", 9)];
  let net = receiveAll(open({ pricing: "second-price" }), bids);
  expect(nextStep(net)).toMatchObject({ do: "award", bid: { bidder: "bob" }, price: 5 });
  net = receiveAwardAnswer(net, "bob", declined);
  expect(nextStep(net)).toMatchObject({ do: "award", bid: { bidder: "ann" }, price: 9 });
});

test("an answer to an award that is not the one at hand changes nothing", () => {
  const bidding = receiveAll(open(), [bid("ann", 5), bid("bob", 4)]);
  expect(receiveAwardAnswer(bidding, "bob", { accepted: true })).toBe(bidding);
  const awarding = closeBidding(bidding);
  expect(receiveAwardAnswer(awarding, "ann", { accepted: true })).toBe(awarding);
  const accepted = receiveAwardAnswer(awarding, "bob", { accepted: true });
  expect(receiveAwardAnswer(accepted, "bob", declined)).toBe(accepted);
});

test("without bidders or without bids it fails with the reason", () => {
  expect(nextStep(openAuction(announce({ id: "x" }, [])))).toEqual({
    do: "end",
    awarded: false,
    reason: "no-bidders",
  });
  expect(nextStep(closeBidding(open({ rounds: 1 })))).toEqual({
    do: "end",
    awarded: false,
    reason: "no-bids",
  });
});

test("whatever happens it ends, awards at most once, to an invited bidder at the price of the rule", () => {
  const anyEvent = fc.oneof(
    fc.record({
      kind: fc.constant("bid" as const),
      bidder: fc.constantFrom(...bidders, "eve"),
      cost: fc.oneof(fc.integer({ min: -1, max: 20 }), fc.constant(Number.NaN)),
      round: fc.integer({ min: 1, max: 3 }),
    }),
    fc.record({ kind: fc.constant("refuse" as const), bidder: fc.constantFrom(...bidders, "eve") }),
    fc.record({ kind: fc.constant("deadline" as const) }),
  );
  const anyPricing = fc.constantFrom("first-price", "second-price");
  fc.assert(
    fc.property(
      fc.array(anyEvent, { maxLength: 30 }),
      fc.infiniteStream(fc.boolean()),
      anyPricing,
      (events, answers, pricing) => {
        let net = openAuction(announce({ id: "x", rounds: 3, pricing, reserve: 15 }, bidders));
        const queue = [...events];
        for (let steps = 0; ; steps++) {
          expect(steps).toBeLessThan(100);
          const step = nextStep(net);
          if (step.do === "end") {
            if (!step.awarded) return;
            const costs = net.bids
              .filter(({ bidder }) => !net.passedOver.includes(bidder))
              .map(({ cost }) => cost)
              .sort((a, b) => a - b);
            expect(bidders).toContain(step.bid.bidder);
            expect(net.bids.filter(({ bidder }) => bidder === step.bid.bidder)).toHaveLength(1);
            if (pricing === "second-price") {
              expect(step.bid.cost).toBe(costs[0]);
              expect(step.price).toBe(costs[1] ?? 15);
            } else expect(step.price).toBe(step.bid.cost);
            return;
          }
          if (step.do === "announce") net = nextRound(net);
          else if (step.do === "award") {
            const accepted = answers.next().value === true;
            const answer = accepted ? { accepted: true as const } : declined;
            net = receiveAwardAnswer(net, step.bid.bidder, answer);
          } else {
            const event = queue.shift() ?? { kind: "deadline" as const };
            if (event.kind === "deadline") net = closeBidding(net);
            else if (event.kind === "refuse") {
              const auction = roundId("x", net.round);
              net = receiveRefusal(net, { auction, bidder: event.bidder, reason: "" });
            } else {
              const auction = roundId("x", event.round);
              net = receiveBid(net, bid(event.bidder, event.cost, { auction })).net;
            }
          }
        }
      },
    ),
    { numRuns: 500 },
  );
});

test("the order in which bids arrive does not change who wins", () => {
  const costs = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 3, maxLength: 3 });
  fc.assert(
    fc.property(costs, fc.shuffledSubarray([0, 1, 2], { minLength: 3 }), (asked, order) => {
      const all = bidders.map((bidder, index) => bid(bidder, asked[index] ?? 0));
      const shuffled = order.flatMap((index) => all[index] ?? []);
      expect(nextStep(receiveAll(open(), shuffled))).toEqual(nextStep(receiveAll(open(), all)));
    }),
  );
});

test.each([
  [
    "weights that are all zero",
    { weights: { cost: 0, duration: 0, quality: 0 } },
    "weights: at least one",
  ],
  [
    "a weight that is no integer",
    { weights: { cost: 0.5, duration: 0, quality: 0 } },
    "weights.cost: ",
  ],
  [
    "second price with a weight on time",
    { pricing: "second-price", weights: { cost: 1, duration: 1, quality: 0 } },
    "ranks by cost alone",
  ],
  ["no round", { rounds: 0 }, "rounds: "],
  ["a negative reserve", { reserve: -1 }, "reserve: "],
] as [string, Partial<AnnouncementSpec>, string][])("%s is refused by name", (_, over, issue) => {
  expect(() => open(over)).toThrow(InvalidSpecError);
  expect(() => open(over)).toThrow(issue);
});

test("a bidder that is invited twice is refused by name", () => {
  expect(() => announce({ id: "x" }, ["ann", "ann"])).toThrow(/bidder 'ann' is named twice/);
});
