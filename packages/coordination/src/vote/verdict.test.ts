import fc from "fast-check";
import { expect, test } from "vitest";
import { outcomeOf } from "./outcome.ts";
import { openPoll, type Poll } from "./poll.ts";
import type { Ballot } from "./protocol.ts";
import type { Rule, TieRule } from "./rule.ts";
import { closeTally, emptyTally, receiveBallot, silentSeats, type Tally } from "./tally.ts";
import { verdict } from "./verdict.ts";

/** A member's weight and vote: an option's index, null to abstain, undefined to stay silent. */
interface Cast {
  readonly weight: number;
  readonly choice: number | null | undefined;
}

const optionNames = ["a", "b", "c"];

const aboveHalf: fc.Arbitrary<Rule> = fc.oneof(
  fc.integer({ min: 51, max: 100 }).map((votes): Rule => ({ kind: "threshold", votes, of: 100 })),
  fc.constantFrom<Rule>(
    { kind: "majority" },
    { kind: "qualified", votes: 2, of: 3 },
    { kind: "unanimous" },
  ),
);
const anyRule: fc.Arbitrary<Rule> = fc.oneof(
  aboveHalf,
  fc.integer({ min: 1, max: 50 }).map((votes): Rule => ({ kind: "threshold", votes, of: 100 })),
);
const anyTie = fc.constantFrom<TieRule>("no-consensus", "first-option", { chair: "m0" });
const anyCasts: fc.Arbitrary<readonly Cast[]> = fc.array(
  fc.record({
    weight: fc.integer({ min: 1, max: 4 }),
    choice: fc.constantFrom(0, 1, 2, null, undefined),
  }),
  { minLength: 1, maxLength: 5 },
);

function pollOf(casts: readonly Cast[], rule: Rule, tie: TieRule = "no-consensus"): Poll {
  return openPoll(
    { id: "v", question: "q", options: optionNames, rule, tie },
    casts.map(({ weight }, index) => ({ member: `m${index}`, weight })),
    "secret",
  );
}

function ballotsOf(poll: Poll, casts: readonly Cast[]): readonly Ballot[] {
  return casts.flatMap(({ choice }, index) =>
    choice === undefined
      ? []
      : [
          {
            vote: "v",
            round: 1,
            digest: poll.electorate[index]?.digest ?? "",
            member: `m${index}`,
            choice: choice === null ? null : (optionNames[choice] ?? null),
            reason: "",
          },
        ],
  );
}

function tallyOf(poll: Poll, ballots: readonly Ballot[]): Tally {
  return ballots.reduce((tally, ballot) => receiveBallot(tally, ballot).tally, emptyTally(poll));
}

/** The decision by definition, with everything in: exact fractions, no shortcuts. */
function bruteForce(casts: readonly Cast[], rule: Rule, tie: TieRule): string | undefined {
  const total = casts.reduce((sum, { weight }) => sum + weight, 0);
  const results = optionNames.map((option, index) => {
    const behind = casts.filter(({ choice }) => choice === index);
    const weight = behind.reduce((sum, one) => sum + one.weight, 0);
    const share = weight / total;
    const enough =
      rule.kind === "threshold"
        ? BigInt(weight) * BigInt(rule.of) >= BigInt(rule.votes) * BigInt(total)
        : rule.kind === "majority"
          ? share > 0.5
          : rule.kind === "qualified"
            ? weight * 3 >= total * 2 && behind.length > casts.length / 2
            : behind.length === casts.length;
    return { option, weight, enough };
  });
  const passing = results.filter(({ enough }) => enough);
  const most = Math.max(0, ...passing.map(({ weight }) => weight));
  const best = passing.filter(({ weight }) => weight === most).map(({ option }) => option);
  if (best.length <= 1) return best[0];
  if (tie === "first-option") return best[0];
  const chairs = optionNames[casts[0]?.choice ?? -1];
  return typeof tie === "object" && chairs !== undefined && best.includes(chairs)
    ? chairs
    : undefined;
}

const decidedOption = (tally: Tally): string | undefined => {
  const end = verdict(tally);
  return end.status === "decided" ? end.option : undefined;
};

/** Every way in which the silent members could still vote. */
function* completions(casts: readonly Cast[]): Generator<readonly Cast[]> {
  const index = casts.findIndex(({ choice }) => choice === undefined);
  if (index === -1) return yield casts;
  for (const choice of [0, 1, 2, null]) {
    yield* completions(casts.map((cast, at) => (at === index ? { ...cast, choice } : cast)));
  }
}

test("a closed vote is decided as a count by definition decides it", () => {
  fc.assert(
    fc.property(anyCasts, anyRule, anyTie, (casts, rule, tie) => {
      const poll = pollOf(casts, rule, tie);
      const closed = closeTally(tallyOf(poll, ballotsOf(poll, casts)));
      expect(decidedOption(closed)).toBe(bruteForce(casts, rule, tie));
      expect(verdict(closed).status).not.toBe("open");
    }),
    { numRuns: 500 },
  );
});

test("a verdict given early stands however the missing members vote", () => {
  fc.assert(
    fc.property(anyCasts, anyRule, anyTie, (casts, rule, tie) => {
      const poll = pollOf(casts, rule, tie);
      const early = verdict(tallyOf(poll, ballotsOf(poll, casts)));
      if (early.status === "open") return;
      const expected = early.status === "decided" ? early.option : undefined;
      for (const complete of completions(casts)) {
        expect(bruteForce(complete, rule, tie)).toBe(expected);
      }
    }),
    { numRuns: 500 },
  );
});

test("a vote stays open only while the missing members can make a difference", () => {
  fc.assert(
    fc.property(anyCasts, aboveHalf, (casts, rule) => {
      const poll = pollOf(casts, rule);
      if (verdict(tallyOf(poll, ballotsOf(poll, casts))).status !== "open") return;
      const ends = new Set(
        [...completions(casts)].map((complete) => bruteForce(complete, rule, "no-consensus")),
      );
      expect(ends.size).toBeGreaterThan(1);
    }),
    { numRuns: 500 },
  );
});

test("the order in which ballots arrive changes nothing of the outcome", () => {
  const withOrder = anyCasts.chain((casts) =>
    fc.tuple(
      fc.constant(casts),
      fc.shuffledSubarray([...casts.keys()], { minLength: casts.length }),
    ),
  );
  fc.assert(
    fc.property(withOrder, anyRule, anyTie, ([casts, order], rule, tie) => {
      const poll = pollOf(casts, rule, tie);
      const ballots = ballotsOf(poll, casts);
      const shuffled = order.flatMap((index) =>
        ballots.filter((one) => one.member === `m${index}`),
      );
      expect(outcomeOf(closeTally(tallyOf(poll, shuffled)))).toEqual(
        outcomeOf(closeTally(tallyOf(poll, ballots))),
      );
    }),
  );
});

test("stopping at the first certain verdict decides like waiting for every ballot, in any order", () => {
  fc.assert(
    fc.property(anyCasts, anyRule, anyTie, (casts, rule, tie) => {
      const poll = pollOf(casts, rule, tie);
      const ballots = ballotsOf(poll, casts);
      let tally = emptyTally(poll);
      for (const ballot of ballots) {
        tally = receiveBallot(tally, ballot).tally;
        if (verdict(tally).status !== "open") tally = closeTally(tally);
      }
      expect(decidedOption(closeTally(tally))).toBe(
        decidedOption(closeTally(tallyOf(poll, ballots))),
      );
    }),
    { numRuns: 500 },
  );
});

test("of two parts of an electorate that cannot reach each other at most one decides", () => {
  const parted = fc.array(
    fc.record({
      weight: fc.integer({ min: 1, max: 4 }),
      here: fc.integer({ min: 0, max: 2 }),
      side: fc.boolean(),
    }),
    { minLength: 1, maxLength: 12 },
  );
  const rules = fc.oneof(aboveHalf, fc.constantFrom<Rule>({ kind: "ranked" }, { kind: "schulze" }));
  fc.assert(
    fc.property(parted, rules, (members, rule) => {
      const seenBy = (side: boolean) =>
        members.map(({ weight, here, side: on }) => ({
          weight,
          choice: on === side ? here : undefined,
        }));
      const decided = [true, false].filter((side) => {
        const poll = pollOf(seenBy(side), rule);
        return (
          decidedOption(closeTally(tallyOf(poll, ballotsOf(poll, seenBy(side))))) !== undefined
        );
      });
      expect(decided.length).toBeLessThanOrEqual(1);
      const total = members.reduce((sum, { weight }) => sum + weight, 0);
      for (const side of decided) {
        const mine = members.filter((one) => one.side === side);
        expect(2 * mine.reduce((sum, { weight }) => sum + weight, 0)).toBeGreaterThan(total);
      }
    }),
    { numRuns: 500 },
  );
});

test("two agreeing ballots of a hundred members decide nothing, though they are all that were cast", () => {
  const casts = Array.from({ length: 100 }, (_, index) => ({
    weight: 1,
    choice: index < 2 ? 0 : undefined,
  }));
  const poll = pollOf(casts, { kind: "threshold", votes: 67, of: 100 });
  expect(verdict(closeTally(tallyOf(poll, ballotsOf(poll, casts))))).toEqual({
    status: "no-consensus",
    reason: "deadline-passed",
  });
});

test("a vote to which nobody answers ends without consensus", () => {
  const poll = pollOf([{ weight: 1, choice: undefined }], { kind: "majority" });
  expect(verdict(emptyTally(poll))).toEqual({ status: "open" });
  const outcome = outcomeOf(closeTally(emptyTally(poll)));
  expect(outcome).toMatchObject({ reason: "no-ballots", confidence: 0, missing: ["m0"] });
  expect(outcome).not.toHaveProperty("decided");
});

test("all abstaining is known to decide nothing before the deadline", () => {
  const casts = [null, null, undefined].map((choice) => ({ weight: 1, choice }));
  const poll = pollOf(casts, { kind: "majority" });
  expect(verdict(tallyOf(poll, ballotsOf(poll, casts)))).toEqual({
    status: "no-consensus",
    reason: "out-of-reach",
  });
});

test.each([
  ["no-consensus", { status: "no-consensus", reason: "tied" }],
  ["first-option", { status: "decided", option: "a" }],
  [{ chair: "m1" }, { status: "decided", option: "b" }],
  [{ chair: "m2" }, { status: "no-consensus", reason: "tied" }],
] as const)("two options that pass alike end as the tie rule %j says", (tie, expected) => {
  const casts = [0, 1, null].map((choice) => ({ weight: 1, choice }));
  const poll = pollOf(casts, { kind: "threshold", votes: 30, of: 100 }, tie);
  expect(verdict(tallyOf(poll, ballotsOf(poll, casts)))).toEqual(expected);
});

test("the chair does not decide a tie for an option that did not pass", () => {
  const casts = [0, 1, 2].map((choice) => ({ weight: choice === 2 ? 1 : 2, choice }));
  const poll = pollOf(casts, { kind: "threshold", votes: 30, of: 100 }, { chair: "m2" });
  expect(verdict(tallyOf(poll, ballotsOf(poll, casts)))).toEqual({
    status: "no-consensus",
    reason: "tied",
  });
});

test("the outcome accounts for every member and carries the reasons", () => {
  const casts = [0, 0, 1, null, undefined].map((choice) => ({ weight: 2, choice }));
  const poll = pollOf(casts, { kind: "threshold", votes: 40, of: 100 });
  const ballots = ballotsOf(poll, casts).map((one) => ({ ...one, reason: `as ${one.member}` }));
  const outcome = outcomeOf(closeTally(tallyOf(poll, ballots)), "talk");
  expect(outcome).toEqual({
    id: "v",
    conversation: "talk",
    round: 1,
    question: "q",
    decided: "a",
    counts: { a: 4, b: 2, c: 0 },
    electorate: 10,
    abstained: ["m3"],
    missing: ["m4"],
    ballots: [
      { member: "m0", choice: "a", weight: 2, reason: "as m0" },
      { member: "m1", choice: "a", weight: 2, reason: "as m1" },
      { member: "m2", choice: "b", weight: 2, reason: "as m2" },
    ],
    abstentions: [{ member: "m3", weight: 2, reason: "as m3" }],
    refused: [],
    refusedCount: 0,
    confidence: 0.4,
  });
  expect(silentSeats(tallyOf(poll, ballots))).toMatchObject([{ member: "m4", weight: 2 }]);
});
