import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { play } from "../session/play.test-data.ts";
import { openSession, receiveReply, settleStep } from "../session/session.ts";
import { alternatingOffers } from "./alternating-offers.ts";
import { type Concession, concede } from "./concession.ts";
import { type Deal, dealsOf, type Issues, isSameDeal } from "./deal.ts";
import type { Answer, Move, Question } from "./question.ts";
import { equilibriumShare } from "./rubinstein.ts";

const isMove = (question: Question): Move => {
  if (question.kind !== "move") throw new Error("only moves are asked for");
  return question;
};

/** Divides `pie` units between ann and bob, who both play Rubinstein's equilibrium of that many turns. */
function divide(pie: number, discounts: { ann: number; bob: number }, turns: number) {
  const issues: Issues = { ann: { from: 0, to: pie } };
  const mine = (party: string, deal: Deal): number =>
    party === "ann" ? Number(deal["ann"]) : pie - Number(deal["ann"]);
  const answer = (party: string, question: Question): Answer => {
    const { turn, table } = isMove(question);
    const mover = party === "ann" ? discounts.ann : discounts.bob;
    const other = party === "ann" ? discounts.bob : discounts.ann;
    const share = turn > turns ? 0 : equilibriumShare({ mover, other }, turns - turn + 1);
    // What its own offer would get it a turn later is worth this much now.
    const waiting = Math.floor(mover * share * pie);
    if (table !== undefined && mine(party, table) >= waiting) return { kind: "accept" };
    const keeps = Math.floor(share * pie);
    return { kind: "offer", deal: { ann: party === "ann" ? keeps : pie - keeps } };
  };
  return play(alternatingOffers(issues, ["ann", "bob"], turns), answer).outcome;
}

test("alternating offers agree at once, and come to Rubinstein's split as the horizon grows", () => {
  const pie = 1_000_000;
  const discount = fc.integer({ min: 50, max: 95 }).map((percent) => percent / 100);
  fc.assert(
    fc.property(discount, discount, (ann, bob) => {
      const limit = (1 - bob) / (1 - ann * bob);
      let before = Number.POSITIVE_INFINITY;
      for (const turns of [1, 5, 25, 125]) {
        const outcome = divide(pie, { ann, bob }, turns);
        if (!outcome.agreed) throw new Error("rational parties agree");
        expect(outcome.turn).toBe(1);
        const distance = Math.abs(Number(outcome.deal["ann"]) / pie - limit);
        expect(distance).toBeLessThanOrEqual((ann * bob) ** ((turns - 1) / 2) + 2 / pie);
        expect(distance).toBeLessThanOrEqual(before + 2 / pie);
        before = distance;
      }
    }),
    { numRuns: 100 },
  );
});

test("the equilibrium without end is where neither gains by waiting, and is the limit of the finite ones", () => {
  const discount = fc.double({ min: 0.01, max: 0.99, noNaN: true });
  fc.assert(
    fc.property(discount, discount, (mover, other) => {
      const mine = equilibriumShare({ mover, other });
      const theirs = equilibriumShare({ mover: other, other: mover });
      expect(1 - mine).toBeCloseTo(other * theirs, 9);
      expect(1 - theirs).toBeCloseTo(mover * mine, 9);
      expect(equilibriumShare({ mover, other }, 3000)).toBeCloseTo(mine, 9);
    }),
  );
  expect(equilibriumShare({ mover: 0.9, other: 0.9 })).toBeCloseTo(1 / 1.9, 12);
  expect(equilibriumShare({ mover: 0.9, other: 0.5 }, 1)).toBe(1);
  expect(equilibriumShare({ mover: 0.9, other: 0.5 }, 2)).toBeCloseTo(0.5, 12);
  expect(equilibriumShare({ mover: 0.9, other: 0.5 }, 3)).toBeCloseTo(1 - 0.5 * 0.1, 12);
});

test("the more patient party gets more, and being first is worth something", () => {
  expect(equilibriumShare({ mover: 0.9, other: 0.5 })).toBeGreaterThan(
    equilibriumShare({ mover: 0.5, other: 0.5 }),
  );
  expect(equilibriumShare({ mover: 0.5, other: 0.5 })).toBeGreaterThan(0.5);
});

const issues: Issues = {
  format: { options: ["parquet", "csv", "json"] },
  days: { from: 1, to: 4 },
};
const deals = dealsOf("negotiation", "x", issues);
const anyWorths = fc.array(fc.integer({ min: 0, max: 100 }), {
  minLength: deals.length,
  maxLength: deals.length,
});
const worthIn = (worths: readonly number[]) => (deal: Deal) =>
  worths[deals.findIndex((one) => JSON.stringify(one) === JSON.stringify(deal))] ?? Number.NaN;
const anyParty = fc.record({
  worths: anyWorths,
  noDeal: fc.integer({ min: 0, max: 110 }),
  pace: fc.constantFrom(0.2, 1, 3),
});

test("parties that concede never end worse off than without a deal, and end within their turns", () => {
  let agreements = 0;
  fc.assert(
    fc.property(anyParty, anyParty, fc.integer({ min: 1, max: 15 }), (ann, bob, turns) => {
      const strategies = new Map(
        Object.entries({ ann, bob }).map(([name, { worths, noDeal, pace }]) => [
          name,
          { worth: worthIn(worths), noDeal, pace, deals },
        ]),
      );
      const { outcome, steps } = play(
        alternatingOffers(issues, ["ann", "bob"], turns),
        (party, question) => {
          const strategy = strategies.get(party);
          return strategy && concede(strategy, isMove(question));
        },
      );
      expect(steps).toBeLessThanOrEqual(turns + 1);
      if (!outcome.agreed) return;
      agreements += 1;
      for (const { worth, noDeal } of strategies.values()) {
        expect(worth(outcome.deal)).toBeGreaterThanOrEqual(noDeal);
      }
    }),
    { numRuns: 500 },
  );
  expect(agreements).toBeGreaterThan(50);
});

test("parties that both concede all the way find a deal that is better for both, if there are turns enough", () => {
  fc.assert(
    fc.property(anyWorths, anyWorths, (first, second) => {
      const strategy = (worths: readonly number[]) => ({
        worth: worthIn(worths),
        noDeal: 0,
        deals,
      });
      const parties = new Map([
        ["ann", strategy(first)],
        ["bob", strategy(second)],
      ]);
      const { outcome } = play(alternatingOffers(issues, ["ann", "bob"], 20), (party, question) => {
        const mine = parties.get(party);
        return mine && concede(mine, isMove(question));
      });
      expect(outcome.agreed).toBe(true);
    }),
    { numRuns: 100 },
  );
});

test("a party that concedes says that it leaves when the last offer is too poor, or no deal is good enough", () => {
  const picky = { worth: () => 5, noDeal: 6, deals };
  const easy = { ...picky, noDeal: 0 };
  const held = (first: Concession, second: Concession, turns: number) =>
    play(alternatingOffers(issues, ["ann", "bob"], turns), (party, question) =>
      concede(party === "ann" ? first : second, isMove(question)),
    ).outcome;
  expect(held(picky, easy, 5)).toMatchObject({ reason: "withdrawn", party: "ann" });
  const sure = { format: "csv", days: 1 };
  const only = { worth: (deal: Deal) => (isSameDeal(deal, sure) ? 10 : 0), noDeal: 5, deals };
  const never = { worth: (deal: Deal) => (isSameDeal(deal, sure) ? 0 : 10), noDeal: 5, deals };
  expect(held(only, never, 1)).toMatchObject({
    reason: "withdrawn",
    party: "bob",
    why: "the last offer is worse than no deal",
  });
});

const script =
  (...moves: (Answer | undefined)[]) =>
  (_party: string, _question: Question, step: number) =>
    moves[step - 1];
const offer = (format: string, days: number): Answer => ({ kind: "offer", deal: { format, days } });
const accept: Answer = { kind: "accept" };

describe("a negotiation ends", () => {
  const course = alternatingOffers(issues, ["ann", "bob"], 2);

  test("with the deal on the table when it is accepted", () => {
    expect(play(course, script(offer("csv", 1), offer("json", 2), accept)).outcome).toEqual({
      agreed: true,
      deal: { format: "json", days: 2 },
      turn: 2,
      offers: [
        { party: "ann", turn: 1, deal: { format: "csv", days: 1 } },
        { party: "bob", turn: 2, deal: { format: "json", days: 2 } },
      ],
    });
  });

  test("without a deal when a party withdraws, is silent, or breaks the rules", () => {
    const leave: Answer = { kind: "withdraw", reason: "too dear" };
    expect(play(course, script(offer("csv", 1), leave)).outcome).toMatchObject({
      agreed: false,
      reason: "withdrawn",
      party: "bob",
      why: "too dear",
    });
    const silent = { agreed: false, reason: "silent" };
    expect(play(course, script()).outcome).toMatchObject({ ...silent, party: "ann" });
    expect(play(course, script(accept)).outcome).toMatchObject({ ...silent, party: "ann" });
    const third = script(offer("csv", 1), offer("csv", 2), offer("csv", 3));
    expect(play(course, third).outcome).toMatchObject({ ...silent, party: "ann" });
  });
});

describe("refused, with evidence, is", () => {
  const parties = [
    { party: "ann", token: "t1" },
    { party: "bob", token: "t2" },
  ];
  const open = () => openSession("x", alternatingOffers(issues, ["ann", "bob"], 5), parties);
  const by = (party: string, token: string, answer: Answer, step = 1) => ({
    session: "x",
    step,
    party,
    token,
    answer,
  });

  test.each([
    ["an offer out of turn", by("bob", "t2", offer("csv", 1)), "unasked"],
    ["an offer in another's name", by("ann", "t2", offer("csv", 1)), "forged"],
    ["a word of somebody who is no party", by("eve", "t1", offer("csv", 1)), "foreign"],
    ["an option that there is not", by("ann", "t1", offer("xml", 1)), "invalid"],
    ["a number out of range", by("ann", "t1", offer("csv", 5)), "invalid"],
    ["a number between integers", by("ann", "t1", offer("csv", 1.5)), "invalid"],
    [
      "an offer that leaves an issue open",
      by("ann", "t1", { kind: "offer", deal: { format: "csv" } }),
      "invalid",
    ],
    [
      "an offer on something else besides",
      by("ann", "t1", { kind: "offer", deal: { format: "csv", days: 1, price: 1 } }),
      "invalid",
    ],
    ["an acceptance of nothing", by("ann", "t1", accept), "invalid"],
    ["an answer of another kind", by("ann", "t1", { kind: "better", better: true }), "invalid"],
  ])("%s", (_, reply, why) => {
    const { session, refusal } = receiveReply(open(), reply);
    expect(refusal).toBe(why);
    expect(session.refused).toMatchObject([{ why, party: reply.party, answer: reply.answer }]);
  });

  test("a second offer in one turn, and one that comes when the turn is over", () => {
    const first = receiveReply(open(), by("ann", "t1", offer("csv", 1))).session;
    const again = receiveReply(first, by("ann", "t1", offer("csv", 1)));
    expect(again.refusal).toBe("repeated");
    const other = receiveReply(first, by("ann", "t1", offer("json", 4)));
    expect(other.refusal).toBe("contradictory");
    const next = settleStep(other.session);
    expect(next.state.offers).toEqual([
      { party: "ann", turn: 1, deal: { format: "csv", days: 1 } },
    ]);
    expect(receiveReply(next, by("ann", "t1", offer("json", 4))).refusal).toBe("contradictory");
    const silent = settleStep(open());
    expect(receiveReply(silent, by("ann", "t1", offer("json", 4))).refusal).toBe("late");
  });
});
