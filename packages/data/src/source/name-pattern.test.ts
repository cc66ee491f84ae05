import { expect, test } from "vitest";
import { isPattern, matchesPattern } from "./name-pattern.ts";

test.each([
  [
    "orders-*.csv",
    ["orders-1.csv", "orders-.csv", "orders-a-b.csv"],
    ["orders.csv", "orders-1.csv2"],
  ],
  ["o?.csv", ["o1.csv", "oé.csv"], ["o.csv", "o12.csv"]],
  ["o[0-9a].csv", ["o7.csv", "oa.csv"], ["ob.csv"]],
  ["o[!0-9].csv", ["ob.csv"], ["o7.csv"]],
  ["*", ["a", "a.csv"], [".hidden"]],
  [".*", [".hidden"], ["a"]],
  ["a.c*", ["a.csv"], ["abcsv"]],
  ["[a", ["[a"], ["a"]],
])("'%s' is a pattern for some names and not for others", (pattern, like, unlike) => {
  expect(like.filter((name) => !matchesPattern(name, pattern))).toEqual([]);
  expect(unlike.filter((name) => matchesPattern(name, pattern))).toEqual([]);
});

test("a pattern of many stars is told from a long name at once", () => {
  expect(matchesPattern("a".repeat(255), `${"a*".repeat(60)}b`)).toBe(false);
  expect(matchesPattern(`${"a".repeat(254)}b`, `${"a*".repeat(60)}b`)).toBe(true);
});

test("a path without any of the characters of patterns is none", () => {
  expect(["/data/a.csv", "/data/{a,b}.csv"].map(isPattern)).toEqual([false, false]);
  expect(["a*", "a?", "[a]"].map(isPattern)).toEqual([true, true, true]);
});
