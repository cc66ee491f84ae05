import fc from "fast-check";
import { expect, test } from "vitest";
import { outcomeOf } from "./outcome.ts";
import { openPoll } from "./poll.ts";
import { instantRunoff, type RankedBallot } from "./runoff.ts";
import { closeTally, emptyTally, receiveBallot } from "./tally.ts";
import { verdict } from "./verdict.ts";

const ballots = (...groups: [number, string][]): RankedBallot[] =>
  groups.map(([weight, ranking]) => ({ weight, ranking: [...ranking] }));

test("votes move on from the weakest until one has more than half of the electorate", () => {
  // Tennessee's capital, the usual example: Memphis, Nashville, Chattanooga, Knoxville.
  const votes = ballots([42, "MNCK"], [26, "NCKM"], [15, "CKNM"], [17, "KCNM"]);
  expect(instantRunoff([..."MNCK"], votes, 100)).toEqual({
    winner: "K",
    rounds: [
      { counts: { M: 42, N: 26, C: 15, K: 17 }, eliminated: "C" },
      { counts: { M: 42, N: 26, K: 32 }, eliminated: "N" },
      { counts: { M: 42, K: 58 } },
    ],
  });
});

test("among the weakest the one that was weaker before goes, then the one named last", () => {
  // b and c are level in the second count, but c had less in the first.
  const before = ballots([5, "a"], [3, "b"], [2, "c"], [1, "dc"]);
  expect(instantRunoff([..."abcd"], before, 11).rounds.map((one) => one.eliminated)).toEqual([
    "d",
    "c",
    "b",
    undefined,
  ]);
  expect(instantRunoff([..."ab"], ballots([1, "a"], [1, "b"]), 2).rounds[0]?.eliminated).toBe("b");
});

test("ballots that are exhausted or were never cast count against a decision", () => {
  expect(instantRunoff(["a", "b"], ballots([2, "a"], [1, "b"]), 5).winner).toBeUndefined();
  expect(instantRunoff(["a", "b"], ballots([3, "a"], [1, "b"]), 5).winner).toBe("a");
  expect(instantRunoff(["a"], [], 1)).toEqual({
    winner: undefined,
    rounds: [{ counts: { a: 0 } }],
  });
});

const anyRankings = fc.array(
  fc.record({
    weight: fc.integer({ min: 1, max: 3 }),
    ranking: fc.shuffledSubarray([..."abcd"], { minLength: 0 }),
  }),
  { minLength: 1, maxLength: 7 },
);

test("a run-off ends, never counts a vote twice, and does not depend on the order of ballots", () => {
  fc.assert(
    fc.property(anyRankings, (votes) => {
      const total = votes.reduce((sum, { weight }) => sum + weight, 0);
      const result = instantRunoff([..."abcd"], votes, total);
      expect(result.rounds.length).toBeLessThanOrEqual(4);
      for (const { counts } of result.rounds) {
        const sum = Object.values(counts).reduce((all, one) => all + one, 0);
        expect(sum).toBeLessThanOrEqual(total);
      }
      expect(instantRunoff([..."abcd"], votes.toReversed(), total)).toEqual(result);
      const won = result.winner === undefined ? 0 : result.rounds.at(-1)?.counts[result.winner];
      if (result.winner !== undefined) expect(2 * (won ?? 0)).toBeGreaterThan(total);
    }),
  );
});

test("a ranked vote that ends early ends as it would with every ballot in", () => {
  fc.assert(
    fc.property(anyRankings, (votes) => {
      const poll = openPoll(
        { id: "v", question: "q", options: [..."abcd"], rule: { kind: "ranked" } },
        votes.map(({ weight }, index) => ({ member: `m${index}`, weight })),
        "secret",
      );
      let early = emptyTally(poll);
      let all = emptyTally(poll);
      for (const [index, { ranking }] of votes.entries()) {
        const ballot = {
          vote: "v",
          round: 1,
          digest: poll.electorate[index]?.digest ?? "",
          member: `m${index}`,
          choice: ranking[0] ?? null,
          ranking: [...ranking],
          reason: "",
        };
        early = receiveBallot(early, ballot).tally;
        if (verdict(early).status !== "open") early = closeTally(early);
        all = receiveBallot(all, ballot).tally;
      }
      expect(outcomeOf(early)?.decided).toBe(outcomeOf(all)?.decided);
      const { winner } = instantRunoff(poll.options, votes, poll.total.weight);
      expect(outcomeOf(all)?.decided).toBe(winner);
    }),
    { numRuns: 300 },
  );
});
