import fc from "fast-check";
import { expect, test } from "vitest";
import { outcomeOf, type VoteOutcome } from "./outcome.ts";
import { openPoll } from "./poll.ts";
import type { TieRule } from "./rule.ts";
import type { RankedBallot } from "./runoff.ts";
import { schulze } from "./schulze.ts";
import { closeTally, emptyTally, receiveBallot, type Tally } from "./tally.ts";
import { verdict } from "./verdict.ts";

const ballots = (...groups: [number, string][]): RankedBallot[] =>
  groups.map(([weight, ranking]) => ({ weight, ranking: [...ranking] }));
const options = [..."abcd"];
const anyRankings = fc.array(
  fc.record({
    weight: fc.integer({ min: 1, max: 3 }),
    ranking: fc.shuffledSubarray(options, { minLength: 0 }),
  }),
  { minLength: 1, maxLength: 7 },
);

/** Weight that prefers one option to another, counted one ballot after the other. */
const preferring = (votes: readonly RankedBallot[], one: string, other: string): number =>
  votes
    .filter(({ ranking }) => {
      const upTo = ranking.includes(other) ? ranking.indexOf(other) : ranking.length;
      return ranking.slice(0, upTo).includes(one);
    })
    .reduce((sum, { weight }) => sum + weight, 0);

/** Strength of the strongest path, by trying every path. */
function strongest(votes: readonly RankedBallot[], from: string, to: string): number {
  const link = (one: string, other: string) => {
    const weight = preferring(votes, one, other);
    return weight > preferring(votes, other, one) ? weight : 0;
  };
  const search = (at: string, left: readonly string[], weakest: number): number =>
    Math.max(
      Math.min(weakest, link(at, to)),
      ...left.map((via) =>
        search(
          via,
          left.filter((other) => other !== via),
          Math.min(weakest, link(at, via)),
        ),
      ),
    );
  const between = options.filter((option) => option !== from && option !== to);
  return search(from, between, Number.POSITIVE_INFINITY);
}

test("the winners are those that no other option beats by a stronger path", () => {
  fc.assert(
    fc.property(anyRankings, (votes) => {
      const expected = options.filter((one) =>
        options.every(
          (other) => other === one || strongest(votes, one, other) >= strongest(votes, other, one),
        ),
      );
      expect(schulze(options, votes).winners).toEqual(expected);
      expect(expected).not.toEqual([]);
    }),
    { numRuns: 300 },
  );
});

test("who is preferred to each other by more weight than not wins alone, also where a run-off drops it first", () => {
  // b is everybody's second choice: an instant run-off eliminates it at once.
  const votes = ballots([4, "abc"], [3, "bac"], [4, "cba"]);
  expect(schulze([..."abc"], votes).winners).toEqual(["b"]);
  fc.assert(
    fc.property(anyRankings, (all) => {
      const best = options.find((one) =>
        options.every(
          (other) => other === one || preferring(all, one, other) > preferring(all, other, one),
        ),
      );
      if (best !== undefined) expect(schulze(options, all).winners).toEqual([best]);
    }),
    { numRuns: 300 },
  );
});

test("Schulze's own example: of 45 voters and five options e wins", () => {
  const votes = ballots(
    [5, "acbed"],
    [5, "adecb"],
    [8, "bedac"],
    [3, "cabed"],
    [7, "caebd"],
    [2, "cbade"],
    [7, "dceba"],
    [8, "ebadc"],
  );
  const { winners, pairwise } = schulze([..."abcde"], votes);
  expect(winners).toEqual(["e"]);
  expect(pairwise).toMatchObject({ a: { b: 20, c: 26, d: 30, e: 22 }, e: { a: 23, d: 31 } });
});

const members = ["ann", "bob", "cid", "dan", "eve"];

function tally(
  rankings: readonly (string | undefined)[],
  tie: TieRule = "no-consensus",
  over: readonly string[] = [..."abc"],
): Tally {
  const spec = { id: "v", question: "q", options: over, rule: { kind: "schulze" as const }, tie };
  const poll = openPoll(
    spec,
    rankings.map((_, at) => ({ member: members[at] ?? `m${at}` })),
    "secret",
  );
  return rankings.reduce((so, ranking, at) => {
    const seat = poll.electorate[at];
    if (ranking === undefined || seat === undefined) return so;
    const ballot = {
      vote: "v",
      round: 1,
      digest: seat.digest,
      member: seat.member,
      choice: ranking[0] ?? null,
      ranking: [...ranking],
      reason: "",
    };
    return receiveBallot(so, ballot).tally;
  }, emptyTally(poll));
}
const outcome = (so: Tally): VoteOutcome | undefined => outcomeOf(closeTally(so));

test("a minority that ranks decides nothing, though its are all ballots that were cast", () => {
  const so = tally(["abc", "abc", undefined, undefined, undefined]);
  expect(outcome(so)).toMatchObject({ reason: "deadline-passed" });
  expect(verdict(tally(["abc", "abc", "", "", undefined]))).toEqual({ status: "open" });
  expect(verdict(tally(["abc", "", "", "", undefined]))).toEqual({
    status: "no-consensus",
    reason: "out-of-reach",
  });
  expect(outcome(tally([undefined]))).toMatchObject({ reason: "no-ballots" });
});

test("the outcome has the pairwise counts, and the weakest of the winner's as confidence", () => {
  expect(outcome(tally(["abc", "abc", "bac", "cab", undefined]))).toMatchObject({
    decided: "a",
    counts: { a: 2, b: 1, c: 1 },
    pairwise: { a: { b: 3, c: 3 }, b: { a: 1, c: 3 }, c: { a: 1, b: 1 } },
    confidence: 0.6,
    missing: ["eve"],
  });
  expect(outcome(tally(["a", "a"], "no-consensus", ["a"]))).toMatchObject({
    decided: "a",
    confidence: 1,
  });
});

test.each([
  ["no-consensus", { reason: "tied" }],
  ["first-option", { decided: "a" }],
  [{ chair: "bob" }, { decided: "b" }],
  [{ chair: "cid" }, { decided: "c" }],
] as const)("a circle of three equal links ends as the tie rule %j says", (tie, expected) => {
  expect(outcome(tally(["abc", "bca", "cab"], tie))).toMatchObject(expected);
});

test("a verdict given early stands whatever the missing members rank", () => {
  const complete = fc.array(fc.shuffledSubarray(options, { minLength: 0 }), {
    minLength: 2,
    maxLength: 5,
  });
  let early = 0;
  fc.assert(
    fc.property(complete, fc.integer({ min: 0, max: 4 }), (rankings, heard) => {
      const said = rankings.map((ranking) => ranking.join(""));
      const part = said.map((ranking, at) => (at < heard ? ranking : undefined));
      const so = verdict(tally(part, "no-consensus", options));
      if (so.status === "open") return;
      early += 1;
      const end = verdict(closeTally(tally(said, "no-consensus", options)));
      expect(end.status).toBe(so.status);
      if (so.status === "decided") expect(end).toEqual(so);
    }),
    { numRuns: 1000 },
  );
  expect(early).toBeGreaterThan(20);
});
