import fc from "fast-check";
import { expect, test } from "vitest";
import { HddlError } from "../errors.ts";
import { planFor } from "../plan/plan-for.ts";
import { randomProblem } from "../search/random-problem.test-data.ts";
import type { Violation } from "../verify/verify-plan.ts";
import { blocksDomain, blocksProblem } from "./blocks.test-data.ts";
import { printPlan, readPlan } from "./plan-text.ts";
import { readHddl } from "./read-hddl.ts";
import { verifyPlanText } from "./verify-plan-text.ts";

const { domain, problem } = readHddl(blocksDomain, blocksProblem);
const result = planFor(domain, problem);
if (result.kind !== "plan") throw new Error(`expected a plan, got ${result.kind}`);
const text = printPlan(result.plan);

const verify = (changed: string): readonly Violation[] =>
  verifyPlanText(domain, problem, readPlan(changed));

test("a plan is printed as the competition wants it", () => {
  expect(text.split("\n")).toEqual([
    "==>",
    "0 take c b",
    "1 place c ground",
    "2 take b a",
    "3 place b c",
    "4 take a ground",
    "5 place a b",
    "root 6 10",
    "6 put b c -> move 7 9 2 3",
    "7 clear b -> take-off 8 0 1",
    "8 clear c -> is-clear",
    "9 clear c -> is-clear",
    "10 put a b -> move 11 12 4 5",
    "11 clear a -> is-clear",
    "12 clear b -> is-clear",
    "<==",
    "",
  ]);
});

test("what was printed is read and valid, whatever stands before and after it", () => {
  expect(verify(text)).toEqual([]);
  expect(verify(`solved in 3 ms\n${text}0 take c b\n`)).toEqual([]);
  expect(verify(text.replaceAll("\n", "\r\n"))).toEqual([]);
});

/** Each with text to be replaced, its replacement, and the violation. */
const faults: readonly (readonly [string, string, string, Violation["kind"], string])[] = [
  ["a step whose precondition fails", "0 take c b", "0 take b a", "precondition", "0"],
  ["another action's name", "1 place c", "1 put c", "name", "1"],
  ["an unknown object", "4 take a ground", "4 take d ground", "name", "4"],
  ["an object of the wrong type", "0 take c b", "0 take ground b", "name", "0"],
  ["a missing argument", "0 take c b", "0 take c", "name", "0"],
  ["an unknown method", "8 clear c -> is-clear", "8 clear c -> was-clear", "name", "8"],
  [
    "a method of another task",
    "9 clear c -> is-clear",
    "9 clear c -> already",
    "decomposition",
    "9",
  ],
  [
    "a method that does not apply",
    "6 put b c -> move 7 9 2 3",
    "6 put b c -> already 7 9 2 3",
    "decomposition",
    "6",
  ],
  ["a missing child", "-> move 7 9 2 3", "-> move 7 9 2", "decomposition", "3"],
  ["a child twice", "-> move 7 9 2 3", "-> move 7 9 2 2", "decomposition", "2"],
  ["children in another order", "-> move 11 12 4 5", "-> move 12 11 4 5", "decomposition", "10"],
  ["roots in another order", "root 6 10", "root 10 6", "decomposition", "10"],
  ["a missing root", "root 6 10", "root 6", "decomposition", "root"],
  ["a child that is nowhere defined", "-> move 7 9 2 3", "-> move 7 9 2 33", "name", "33"],
  [
    "a task that holds itself",
    "8 clear c -> is-clear",
    "8 clear c -> is-clear 7",
    "decomposition",
    "7",
  ],
];

test.each(faults)("%s is found", (_, from, to, kind, at) => {
  expect(text).toContain(from);
  expect(verify(text.replace(from, to))).toContainEqual(expect.objectContaining({ kind, at }));
});

test("a method without steps must apply where it stands", () => {
  const late = "==>\nroot 0 1\n0 put b c -> already\n1 put a b -> already\n<==\n";
  expect(verify(late).map(({ kind, at }) => [kind, at])).toEqual([
    ["precondition", "0"],
    ["precondition", "1"],
    ["goal", "goal"],
    ["goal", "goal"],
  ]);
});

test("steps in another order than their methods have them are found", () => {
  const steps = ["4 take a ground", "5 place a b"];
  const swapped = text.replace(steps.join("\n"), steps.toReversed().join("\n"));
  expect(verify(swapped)).toContainEqual(expect.objectContaining({ kind: "order", at: "10" }));
});

/** Each with text to be replaced, its replacement, the position and the words of the error. */
const mangled: readonly (readonly [string, string, string, string, string])[] = [
  ["no beginning", "==>", "", "plan:1:1", "expected '==>', found a text without it"],
  ["no end", "<==", "", "plan:17:1", "expected '<==', found the end of the text"],
  ["no roots", "root 6 10\n", "", "plan:16:1", "expected a line with 'root', found none"],
  [
    "two lines of roots",
    "root 6 10",
    "root 6 10\nroot 6 10",
    "plan:9:1",
    "expected only one line with the roots",
  ],
  [
    "a word for a number",
    "2 take b a",
    "two take b a",
    "plan:4:1",
    "expected a number, found 'two'",
  ],
  [
    "a number used twice",
    "2 take b a",
    "1 take b a",
    "plan:4:1",
    "expected a number that is not used yet, found '1'",
  ],
  [
    "a number alone",
    "2 take b a",
    "2",
    "plan:4:2",
    "expected an action or task, found the end of the line",
  ],
  [
    "an arrow without method",
    "8 clear c -> is-clear",
    "8 clear c ->",
    "plan:11:13",
    "expected the name of a method, found the end of the line",
  ],
  [
    "a child that is no number",
    "-> move 7 9 2 3",
    "-> move 7 x 2 3",
    "plan:9:21",
    "expected a number, found 'x'",
  ],
  [
    "a number too great to be told from others",
    "2 take b a",
    "90071992547409931 take b a",
    "plan:4:1",
    "expected a number",
  ],
];

test.each(mangled)("a text with %s is refused with its place", (_, from, to, at, words) => {
  expect(text).toContain(from);
  const run = () => readPlan(text.replace(from, to));
  expect(run).toThrow(HddlError);
  expect(run).toThrow(`${at}: `);
  expect(run).toThrow(words);
});

test("leaving out any line makes the plan invalid", () => {
  const lines = text.trimEnd().split("\n");
  lines.forEach((line, i) => {
    const shorter = `${lines.toSpliced(i, 1).join("\n")}\n`;
    const violations = attempt(shorter);
    expect(violations, `without '${line}'`).not.toEqual([]);
  });
});

/** Violations, or the error with which the text was refused. */
function attempt(changed: string): readonly (Violation | HddlError)[] {
  try {
    return verify(changed);
  } catch (error) {
    if (error instanceof HddlError) return [error];
    throw error;
  }
}

/** A change of one word into another of the text or a strange one, of a character, or of whole lines. */
const strange = [
  "",
  "->",
  "root",
  "==>",
  "<==",
  "-1",
  "1e9",
  "__proto__",
  "constructor",
  "?b",
  "99",
];
const mutation = fc.tuple(fc.constantFrom("word", "character", "line"), fc.nat(), fc.nat());

function mutate(source: string, [kind, where, what]: readonly [string, number, number]): string {
  if (kind === "character") {
    const at = where % source.length;
    return source.slice(0, at) + String.fromCharCode(what % 128) + source.slice(at + 1);
  }
  const parts = kind === "line" ? source.split("\n") : source.split(/(?<=\s)/);
  const pool = kind === "line" ? parts : [...parts, ...strange.map((each) => `${each} `)];
  return parts
    .with(where % parts.length, pool[what % pool.length] ?? "")
    .join(kind === "line" ? "\n" : "");
}

test("a mutated plan is invalid or refused, never a crash, and valid only if it says as much", () => {
  let invalid = 0;
  fc.assert(
    fc.property(fc.array(mutation, { minLength: 1, maxLength: 3 }), (mutations) => {
      const changed = mutations.reduce(mutate, text);
      const found = attempt(changed);
      if (found.length > 0) {
        invalid++;
        return;
      }
      const steps = [...readPlan(changed).steps.values()];
      expect(steps).toEqual([...readPlan(text).steps.values()]);
    }),
    { numRuns: 4000, seed: 20_275 },
  );
  expect(invalid).toBeGreaterThan(2000);
});

test("every plan of random problems is valid when it was printed and read", () => {
  let plans = 0;
  const problems = randomProblem({ recursive: true, ordering: fc.constantFrom("any", "sequence") });
  fc.assert(
    fc.property(problems, (each) => {
      const found = planFor(each.domain, each, { contingencies: 0, maxNodes: 5_000 });
      if (found.kind !== "plan") return;
      plans++;
      expect(verifyPlanText(each.domain, each, readPlan(printPlan(found.plan)))).toEqual([]);
    }),
    { numRuns: 500, seed: 20_276 },
  );
  expect(plans).toBeGreaterThan(50);
});
