import { expect, test } from "vitest";
import { fillInput, referencesIn } from "./input.ts";

const results: Readonly<Record<string, unknown>> = {
  load: { rows: { count: 7, names: ["a", "b"] } },
  nothing: null,
};
const fill = (input: unknown, copy?: number) =>
  fillInput(input, {
    resultOf: (task) => results[task],
    ...(copy === undefined ? {} : { copy }),
  });

test("a reference becomes the result, or what is at a path in it", () => {
  expect(fill({ all: { $from: "load" } })).toEqual({ all: results["load"] });
  expect(fill([{ $from: "load", at: "rows.count" }])).toEqual([7]);
  expect(fill({ $from: "load", at: "rows.names.1" })).toBe("b");
});

test("what is not there becomes null, so that its absence can be seen", () => {
  expect(fill({ $from: "skipped" })).toBeNull();
  expect(fill({ $from: "load", at: "rows.missing.deep" })).toBeNull();
  expect(fill({ $from: "nothing", at: "x" })).toBeNull();
});

test("what a value has from its prototype is not found at a path", () => {
  expect(fill({ $from: "load", at: "constructor.name" })).toBeNull();
  expect(fill({ $from: "load", at: "rows.__proto__" })).toBeNull();
});

test("the number of a copy is filled in only for copies", () => {
  expect(fill({ part: "$copy" }, 3)).toEqual({ part: 3 });
  expect(fill({ part: "$copy" })).toEqual({ part: "$copy" });
});

test("everything else stays as it is", () => {
  const input = { text: "$from", list: [1, null, true], deep: { at: "load" } };
  expect(fill(input)).toEqual(input);
});

test("the tasks that an input refers to are found at any depth, each once", () => {
  const input = { a: { $from: "x" }, b: [{ c: { $from: "y", at: "z" } }, { $from: "x" }] };
  expect(referencesIn(input)).toEqual(["x", "y"]);
});
