import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NotPlainDataError } from "../errors.ts";
import { canonicalJson } from "./canonical-json.ts";

describe("canonical JSON", () => {
  test("is as the examples of RFC 8785 are, in sections 3.2.2 and 3.2.3", () => {
    const numbers = [Number("333333333.33333329"), 1e30, 4.5, 2e-3, 0.000000000000000000000000001];
    const string = "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"/";
    expect(canonicalJson({ numbers, string, literals: [null, true, false] })).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
    const keys = ["\u20ac", "\r", "\ufb33", "1", "\ud83d\ude00", "\u0080", "\u00f6"];
    const sorted = canonicalJson(Object.fromEntries(keys.map((key) => [key, 0]))) ?? "";
    expect(Object.keys(JSON.parse(sorted)).toSorted()).toEqual(keys.toSorted());
    expect([...sorted.matchAll(/"((?:[^"\\]|\\.)*)":0/g)].map(([, key]) => key)).toEqual([
      "\\r",
      "1",
      "\u0080",
      "\u00f6",
      "\u20ac",
      "\ud83d\ude00",
      "\ufb33",
    ]);
  });

  test("does not depend on the order of fields, and reads back as JSON does", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value) ?? "";
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(reversed(value))).toBe(text);
      }),
    );
  });

  test("leaves out fields that are undefined, and has one zero", () => {
    expect(canonicalJson({ a: undefined, b: [undefined, -0] })).toBe('{"b":[null,0]}');
    expect(canonicalJson(undefined)).toBeUndefined();
  });

  const circle: unknown[] = [];
  circle.push(circle);
  test.each([
    [{ rows: [1, Number.NaN] }, "$.rows[1] is NaN"],
    [{ most: Number.POSITIVE_INFINITY }, "$.most is Infinity"],
    [{ at: new Date(0) }, "$.at is an object of class Date"],
    [[new Map()], "$[0] is an object of class Map"],
    [{ n: 1n }, "$.n is a bigint"],
    [{ f: () => 1 }, "$.f is a function"],
    ["\ud800", "half a character"],
    [circle, "in a circle"],
  ])("refuses what JSON would change in silence: case %#", (value, message) => {
    expect(() => canonicalJson(value)).toThrow(NotPlainDataError);
    expect(() => canonicalJson(value)).toThrow(message);
  });
});

/** The same value, its fields made in the opposite order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value).toReversed();
  return Object.fromEntries(fields.map(([name, field]) => [name, reversed(field)]));
}
