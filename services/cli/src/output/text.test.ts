import fc from "fast-check";
import { expect, test } from "vitest";
import { colourPaint } from "./paint.ts";
import { padEnd, printable, truncate, widthOf, wrap } from "./text.ts";

test("wide characters and emoji take two cells, styles none", () => {
  expect(widthOf("データ")).toBe(6);
  expect(widthOf("🎬")).toBe(2);
  expect(widthOf(colourPaint("red", "ab"))).toBe(2);
});

test("what is cut fits and says so, whatever it is made of", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.nat(40), (text, width) => {
      const plain = printable(text);
      const cut = truncate(colourPaint("red", plain), width);
      expect(widthOf(cut)).toBeLessThanOrEqual(width);
      if (widthOf(plain) > width && width > 0) expect(cut).toContain("…");
    }),
    { seed: 7 },
  );
});

test("a cut style is closed, so that it does not run on", () => {
  expect(truncate(colourPaint("red", "abcdef"), 4)).toBe("\u001b[31mabc…\u001b[0m");
});

test("wrapping loses no word and keeps to the width", () => {
  expect(wrap("one two three four", 9)).toEqual(["one two", "three", "four"]);
  expect(wrap("unbreakable", 4)).toEqual(["unbreakable"]);
});

test("padding counts cells, not characters", () => {
  expect(padEnd("デ", 4)).toBe("デ  ");
});
