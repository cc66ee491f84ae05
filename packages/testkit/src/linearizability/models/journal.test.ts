import { expect, test } from "vitest";
import { checkLinearizable } from "../check-linearizable.ts";
import { type JournalInput, type JournalOutput, journalModel } from "./journal.ts";

const append = (subject: string, payload: string, expected?: number): JournalInput => ({
  kind: "append",
  subject,
  payload,
  expected,
});
const read = (subject: string): JournalInput => ({ kind: "read", subject });

/** Operations one after another; one without an answer never returned. */
function isExplained(...calls: (readonly [JournalInput, JournalOutput?])[]): boolean | undefined {
  const history = calls.map(([input, output], index) => ({
    process: index,
    call: index,
    return: output === undefined ? undefined : index + 0.5,
    input,
    output,
  }));
  return checkLinearizable(journalModel(), history).linearizable;
}

test("sequences number the records of all subjects without gaps", () => {
  expect(isExplained([append("a", "x"), 1], [append("b", "y"), 2], [append("a", "z"), 3])).toBe(
    true,
  );
  expect(isExplained([append("a", "x"), 1], [append("a", "y"), 3])).toBe(false);
  expect(isExplained([append("a", "x"), 1], [append("a", "y"), 1])).toBe(false);
});

test("an append is fenced exactly when its subject has moved on", () => {
  const start = [append("a", "x"), 1] as const;
  const other = [append("b", "y", 0), 2] as const;
  expect(isExplained(start, other, [append("a", "z", 1), 3])).toBe(true);
  expect(isExplained(start, other, [append("a", "z", 0), "fenced"])).toBe(true);
  expect(isExplained(start, other, [append("a", "z", 1), "fenced"])).toBe(false);
  expect(isExplained(start, other, [append("a", "z", 0), 3])).toBe(false);
});

test("a read has every record of its subject, oldest first", () => {
  const start = [[append("a", "x"), 1] as const, [append("b", "y"), 2] as const] as const;
  expect(isExplained(...start, [read("a"), [{ sequence: 1, payload: "x" }]])).toBe(true);
  expect(isExplained(...start, [read("b"), [{ sequence: 2, payload: "y" }]])).toBe(true);
  expect(isExplained(...start, [read("c"), []])).toBe(true);
  expect(isExplained(...start, [read("a"), []])).toBe(false);
  expect(isExplained(...start, [read("a"), [{ sequence: 1, payload: "y" }]])).toBe(false);
});

test("an append of unknown outcome explains a gap, and a fence", () => {
  expect(isExplained([append("a", "x")], [append("b", "y"), 2])).toBe(true);
  expect(isExplained([append("a", "x", 0)], [append("a", "x", 0), "fenced"])).toBe(true);
  expect(isExplained([append("b", "x", 0)], [append("a", "x", 0), "fenced"])).toBe(false);
});
