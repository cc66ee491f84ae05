import { expect, test } from "vitest";
import { inspections } from "../inspect.test-support.ts";
import { type InspectionRuleId, inspectionRules } from "../inspection-rules.ts";

const { inspectRows } = inspections();
const without = (Object.keys(inspectionRules) as InspectionRuleId[]).filter(
  (rule) => rule !== "slip",
);
/** Between 0 and 1, the same every time, and without a pattern. */
const noise = (at: number, of = 1): number =>
  Math.abs(Math.sin((at + 1) * 12.9898 * of) * 43_758.5453) % 1;
const size = (at: number): number => 20 + 100 * noise(at);
const age = (at: number): number => 5 + 50 * noise(at, 3);
const weight = (at: number): string => (3 * size(at) - 2 * age(at) + 20 * noise(at, 7)).toFixed(2);
const inspect = (source: (at: number) => number) =>
  inspectRows(
    ["size", "age", "weight"],
    Array.from({ length: 300 }, (_, at) => [
      size(at).toFixed(2),
      age(at).toFixed(2),
      weight(source(at)),
    ]),
    { rowLimit: 1000, without },
  );

test("columns that go together all along have not slipped", async () => {
  expect(await inspect((at) => at)).toEqual([]);
});

test.for([
  [1, "a row up"],
  [-2, "2 rows down"],
] as const)("a column that is %i rows late for a stretch of rows is found", async ([by, said]) => {
  const [found, ...more] = await inspect((at) => (at >= 200 && at < 216 ? at - by : at));
  expect(more).toEqual([]);
  expect(found).toMatchObject({ rule: "slip", columns: ["weight"] });
  expect(found?.evidence).toContain(said);
  expect(Math.min(...(found?.rowNumbers ?? []))).toBeGreaterThan(198);
  expect(Math.max(...(found?.rowNumbers ?? []))).toBeLessThan(219);
});

test("values that only contradict the others have not slipped", async () => {
  expect(await inspect((at) => (at >= 200 && at < 216 ? at - 100 : at))).toEqual([]);
});

test("series that go on smoothly may lag behind each other by nature", async () => {
  const found = await inspectRows(
    ["year", "miles"],
    Array.from({ length: 120 }, (_, at) => [
      1900 + at,
      (50 * at + 300 * Math.sin(at / 6) + noise(at)).toFixed(1),
    ]),
    { rowLimit: 1000, without },
  );
  expect(found).toEqual([]);
});
