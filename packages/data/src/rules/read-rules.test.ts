import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { RuleFileError } from "../errors.ts";
import { parseWrittenRules, readWrittenRules } from "./read-rules.ts";

const yaml = `# what a person may be
rules:
  - id: age
    column: age
    expression: age BETWEEN 0 AND 120
    severity: block
    weight: 3
    why: nobody is older
  - id: order
    column: delivered
    expression: >-
      delivered >= ordered
    atMost: 0.01
`;
const age = {
  id: "age",
  column: "age",
  expression: "age BETWEEN 0 AND 120",
  severity: "block",
  atMost: 0,
  weight: 3,
  why: "nobody is older",
};
const order = {
  id: "order",
  column: "delivered",
  expression: "delivered >= ordered",
  severity: "warn",
  atMost: 0.01,
  weight: 1,
};

/** What is wrong with a text. */
function refused(text: string): RuleFileError {
  try {
    parseWrittenRules(text, "rules.yaml");
  } catch (error) {
    if (error instanceof RuleFileError) return error;
    throw error;
  }
  throw new Error("it was taken");
}

test("rules are read from YAML, and the same from JSON", () => {
  expect(parseWrittenRules(yaml, "rules.yaml")).toEqual({ rules: [age, order] });
  const json = JSON.stringify({ rules: [age, order] }, null, 2);
  expect(parseWrittenRules(json, "rules.json")).toEqual({ rules: [age, order] });
});

test.for([
  ["a word for a number", yaml.replace("weight: 3", "weight: three"), 7, 13, /rules\.0\.weight/],
  ["an unknown severity", yaml.replace("block", "stop"), 6, 15, /rules\.0\.severity/],
  ["a field that nobody knows", yaml.replace("atMost", "at_most"), 13, 5, /at_most/],
  ["no expression", yaml.replace(/ {4}expression: age.*\n/, ""), 3, 5, /rules\.0\.expression/],
  ["two rules of one id", yaml.replace("id: order", "id: age"), 9, 9, /same id/],
  ["no rules", "rule: []", 1, 1, /rules/],
  ["a list alone", "\n- id: a\n", 2, 1, /the whole/],
  ["a word alone", "rules", 1, 1, /the whole/],
  ["nothing", "", 1, 1, /the whole/],
  ["a key twice", "rules: []\nrules: []\n", 2, 1, /unique/],
  ["an open bracket", "rules: [\n  {id: a\n", 3, 1, /./],
  ["a tab as indentation", "rules:\n\t- id: a\n", 2, 1, /[Tt]ab/],
  ["JSON with a comma too few", '{\n  "rules": [{"id": "a"\n "column": "b"}]\n}', 3, 2, /./],
] as const)(
  "a file that holds %s is refused with line and column",
  ([, text, line, column, why]) => {
    const error = refused(text);
    expect(error.mistakes[0]).toMatchObject({ line, column });
    expect(error.message).toContain(`'rules.yaml'`);
    expect(error.message).toContain(`line ${line}, column ${column}: `);
    expect(error.message).toMatch(why);
  },
);

test("every mistake is told, the first twenty in the message", () => {
  const many = Array.from({ length: 30 }, (_, at) => `  - {id: r${at}, column: c, expression: ""}`);
  const { mistakes, message } = refused(["rules:", ...many].join("\n"));
  expect(mistakes.map(({ line }) => line)).toEqual(many.map((_, at) => at + 2));
  expect(message).toContain("line 21,");
  expect(message).not.toContain("line 22,");
  expect(message).toContain("10 more");
});

test("a small file cannot become a large document, and tags make nothing", () => {
  const bomb = [
    "a: &a [x, x, x, x, x, x, x, x, x]",
    ..."bcdefgh"
      .split("")
      .map(
        (name, at) => `${name}: &${name} [${"abcdefg"[at]}, ${`*${"abcdefg"[at]}, `.repeat(9)}]`,
      ),
    "rules: *h",
  ];
  expect(refused(bomb.join("\n")).message).toMatch(/[Aa]lias/);
  expect(refused("rules: !!js/function 'function () { throw 1 }'").message).toMatch(/rules/);
});

test("a file that is too long, or not there, is refused by name", async () => {
  const folder = mkdtempSync(join(tmpdir(), "troupe-rules-"));
  try {
    const path = join(folder, "long.yaml");
    writeFileSync(path, `${yaml}#${"x".repeat(256 * 1024)}`);
    await expect(readWrittenRules(path)).rejects.toThrow(/long\.yaml.*longer than 262144/);
    const missing = readWrittenRules(join(folder, "none.yaml"));
    await expect(missing).rejects.toThrow(/none\.yaml.*cannot be read/);
    await expect(missing).rejects.toBeInstanceOf(RuleFileError);
    writeFileSync(path, yaml);
    expect((await readWrittenRules(path)).rules).toHaveLength(2);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
