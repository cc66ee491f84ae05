import { expect, test } from "vitest";
import { defaultRule, passes, type Rule, ruleSchema, tolerance } from "./rule.ts";

/** Fewest of `n` equal members that pass. */
function needed(rule: Rule, n: number): number {
  for (let votes = 0; votes <= n; votes++) {
    if (passes(rule, { weight: votes, members: votes }, { weight: n, members: n })) return votes;
  }
  return Number.POSITIVE_INFINITY;
}

test.each([
  [1, 1],
  [2, 2],
  [3, 3],
  [4, 3],
  [6, 5],
  [7, 5],
  [10, 7],
  [100, 67],
  [103, 70],
])("67 of 100 of %i members is %i votes", (n, votes) => {
  expect(needed(defaultRule, n)).toBe(votes);
});

test("the threshold is exact for every electorate up to 1000", () => {
  for (let n = 1; n <= 1000; n++) {
    expect(needed(defaultRule, n)).toBe(Number((67n * BigInt(n) + 99n) / 100n));
  }
});

test.each([
  [{ kind: "majority" }, [2, 3, 3, 4, 4, 6]],
  [{ kind: "qualified", votes: 2, of: 3 }, [2, 3, 4, 4, 5, 7]],
  [{ kind: "qualified", votes: 1, of: 3 }, [2, 3, 3, 4, 4, 6]],
  [{ kind: "unanimous" }, [3, 4, 5, 6, 7, 10]],
  [{ kind: "ranked" }, [2, 3, 3, 4, 4, 6]],
] as [Rule, number[]][])("%o of 3, 4, 5, 6, 7 and 10 equal members", (rule, votes) => {
  expect([3, 4, 5, 6, 7, 10].map((n) => needed(rule, n))).toEqual(votes);
});

test("a qualified majority takes more than half of the heads whatever the weights", () => {
  const rule = ruleSchema.parse({ kind: "qualified" });
  expect(passes(rule, { weight: 90, members: 2 }, { weight: 100, members: 4 })).toBe(false);
  expect(passes(rule, { weight: 90, members: 3 }, { weight: 100, members: 4 })).toBe(true);
});

test("the largest electorate of the heaviest members is still counted exactly", () => {
  const electorate = { weight: 1000 * 1_000_000, members: 1000 };
  const rule: Rule = { kind: "threshold", votes: 999_999, of: 1_000_000 };
  const enough = { weight: 999_999_000, members: 1000 };
  expect(passes(rule, enough, electorate)).toBe(true);
  expect(passes(rule, { ...enough, weight: enough.weight - 1 }, electorate)).toBe(false);
});

test("a share above the whole is refused", () => {
  const checked = ruleSchema.safeParse({ kind: "threshold", votes: 101, of: 100 });
  expect(checked.error?.issues[0]?.message).toBe(
    "votes must not exceed of: no option could ever pass",
  );
});

test.each([
  [defaultRule, [0, 0, 0, 1, 2, 2, 3]],
  [{ kind: "majority" }, [0, 0, 1, 2, 3, 4, 4]],
  [{ kind: "unanimous" }, [0, 0, 0, 0, 0, 0, 0]],
] as [Rule, number[]][])(
  "%o does without so many of 1, 2, 3, 5, 7, 9 and 10 members",
  (rule, so) => {
    const sizes = [1, 2, 3, 5, 7, 9, 10];
    expect(sizes.map((members) => tolerance(rule, members))).toEqual(so);
  },
);
