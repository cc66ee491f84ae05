import { expect, test } from "vitest";
import { systemRandom } from "./random.ts";

test("identifiers are as long as asked for and never come again, however many are drawn", () => {
  const lengths = [1, 8, 16, 4096, 8, 4090, 16];
  expect(lengths.map((bytes) => systemRandom.hex(bytes).length)).toEqual(
    lengths.map((bytes) => 2 * bytes),
  );
  const drawn = Array.from({ length: 20_000 }, () => systemRandom.hex(8));
  expect(new Set(drawn).size).toBe(drawn.length);
  expect(drawn.every((one) => /^[0-9a-f]{16}$/.test(one))).toBe(true);
});

test("numbers are spread evenly from 0 up to 1", () => {
  const tenths = new Map<number, number>();
  for (let draws = 0; draws < 100_000; draws += 1) {
    const tenth = Math.floor(systemRandom.next() * 10);
    tenths.set(tenth, (tenths.get(tenth) ?? 0) + 1);
  }
  expect([...tenths.keys()].toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  // Ten standard deviations: a sound generator fails this once in longer than anyone will wait.
  for (const count of tenths.values()) expect(Math.abs(count - 10_000)).toBeLessThan(950);
});
