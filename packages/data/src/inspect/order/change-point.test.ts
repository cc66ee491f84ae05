import { expect, test } from "vitest";
import { changePointOf, separation } from "./change-point.ts";

const limits = { ratio: 3, apart: 0.85, abrupt: 0.4 };
/** Between 0 and 1, the same every time, and without a pattern. */
const noise = (at: number): number => Math.abs(Math.sin((at + 1) * 12.9898) * 43_758.5453) % 1;
const series = (of: (at: number) => number, length = 300): readonly number[] =>
  Array.from({ length }, (_, at) => of(at));

test("a series that goes on at another level has its place to the row, and both levels", () => {
  const found = changePointOf(
    series((at) => noise(at) * 4 + (at >= 187 ? 20 : 0)),
    limits,
  );
  expect(found).toMatchObject({ from: 187, to: 300 });
  expect(found?.before).toBeCloseTo(2, 0);
  expect(found?.after).toBeCloseTo(22, 0);
});

test("a stretch on another level has both its ends", () => {
  const values = series((at) => noise(at) * 4 + (at >= 120 && at < 170 ? 20 : 0));
  expect(changePointOf(values, limits)).toMatchObject({ from: 120, to: 170 });
});

test.for([
  ["changes without order", series((at) => noise(at) * 4)],
  ["grows steadily", series((at) => at + noise(at))],
  ["goes up and down", series((at) => 10 * Math.sin(at / 20) + noise(at))],
  ["has many levels", series((at) => 10 * noise(Math.floor(at / 40)) + noise(at))],
  ["moves to another level by and by", series((at) => 20 / (1 + Math.exp((150 - at) / 12)))],
  ["is always the same", series(() => 3)],
  ["is short", series((at) => (at > 6 ? 9 : 2), 14)],
] as const)("a series that %s has no change", ([, values]) => {
  expect(changePointOf(values, limits)).toBeUndefined();
});

test("values of two sides are apart as far as pairs of them are in one order", () => {
  expect(separation([1, 2], [3, 4])).toBe(1);
  expect(separation([3, 4], [1, 2])).toBe(1);
  expect(separation([1, 2, 3], [1, 2, 3])).toBe(0.5);
});

test("where two kinds follow each other, a change that leaves them apart from all before is seen", () => {
  const values = series((at) => noise(at) * 4 + (at >= 120 ? 8 : 0) + (at >= 240 ? 20 : 0));
  expect(changePointOf(values, limits)).toMatchObject({ from: 240, to: 300 });
});

test("the last few values of a series in order may be far from the others", () => {
  expect(
    changePointOf(
      series((at) => (at < 291 ? at / 10 : at)),
      limits,
    ),
  ).toBeUndefined();
});
