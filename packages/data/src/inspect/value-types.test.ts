import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { engineInFolder } from "../engine/engine.test-support.ts";
import { describeSource, inspectSource, profileSource } from "../index.ts";

const { engine, sources } = await engineInFolder(true);

/** What stands out by the types of values, in 60 records. */
async function found(value: (at: number) => unknown) {
  const records = Array.from({ length: 60 }, (_, at) => ({ id: at, name: `n${at}`, v: value(at) }));
  const path = join(sources, "typed.json");
  writeFileSync(path, JSON.stringify(records));
  const profile = await profileSource(engine, await describeSource(path, [sources]));
  const faults = await inspectSource(engine, profile);
  return faults
    .filter(({ rule }) => rule === "value-type")
    .map(({ columns, rowNumbers, evidence }) => [columns, rowNumbers, evidence]);
}

const at = (row: number, odd: unknown, usual: (row: number) => unknown) => (index: number) =>
  index === row - 1 ? odd : usual(index);

test("a number in quotation marks among numbers is found", async () => {
  expect(await found(at(8, "12.5", (row) => row * 1.5))).toEqual([
    [["v"], [8], "values that are numbers in quotation marks stand among numbers"],
  ]);
});

test("a list and an object among plain values are found, and the others are inspected as ever", async () => {
  expect(await found(at(8, [3], (row) => row))).toEqual([
    [["v"], [8], "values that are lists stand among numbers"],
  ]);
  expect(await found(at(9, { value: "x" }, (row) => `word ${row % 4}`))).toEqual([
    [["v"], [9], "values that are objects stand among texts"],
  ]);
});

test("values of another type are found in up to nearly half of a column", async () => {
  const [one] = await found((row) => (row % 5 < 2 ? `${row}` : row));
  expect(one?.[0]).toEqual(["v"]);
});

test("a number among texts may be a title, and columns of one type say nothing", async () => {
  expect(await found(at(8, 300, (row) => `title ${row}`))).toEqual([]);
  expect(await found((row) => `${row}`)).toEqual([]);
  expect(await found((row) => (row % 2 === 0 ? [row] : `x${row}`))).toEqual([]);
});
