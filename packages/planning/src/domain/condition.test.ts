import { expect, test } from "vitest";
import { Facts } from "../plan/facts.ts";
import {
  type Condition,
  conditionText,
  different,
  either,
  equal,
  exists,
  forall,
  implies,
  not,
  ofType,
  readParameter,
  substituteCondition,
} from "./condition.ts";

const table = new Set(["table"]);
const facts = new Facts(
  [
    ["staged", "movies"],
    ["big", "movies"],
    ["staged", "stars"],
  ],
  new Map([
    ["movies", table],
    ["stars", table],
    ["rules", new Set<string>()],
  ]),
);

const everyTableStaged = forall(["?t - table"], [], [["staged", "?t"]]);

const cases: readonly (readonly [Condition, boolean])[] = [
  [["staged", "movies"], true],
  [["staged", "rules"], false],
  [["unheard", "movies"], false],
  [not(["staged", "rules"]), true],
  [not(not(["staged", "movies"])), true],
  [{ and: [] }, true],
  [{ or: [] }, false],
  [
    {
      and: [
        ["staged", "movies"],
        ["big", "stars"],
      ],
    },
    false,
  ],
  [either(["big", "stars"], ["big", "movies"]), true],
  [not(either(["big", "stars"], ["big", "rules"])), true],
  [implies(["big", "stars"], ["staged", "rules"]), true],
  [implies(["big", "movies"], ["staged", "rules"]), false],
  [equal("movies", "movies"), true],
  [different("movies", "movies"), false],
  [different("movies", "stars"), true],
  [ofType("movies", "table"), true],
  [ofType("rules", "table"), false],
  [everyTableStaged, true],
  [forall(["?t"], [], [["staged", "?t"]]), false],
  [forall(["?t"], [["big", "?t"]], [["staged", "?t"]]), true],
  [forall(["?t"], [["staged", "?t"]], [["big", "?t"]]), false],
  [forall(["?t - view"], [], [["staged", "?t"]]), true],
  [exists(["?t"], [["staged", "?t"], not(["big", "?t"])]), true],
  [exists(["?t", "?u"], [["big", "?t"], ["big", "?u"], different("?t", "?u")]), false],
  [not(exists(["?t"], [["lost", "?t"]])), true],
  [not(exists(["?t"], [["big", "?t"]])), false],
];

test.each(cases.map(([condition, holds]) => [conditionText(condition), holds, condition] as const))(
  "'%s' is %s",
  (_, holds, condition) => {
    expect(facts.holds(condition)).toBe(holds);
    expect(facts.holds(not(condition))).toBe(!holds);
  },
);

test("a condition holds on account of the facts that were looked for, present or absent", () => {
  const condition: Condition = {
    and: [["staged", "movies"], either(["big", "stars"], not(["big", "stars"]))],
  };
  expect(facts.supports(condition)).toEqual([
    { fact: ["staged", "movies"], present: true },
    { fact: ["big", "stars"], present: false },
  ]);
});

test("nothing of a kind existing holds on account of every such fact that is absent", () => {
  expect(facts.supports(not(exists(["?t - table"], [["lost", "?t"]])))).toEqual([
    { fact: ["lost", "movies"], present: false },
    { fact: ["lost", "stars"], present: false },
  ]);
});

test("variables are replaced all through a condition, but not those that a quantifier declares", () => {
  const binding = new Map([
    ["?d", "movies"],
    ["?t", "stars"],
  ]);
  const condition: Condition = {
    and: [
      equal("?d", "?t"),
      ofType("?d", "table"),
      not(["staged", "?t"]),
      forall(["?t"], [["part", "?d", "?t"]], [["staged", "?t"]]),
      exists(["?x - table"], [["part", "?t", "?x"]]),
    ],
  };
  expect(substituteCondition(condition, binding)).toEqual({
    and: [
      equal("movies", "stars"),
      ofType("movies", "table"),
      not(["staged", "stars"]),
      forall(["?t"], [["part", "movies", "?t"]], [["staged", "?t"]]),
      exists(["?x - table"], [["part", "stars", "?x"]]),
    ],
  });
});

test("conditions read as people write them", () => {
  const texts: readonly (readonly [Condition, string])[] = [
    [not(["staged", "movies"]), "not staged(movies)"],
    [different("?a", "?b"), "?a differs from ?b"],
    [either(["p"], ["q", "a"]), "(p() or q(a))"],
    [everyTableStaged, "every ?t - table has staged(?t)"],
    [
      forall(
        ["?c"],
        [["column", "?c"]],
        [
          ["fine", "?c"],
          ["typed", "?c"],
        ],
      ),
      "every ?c with column(?c) has fine(?c) and typed(?c)",
    ],
    [not(exists(["?c"], [["suspect", "?c"]])), "not some ?c has suspect(?c)"],
  ];
  for (const [condition, text] of texts) expect(conditionText(condition)).toBe(text);
});

test("a parameter may carry a type", () => {
  expect(readParameter("?d")).toEqual({ name: "?d" });
  expect(readParameter("?d - dataset")).toEqual({ name: "?d", type: "dataset" });
});
