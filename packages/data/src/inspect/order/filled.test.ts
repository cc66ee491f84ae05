import { expect, test } from "vitest";
import { inspections } from "../inspect.test-support.ts";
import { type InspectionRuleId, inspectionRules } from "../inspection-rules.ts";

const { inspectRows } = inspections();
const without = (Object.keys(inspectionRules) as InspectionRuleId[]).filter(
  (rule) => rule !== "filled",
);
/** Between 0 and 1, the same every time, and without a pattern. */
const noise = (at: number, of = 1): number =>
  Math.abs(Math.sin((at + 1) * 12.9898 * of) * 43_758.5453) % 1;
const value = (at: number): number => Number((100 * noise(at)).toFixed(1));
const inspect = (of: (at: number) => string | number) =>
  inspectRows(
    ["number", "tag"],
    Array.from({ length: 300 }, (_, at) => [of(at), `T${Math.floor(noise(at, 3) * 900)}`]),
    { rowLimit: 1000, without },
  );
const rows = (first: number, last: number): readonly number[] =>
  Array.from({ length: last - first + 1 }, (_, at) => first + at);
const between = (at: number, from: number, to: number): number =>
  value(from) + ((value(to) - value(from)) * (at - from)) / (to - from);

test("measured numbers are on no line", async () => {
  expect(await inspect(value)).toEqual([]);
});

test("a gap that was filled by a straight line is found, and its ends are not named", async () => {
  const found = await inspect((at) => (at > 120 && at < 135 ? between(at, 120, 135) : value(at)));
  expect(found).toMatchObject([
    { rule: "filled", columns: ["number"], rowNumbers: rows(122, 135) },
  ]);
  expect(found[0]?.evidence).toContain("14 values on a straight line in a row");
});

test("a gap that was filled by a line and rounded is found", async () => {
  const found = await inspect((at) =>
    at > 120 && at < 135 ? between(at, 120, 135).toFixed(1) : value(at),
  );
  expect(found).toMatchObject([
    { rule: "filled", columns: ["number"], rowNumbers: rows(122, 135) },
  ]);
});

test("numbers that count up from one of them on are found", async () => {
  const found = await inspect((at) => (at > 40 && at < 52 ? value(40) + at - 40 : value(at)));
  expect(found).toMatchObject([{ rule: "filled", columns: ["number"] }]);
});

test("names that count up where they otherwise do not are found", async () => {
  const found = await inspectRows(
    ["tag", "number"],
    Array.from({ length: 300 }, (_, at) => [
      at > 200 && at < 212 ? `T${at}` : `T${Math.floor(noise(at, 3) * 900)}`,
      value(at),
    ]),
    { rowLimit: 1000, without },
  );
  expect(found).toMatchObject([{ rule: "filled", columns: ["tag"] }]);
});

test("a column that always goes on by the same step was not filled in", async () => {
  expect(await inspect((at) => at * 3 + (at > 150 ? 40 : 0))).toEqual([]);
});

test("values that are kept for four rows each are found", async () => {
  const found = await inspect((at) => value(at >= 80 && at < 100 ? at - (at % 4) : at));
  expect(found).toMatchObject([{ rule: "filled", columns: ["number"], rowNumbers: rows(81, 100) }]);
  expect(found[0]?.evidence).toContain("20 values that stay for two rows and more in a row");
});
