import { expect, test } from "vitest";
import { inspections } from "../inspect.test-support.ts";
import { type InspectionRuleId, inspectionRules } from "../inspection-rules.ts";

const { inspectRows } = inspections();
const without = (Object.keys(inspectionRules) as InspectionRuleId[]).filter(
  (rule) => rule !== "twin",
);
/** Between 0 and 1, the same every time, and without a pattern. */
const noise = (at: number, of = 1): number =>
  Math.abs(Math.sin((at + 1) * 12.9898 * of) * 43_758.5453) % 1;
const value = (at: number): string => (100 * noise(at)).toFixed(4);
const other = (at: number): string => (100 * noise(at, 3)).toFixed(4);
const inspect = (rows: readonly (readonly [string, string])[]) =>
  inspectRows(["flow", "depth"], rows, { rowLimit: 1000, without });
const rows = (of: (at: number) => string = value): (readonly [string, string])[] =>
  Array.from({ length: 200 }, (_, at) => [of(at), other(at)]);

test("a column that is a row late for some rows repeats the value before them", async () => {
  const found = await inspect(rows((at) => value(at >= 60 && at < 75 ? at - 1 : at)));
  expect(found).toMatchObject([{ rule: "twin", columns: ["flow"], rowNumbers: [60, 61] }]);
});

test("values that hardly repeat, and not in the next row, are fine", async () => {
  expect(await inspect(rows())).toEqual([]);
  expect(await inspect(rows((at) => value(at === 140 ? 20 : at)))).toEqual([]);
});

test("a row that is there twice repeats other columns too", async () => {
  expect(await inspect(rows().toSpliced(50, 0, [value(50), other(50)]))).toEqual([]);
});

test("in a column in order equal values are side by side", async () => {
  const sorted = Array.from({ length: 200 }, (_, at) => value(at === 140 ? 20 : at)).toSorted(
    (a, b) => Number(a) - Number(b),
  );
  expect(await inspect(rows((at) => sorted[at] ?? ""))).toEqual([]);
});
