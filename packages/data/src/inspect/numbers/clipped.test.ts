import { expect, test } from "vitest";
import { inspections } from "../inspect.test-support.ts";
import { type InspectionRuleId, inspectionRules } from "../inspection-rules.ts";

const { inspectRows } = inspections();
const without = (Object.keys(inspectionRules) as InspectionRuleId[]).filter(
  (rule) => rule !== "clipped",
);
/** Between 0 and 1, the same every time, and without a pattern. */
const noise = (at: number): number => Math.abs(Math.sin((at + 1) * 12.9898) * 43_758.5453) % 1;
const inspect = (of: (at: number) => number) =>
  inspectRows(
    ["flow", "no"],
    Array.from({ length: 300 }, (_, at) => [Number(of(at).toFixed(3)), at]),
    { rowLimit: 1000, without },
  );
const measured = (at: number): number => 40 * noise(at);
const beyond = (is: (value: number) => boolean): readonly number[] =>
  Array.from({ length: 300 }, (_, at) => at).flatMap((at) => (is(measured(at)) ? [at + 1] : []));

test("numbers that reach their bounds once have not been cut off", async () => {
  expect(await inspect(measured)).toEqual([]);
});

test("numbers that were cut off above, or below, are found", async () => {
  expect(await inspect((at) => Math.min(36.277, measured(at)))).toMatchObject([
    { rule: "clipped", columns: ["flow"], rowNumbers: beyond((value) => value >= 36.277) },
  ]);
  expect(await inspect((at) => Math.max(3.151, measured(at)))).toMatchObject([
    { rule: "clipped", columns: ["flow"], rowNumbers: beyond((value) => value <= 3.151) },
  ]);
});

test("zero and other round numbers are bounds by nature", async () => {
  expect(await inspect((at) => Math.max(0, measured(at) - 4))).toEqual([]);
  expect(await inspect((at) => Math.min(36, measured(at)))).toEqual([]);
});

test("a value far beyond all others was filled in, and cut off nothing", async () => {
  expect(await inspect((at) => (at % 20 === 0 ? 93.717 : measured(at)))).toEqual([]);
});
