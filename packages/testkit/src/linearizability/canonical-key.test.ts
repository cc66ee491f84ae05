import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalKey } from "./canonical-key.ts";

test("order of properties, map entries and set members makes no difference", () => {
  expect(canonicalKey({ a: 1, b: [2] })).toBe(canonicalKey({ b: [2], a: 1 }));
  const pairs = [
    ["x", 1],
    ["y", 2],
  ] as const;
  expect(canonicalKey(new Map(pairs))).toBe(canonicalKey(new Map(pairs.toReversed())));
  expect(canonicalKey(new Set(["x", "y"]))).toBe(canonicalKey(new Set(["y", "x"])));
});

test("values that differ have keys that differ", () => {
  const different = [1, "1", 1n, "1n", null, "null", undefined, true, [], {}, new Map(), new Set()];
  const nested = [[undefined], [[]], { a: undefined }, ["a", "b"], ["a,b"], new Set([1]), [1, 2]];
  const keys = [...different, ...nested].map(canonicalKey);
  expect(new Set(keys).size).toBe(keys.length);
});

test("keys are equal exactly for what JSON tells equal", () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: true }), fc.jsonValue(), (one, other) => {
      const copy = JSON.parse(JSON.stringify(one));
      expect(canonicalKey(copy)).toBe(canonicalKey(JSON.parse(JSON.stringify(copy))));
      const areEqual = JSON.stringify(one) === JSON.stringify(other);
      if (canonicalKey(one) === canonicalKey(other)) expect(one).toEqual(other);
      else expect(areEqual).toBe(false);
    }),
    { seed: 1 },
  );
});

test("what hides its contents is refused", () => {
  for (const value of [() => 1, Symbol("s"), new Date(0), [new WeakMap()]]) {
    expect(() => canonicalKey(value)).toThrow(TypeError);
  }
});
