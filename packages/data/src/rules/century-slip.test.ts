import fc from "fast-check";
import { expect, test } from "vitest";
import { diagnoseTimes } from "./century-slip.ts";

const day = (iso: string): number => Math.floor(Date.parse(iso) / 86_400_000);
const reference = day("2026-01-01");

/** About `perYear` values a year, evenly. */
function dense(from: string, to: string, perYear: number): number[] {
  const step = 365.25 / perYear;
  const days: number[] = [];
  for (let at = day(from); at < day(to); at += step) days.push(Math.round(at));
  return days;
}

/** Values by day. */
function counted(days: readonly number[]) {
  const byDay = Map.groupBy(days, (one) => one);
  return [...byDay].map(([one, all]) => ({ day: one, values: all.length }));
}

test("a thin tail beyond a gap, some of it in the future, is a century late as a whole", () => {
  const slipped = ["2015-02-08", "2016-09-01", "2025-12-30", "2027-08-12", "2046-12-31"].map(day);
  const days = [...dense("1960-01-01", "2011-01-01", 60), ...slipped];
  expect(diagnoseTimes({ days: counted(days), reference })).toEqual({
    kind: "century-slip",
    from: day("2015-02-08"),
    values: 5,
  });
});

test("recent data without anything in the future is plausible, gaps or not", () => {
  const days = [...dense("1960-01-01", "2011-01-01", 60), day("2015-02-08"), day("2025-01-01")];
  expect(diagnoseTimes({ days: counted(days), reference })).toEqual({ kind: "plausible" });
});

test("a column that lies in the future for a good part holds plans, not errors", () => {
  const days = dense("2024-01-01", "2030-01-01", 60);
  expect(diagnoseTimes({ days: counted(days), reference })).toEqual({ kind: "plausible" });
});

test("single values after the end of dense recent data are impossible, but not slipped", () => {
  const days = [...dense("2020-01-01", "2026-01-01", 200), day("2026-03-01")];
  expect(diagnoseTimes({ days: counted(days), reference })).toEqual({ kind: "future", values: 1 });
});

test("too few values say nothing about what is usual", () => {
  const days = [
    day("1999-01-01"),
    day("2001-01-01"),
    day("2003-01-01"),
    day("2004-01-01"),
    day("2005-06-01"),
    day("2045-01-01"),
  ];
  expect(diagnoseTimes({ days: counted(days), reference })).toEqual({ kind: "future", values: 1 });
});

test("whatever lies wholly in the past is left alone", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -40_000, max: reference }), { maxLength: 300 }),
      (days) => {
        days.sort((a, b) => a - b);
        expect(diagnoseTimes({ days: counted(days), reference })).toEqual({ kind: "plausible" });
      },
    ),
  );
});
