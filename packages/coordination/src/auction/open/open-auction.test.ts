import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InvalidSpecError } from "../../errors.ts";
import { play } from "../../session/play.test-data.ts";
import { openSession, receiveReply, settleStep } from "../../session/session.ts";
import { dutch } from "./dutch.ts";
import { english } from "./english.ts";
import type { OpenAuctionOutcome } from "./outcome.ts";
import type { OpenOffer, Quote } from "./question.ts";
import { type OpenTermsSpec, openTerms } from "./terms.ts";

const names = (costs: readonly number[]): readonly string[] => costs.map((_, at) => `b${at}`);
const costOf = (costs: readonly number[], bidder: string): number =>
  costs[Number(bidder.slice(1))] ?? Number.NaN;

/** Undercuts by one step, or takes the price, whenever that covers its cost. */
function straightforward(cost: number, quote: Quote): OpenOffer {
  switch (quote.kind) {
    case "undercut":
      return quote.most >= cost ? { kind: "offer", price: quote.most } : { kind: "pass" };
    case "take":
      return quote.price >= cost ? { kind: "offer", price: quote.price } : { kind: "wait" };
    case "award":
      return { kind: "accept" };
  }
}

function hold(
  spec: OpenTermsSpec,
  costs: readonly number[],
  answer = (bidder: string, quote: Quote): OpenOffer | undefined =>
    straightforward(costOf(costs, bidder), quote),
): OpenAuctionOutcome {
  const terms = openTerms("x", spec);
  const course = (terms.kind === "english" ? english : dutch) as typeof english;
  const { outcome, steps } = play(course(terms, names(costs)), answer);
  const quotes = Math.ceil((terms.reserve - (spec.kind === "dutch" ? spec.start : 0)) / terms.step);
  expect(steps).toBeLessThanOrEqual(quotes + 1 + 2 * costs.length + 1);
  return outcome;
}

const anyCosts = fc.array(fc.integer({ min: 0, max: 120 }), { minLength: 1, maxLength: 6 });
const anyStep = fc.integer({ min: 1, max: 9 });

test("a reverse English auction is won by the lowest cost, within a step of the second lowest", () => {
  fc.assert(
    fc.property(anyCosts, anyStep, (costs, step) => {
      const reserve = 100;
      const outcome = hold({ kind: "english", reserve, step }, costs);
      const [lowest = Number.NaN, second = Number.POSITIVE_INFINITY] = costs.toSorted(
        (a, b) => a - b,
      );
      if (lowest > reserve) {
        expect(outcome).toMatchObject({ awarded: false, reason: "no-offers" });
        return;
      }
      if (!outcome.awarded) throw new Error("somebody could have done it");
      const cost = costOf(costs, outcome.winner);
      expect(outcome.price).toBeGreaterThanOrEqual(cost);
      expect(outcome.price).toBeLessThan(Math.min(second, reserve) + step);
      expect(outcome.price).toBeGreaterThanOrEqual(Math.min(second, reserve) - step);
      // Whoever is less than a step dearer may be the last to undercut.
      expect(cost - lowest).toBeLessThan(step);
    }),
    { numRuns: 1000 },
  );
});

test("a reverse Dutch auction is won by the lowest cost at the first price that covers it", () => {
  fc.assert(
    fc.property(anyCosts, anyStep, fc.integer({ min: 0, max: 60 }), (costs, step, start) => {
      const reserve = 100;
      const outcome = hold({ kind: "dutch", start, reserve, step }, costs);
      const lowest = Math.min(...costs);
      if (lowest > reserve) {
        expect(outcome).toMatchObject({ awarded: false, reason: "no-offers" });
        return;
      }
      const steps = Math.max(0, Math.ceil((lowest - start) / step));
      const price = Math.min(start + steps * step, reserve);
      expect(outcome).toMatchObject({ awarded: true, price });
      if (outcome.awarded) expect(costOf(costs, outcome.winner)).toBeLessThanOrEqual(price);
    }),
    { numRuns: 1000 },
  );
});

describe.each([
  ["english", { kind: "english", reserve: 100, step: 10 }],
  ["dutch", { kind: "dutch", start: 0, reserve: 100, step: 10 }],
] as const)("in a reverse %s auction", (_, spec) => {
  test("the dearest does not win", () => {
    expect(hold(spec, [30, 20, 10])).toMatchObject({ awarded: true, winner: "b2" });
  });

  test("a winner that declines or is silent is passed over, and the next cheapest asked", () => {
    for (const said of [undefined, { kind: "decline", reason: "busy" } as const]) {
      const outcome = hold(spec, [10, 30, 50], (bidder, quote) =>
        bidder === "b0" && quote.kind === "award"
          ? said
          : straightforward(costOf([10, 30, 50], bidder), quote),
      );
      const reason = said?.reason ?? "no answer to the award";
      expect(outcome).toMatchObject({
        awarded: true,
        winner: "b1",
        declined: [{ bidder: "b0", reason }],
      });
      if (outcome.awarded) expect(outcome.price).toBeGreaterThanOrEqual(30);
    }
  });

  test("it fails when all decline, when nobody offers, and when nobody was invited", () => {
    const declining = (bidder: string, quote: Quote): OpenOffer =>
      quote.kind === "award"
        ? { kind: "decline", reason: "busy" }
        : straightforward(costOf([10, 30], bidder), quote);
    expect(hold(spec, [10, 30], declining)).toMatchObject({ reason: "all-declined" });
    expect(hold(spec, [500])).toMatchObject({ awarded: false, reason: "no-offers" });
    expect(hold(spec, [10, 20], () => undefined)).toMatchObject({
      reason: "no-offers",
      out: [
        { bidder: "b0", why: "silent" },
        { bidder: "b1", why: "silent" },
      ],
    });
    expect(hold(spec, [])).toMatchObject({ awarded: false, reason: "no-bidders" });
  });

  test("it ends whatever bidders answer, and pays nobody more than the reserve", () => {
    const anything: fc.Arbitrary<OpenOffer | undefined> = fc.oneof(
      fc.constant(undefined),
      fc.record({ kind: fc.constant("offer" as const), price: fc.integer({ min: -5, max: 120 }) }),
      fc.constantFrom<OpenOffer>(
        { kind: "pass" },
        { kind: "wait" },
        { kind: "accept" },
        { kind: "decline", reason: "" },
        { kind: "offer", price: Number.NaN },
      ),
    );
    fc.assert(
      fc.property(fc.infiniteStream(anything), (answers) => {
        const outcome = hold(spec, [1, 2, 3], () => answers.next().value);
        if (!outcome.awarded) return;
        expect(outcome.price).toBeLessThanOrEqual(100);
        expect(outcome.offers).toContainEqual({ bidder: outcome.winner, price: outcome.price });
      }),
      { numRuns: 300 },
    );
  });
});

test("among equal undercuts and equal takes the one that came first leads", () => {
  expect(hold({ kind: "english", reserve: 100, step: 10 }, [95, 95])).toMatchObject({
    winner: "b0",
    price: 100,
  });
  expect(hold({ kind: "dutch", start: 50, reserve: 100, step: 10 }, [60, 60])).toMatchObject({
    winner: "b0",
    price: 60,
  });
});

test("in a Dutch auction only the price that is quoted can be taken, and only an award be accepted", () => {
  const course = dutch(openTerms("x", { kind: "dutch", start: 10, reserve: 20, step: 5 }), ["ann"]);
  const fits = (answer: OpenOffer) => course.fits(course.start, "ann", answer);
  expect(fits({ kind: "offer", price: 10 })).toBe(true);
  expect(fits({ kind: "offer", price: 11 })).toBe(false);
  expect(fits({ kind: "offer", price: 9 })).toBe(false);
  expect(fits({ kind: "accept" })).toBe(false);
  const taken = course.settle(course.start, new Map([["ann", { kind: "offer", price: 10 }]]));
  expect(course.fits(taken, "ann", { kind: "offer", price: 10 })).toBe(false);
  expect(course.fits(taken, "ann", { kind: "accept" })).toBe(true);
});

test("a runner-up that had passed is asked at what it last offered", () => {
  const answer = (bidder: string, quote: Quote): OpenOffer =>
    quote.kind === "award" && bidder === "b0"
      ? { kind: "decline", reason: "busy" }
      : straightforward(costOf([10, 55], bidder), quote);
  const outcome = hold({ kind: "english", reserve: 100, step: 10 }, [10, 55], answer);
  expect(outcome).toMatchObject({ awarded: true, winner: "b1" });
  if (outcome.awarded) {
    const last = outcome.offers.findLast(({ bidder }) => bidder === "b1");
    expect(outcome.price).toBe(last?.price);
  }
});

describe("an open auction refuses, with evidence,", () => {
  const terms = openTerms("x", { kind: "english", reserve: 100, step: 10 });
  const parties = [
    { party: "ann", token: "t1" },
    { party: "bob", token: "t2" },
  ];
  const open = () => openSession("x", english(terms, ["ann", "bob"]), parties);
  const offer = (price: number, over = {}) => ({
    session: "x",
    step: 1,
    party: "ann",
    token: "t1",
    answer: { kind: "offer", price } as const,
    ...over,
  });

  test.each([
    ["an offer above the reserve", offer(101), "invalid"],
    ["a negative offer", offer(-1), "invalid"],
    ["an offer that is no number", offer(Number.NaN), "invalid"],
    ["a price between units", offer(50.5), "invalid"],
    ["an answer to another question", offer(0, { answer: { kind: "accept" } }), "invalid"],
    ["an offer of somebody who was not invited", offer(50, { party: "eve" }), "foreign"],
    ["an offer in another's name", offer(50, { party: "bob" }), "forged"],
    ["an offer in another auction", offer(50, { session: "y" }), "wrong-session"],
    ["an offer in a round to come", offer(50, { step: 2 }), "unasked"],
  ])("%s", (_, reply, why) => {
    const { session, refusal } = receiveReply(open(), reply);
    expect(refusal).toBe(why);
    expect(session.refused).toMatchObject([{ why, sequence: 1, answer: reply.answer }]);
    expect(JSON.stringify(session.refused)).not.toContain("t1");
  });

  test("a second offer in one round, however low; the first stands", () => {
    const once = receiveReply(open(), offer(50)).session;
    expect(receiveReply(once, offer(40)).refusal).toBe("contradictory");
    expect(receiveReply(once, offer(50)).refusal).toBe("repeated");
    const { state } = settleStep(receiveReply(once, offer(40)).session);
    expect(state.standing).toEqual([{ bidder: "ann", price: 50 }]);
  });

  test("a late offer, and one of the leader itself", () => {
    const withoutAnn = settleStep(
      receiveReply(open(), offer(80, { party: "bob", token: "t2" })).session,
    );
    expect(receiveReply(withoutAnn, offer(1)).refusal).toBe("late");
    const second = settleStep(
      receiveReply(
        receiveReply(open(), offer(90)).session,
        offer(80, { party: "bob", token: "t2" }),
      ).session,
    );
    expect(receiveReply(second, offer(1)).refusal).toBe("contradictory");
    expect(receiveReply(second, offer(90)).refusal).toBe("repeated");
    const own = offer(1, { party: "bob", token: "t2", step: 2 });
    expect(receiveReply(second, own).refusal).toBe("unasked");
    expect(receiveReply(second, offer(71, { step: 2 })).refusal).toBe("invalid");
    expect(receiveReply(second, offer(70, { step: 2 })).refusal).toBeUndefined();
  });
});

test.each([
  ["a step of nothing", { kind: "english", reserve: 100, step: 0 }],
  ["a price that is no integer", { kind: "english", reserve: 0.5, step: 1 }],
  ["a start above the reserve", { kind: "dutch", start: 11, reserve: 10, step: 1 }],
  ["more quotes than the limit", { kind: "dutch", start: 0, reserve: 1_000_000, step: 1 }],
] as const)("an open auction with %s is not held", (_, spec) => {
  expect(() => openTerms("x", spec)).toThrow(InvalidSpecError);
});
