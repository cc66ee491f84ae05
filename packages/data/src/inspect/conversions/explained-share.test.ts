import { expect, test } from "vitest";
import { ofDates, ofNumbers } from "./conversion.ts";
import { conversionOf, type Far } from "./explained-share.ts";

const scale = { logs: true, usual: 0.01, middle: 0, between: 0 };
/** Between 0 and 1, the same every time. */
const noise = (at: number): number => Math.abs(Math.sin((at + 1) * 12.9898) * 43_758.5453) % 1;
const far = (count: number, factor: (at: number) => number): Far[] =>
  Array.from({ length: count }, (_, at) => {
    const expected = 50 + 20 * noise(at);
    return { expected, value: expected * factor(at) * (1 + 0.01 * noise(at + 7)) };
  });

test("values that all are one known factor away are explained by it, and those that are any factor away are not", () => {
  expect(
    conversionOf(
      far(12, () => 2.54),
      scale,
      ofNumbers,
    )?.words,
  ).toContain("inches");
  expect(
    conversionOf(
      far(12, () => 2.9),
      scale,
      ofNumbers,
    ),
  ).toBeUndefined();
  expect(
    conversionOf(
      far(12, (at) => 2 + 40 * noise(at * 3)),
      scale,
      ofNumbers,
    ),
  ).toBeUndefined();
});

test("a few values that a conversion explains by chance are no evidence, nor are those where others reach out nearly as far", () => {
  expect(
    conversionOf(
      far(4, () => 2.54),
      scale,
      ofNumbers,
    ),
  ).toBeUndefined();
  expect(
    conversionOf(
      far(12, () => 2.54),
      { ...scale, between: 30 },
      ofNumbers,
    ),
  ).toBeUndefined();
});

test("values that differ much must lie around the middle of the others once they are converted back", () => {
  const wide = { ...scale, usual: 0.2 };
  const spread = (at: number): number => 0.7 + 0.6 * noise(at * 5);
  expect(
    conversionOf(
      far(40, (at) => 1000 * spread(at)),
      wide,
      ofNumbers,
    )?.words,
  ).toContain("thousand");
  expect(
    conversionOf(
      far(40, (at) => 1400 * spread(at)),
      wide,
      ofNumbers,
    ),
  ).toBeUndefined();
});

test("three days with day and month exchanged are enough, since nothing else is tried", () => {
  const day = (text: string): number => Date.parse(text) / 86_400_000;
  const pairs = [
    { value: day("2021-05-01"), expected: day("2021-01-05") },
    { value: day("2021-09-03"), expected: day("2021-03-10") },
    { value: day("2021-02-11"), expected: day("2021-11-01") },
  ];
  const days = { logs: false, usual: 1, middle: 0, between: 0 };
  expect(conversionOf(pairs.slice(0, 2), days, ofDates)).toBeUndefined();
  expect(
    conversionOf(
      [
        ...pairs.slice(0, 1),
        ...pairs.slice(2),
        { value: day("2021-07-02"), expected: day("2021-02-07") },
      ],
      days,
      ofDates,
    )?.words,
  ).toContain("month");
});
