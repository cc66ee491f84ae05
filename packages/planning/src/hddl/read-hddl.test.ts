import fc from "fast-check";
import { expect, test } from "vitest";
import { HddlError, PlanningError } from "../errors.ts";
import { planFor } from "../plan/plan-for.ts";
import { verifyPlan } from "../verify/verify-plan.ts";
import { blocksDomain, blocksProblem } from "./blocks.test-data.ts";
import { readHddl } from "./read-hddl.ts";

test("a domain and a problem are read, planned and verified", () => {
  const { domain, problem } = readHddl(blocksDomain, blocksProblem);
  const result = planFor(domain, problem);
  if (result.kind !== "plan") throw new Error(`expected a plan, got ${result.kind}`);
  expect(verifyPlan(domain, problem, result.plan)).toEqual([]);
  expect(result.plan.steps.map((each) => [each.action, ...each.args].join(" "))).toEqual([
    "take c b",
    "place c ground",
    "take b a",
    "place b c",
    "take a ground",
    "place a b",
  ]);
  expect(result.plan.cost).toBe(9);
});

test("all ways to write a sequence mean the same", () => {
  const sequence = `:subtasks (and
      (s1 (clear ?b)) (s2 (clear ?t)) (s3 (take ?b ?from)) (s4 (place ?b ?t)))
    :ordering (and (< s1 s2) (< s2 s3) (< s3 s4))`;
  const calls = "(clear ?b) (clear ?t) (take ?b ?from) (place ?b ?t)";
  const named = "(s1 (clear ?b)) (s3 (take ?b ?from)) (s2 (clear ?t)) (s4 (place ?b ?t))";
  const ways = [
    sequence,
    `:ordered-subtasks (and ${calls})`,
    `:ORDERED-TASKS (AND ${calls})`,
    `:tasks (and ${named}) :order (and (< s2 s3) (< s3 s4) (< s1 s2))`,
  ].map((way) => {
    const { domain } = readHddl(blocksDomain.replace(sequence, way), blocksProblem);
    return domain.methods[1];
  });
  for (const way of ways) {
    expect(way).toEqual({ ...ways[0], order: expect.anything() });
    expect(way?.sequential).toBe(true);
  }
});

test("a problem's tasks may have variables, which any fitting objects stand for", () => {
  const open = blocksProblem.replace(
    ":parameters () :ordered-subtasks (and (put b c) (put a b))",
    ":parameters (?x - block) :subtasks (put ?x c) :constraints (not (= ?x b))",
  );
  const { domain, problem } = readHddl(blocksDomain, open.replace(/\(:goal .*/, ")"));
  const result = planFor(domain, problem);
  if (result.kind !== "plan") throw new Error(`expected a plan, got ${result.kind}`);
  expect(result.plan.decomposition[0]).toMatchObject({ task: "__top", binding: { "?x": "a" } });
});

test("tasks without order may be done in any", () => {
  const free = blocksProblem.replace(":ordered-subtasks", ":subtasks");
  const { problem } = readHddl(blocksDomain, free);
  expect(problem.ordering).toEqual([]);
});

/** Each with text to be replaced, its replacement, the position and the words of the error. */
const errors: readonly (readonly [string, string, string, string, string])[] = [
  [
    "an unknown section",
    "(:constants",
    "(:konstants",
    "blocks:4:3",
    "expected one of :requirements",
  ],
  [
    "an unknown type",
    "(held ?b - block)",
    "(held ?b - blok)",
    "blocks:5:54",
    "expected a type (block, thing, table), found 'blok'",
  ],
  [
    "an unknown predicate",
    ":precondition (held ?b)",
    ":precondition (hold ?b)",
    "blocks:36:20",
    "expected a predicate (on, held, empty), found 'hold'",
  ],
  [
    "a wrong number of arguments",
    ":precondition (held ?b)",
    ":precondition (held ?b ?t)",
    "blocks:36:19",
    "expected 1 arguments for 'held', found 2",
  ],
  [
    "an unknown variable",
    "(s1 (clear ?b))",
    "(s1 (clear ?x))",
    "blocks:18:18",
    "expected a declared variable (?b, ?t, ?from), found '?x'",
  ],
  [
    "an unknown object",
    "(= ?t ground)",
    "(= ?t floor)",
    "blocks:23:29",
    "expected a declared constant or object, found 'floor'",
  ],
  ["an unknown subtask", "(s2 (clear ?t))", "(s2 (klear ?t))", "blocks:18:28", "found 'klear'"],
  ["an order of unknown subtasks", "(< s3 s4)", "(< s3 s5)", "blocks:19:46", "found 's5'"],
  [
    "an order in a circle",
    "(< s3 s4)",
    "(< s3 s1)",
    "blocks:19:5",
    "expected an order without circle",
  ],
  [
    "a subtask's name used twice",
    "(s2 (clear ?t))",
    "(s1 (clear ?t))",
    "blocks:18:24",
    "expected a name that no other subtask has, found 's1'",
  ],
  [
    "a conditional effect",
    "(held ?b) (not (empty))",
    "(when (empty) (held ?b))",
    "blocks:33:19",
    "expected an effect without condition or quantifier, found 'when'",
  ],
  [
    "a negative cost",
    "(total-cost) 2",
    "(total-cost) -2",
    "blocks:33:85",
    "expected a number that is not negative, found '-2'",
  ],
  [
    "a parameter without question mark",
    "(?t - block ?x - block)",
    "(?t - block x - block)",
    "blocks:25:29",
    "expected a variable, beginning with '?', found 'x'",
  ],
  [
    "a parameter declared twice",
    "(?t - block ?x - block)",
    "(?t - block ?t - block)",
    "blocks:25:29",
    "expected a variable that is not declared yet, found '?t'",
  ],
  [
    "an action declared twice",
    "(:action place",
    "(:action take",
    "blocks:34:12",
    "expected a name that is not declared yet, found 'take'",
  ],
  [
    "a method declared twice",
    "(:method move",
    "(:method already",
    "blocks:13:12",
    "expected a name that no other method has, found 'already'",
  ],
  [
    "a task without parameters",
    "(:task put :parameters (?b - block ?t - thing))",
    "(:task put)",
    "blocks:6:13",
    "expected ':parameters', found ')'",
  ],
  [
    "a word where a condition belongs",
    ":precondition (held ?b)",
    ":precondition held",
    "blocks:36:19",
    "expected a condition, found 'held'",
  ],
  [
    "a method of an action",
    ":task (clear ?t)\n    :precondition (on",
    ":task (place ?t ?x)\n    :precondition (on",
    "blocks:26:12",
    "expected a task (put, clear), found 'place'",
  ],
  [
    "a missing parenthesis",
    "(on ?b ?t))))\n",
    "(on ?b ?t)))\n",
    "blocks:38:1",
    "expected ')' for the '(' at 1:1, found the end of the text",
  ],
  [
    "a parenthesis too many",
    "(on ?b ?t))))\n",
    "(on ?b ?t)))))\n",
    "blocks:37:55",
    "expected the end of the text, found ')'",
  ],
];

test.each(errors)("%s is refused with its place and what was expected", (_, from, to, at, text) => {
  expect(blocksDomain).toContain(from);
  const run = () => readHddl(blocksDomain.replace(from, to), blocksProblem, { domain: "blocks" });
  expect(run).toThrow(HddlError);
  expect(run).toThrow(`${at}: `);
  expect(run).toThrow(text);
});

const problemErrors: typeof errors = [
  ["an unknown task", "(put b c)", "(pile b c)", "tower:4:48", "found 'pile'"],
  [
    "an unknown object in a fact",
    "(on b a)",
    "(on b d)",
    "tower:5:38",
    "expected a declared constant or object, found 'd'",
  ],
  [
    "an object of an unknown type",
    "c - block",
    "c - brick",
    "tower:3:21",
    "expected a type (block, thing, table), found 'brick'",
  ],
  [
    "an unknown section",
    "(:init",
    "(:initially",
    "tower:5:3",
    "expected one of :domain, :objects, :htn, :init, :goal",
  ],
  [
    "a domain instead of a problem",
    "(problem tower)",
    "(domain tower)",
    "tower:1:10",
    "expected 'problem', found 'domain'",
  ],
];

test.each(problemErrors)("in a problem, %s is refused with its place", (_, from, to, at, text) => {
  expect(blocksProblem).toContain(from);
  const run = () => readHddl(blocksDomain, blocksProblem.replace(from, to), { problem: "tower" });
  expect(run).toThrow(HddlError);
  expect(run).toThrow(`${at}: `);
  expect(run).toThrow(text);
});

test("an error can be read by programs: source, line, column, expected and found", () => {
  try {
    readHddl("(define (domain x)\n  (:types a - ))", blocksProblem, { domain: "x.hddl" });
    throw new Error("it was accepted");
  } catch (error) {
    expect(error).toMatchObject({
      code: "invalid-hddl",
      source: "x.hddl",
      line: 2,
      column: 15,
      expected: "the name of a type",
      found: "')'",
    });
  }
});

test("nesting without end is refused instead of overflowing the stack", () => {
  expect(() => readHddl("(".repeat(100_000), blocksProblem)).toThrow(HddlError);
});

const words = [
  ..."() \n;?-",
  "(and",
  "(not",
  ":task",
  "define",
  "?b",
  "a",
  "block",
  ":subtasks",
  "=",
];

test("whatever is done to a text, it is read or refused with a place", () => {
  let refused = 0;
  fc.assert(
    fc.property(
      fc.boolean(),
      fc.nat(),
      fc.integer({ min: 0, max: 12 }),
      fc.constantFrom("", ...words),
      (inDomain, where, length, instead) => {
        const text = inDomain ? blocksDomain : blocksProblem;
        const at = where % text.length;
        const mangled = text.slice(0, at) + instead + text.slice(at + length);
        try {
          const { domain, problem } = inDomain
            ? readHddl(mangled, blocksProblem)
            : readHddl(blocksDomain, mangled);
          planFor(domain, problem, { maxNodes: 2_000, contingencies: 0 });
        } catch (error) {
          refused++;
          expect(error).toBeInstanceOf(PlanningError);
          if (!(error instanceof HddlError)) throw error;
          expect(error.message).toMatch(/^(domain|problem):\d+:\d+: expected .+, found .+$/s);
          expect(error.line).toBeGreaterThan(0);
          expect(error.column).toBeGreaterThan(0);
        }
      },
    ),
    { numRuns: 3000, seed: 20_274 },
  );
  expect(refused).toBeGreaterThan(1000);
});
