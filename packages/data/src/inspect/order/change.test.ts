import { expect, test } from "vitest";
import { inspections } from "../inspect.test-support.ts";
import { type InspectionRuleId, inspectionRules } from "../inspection-rules.ts";

const { inspectRows } = inspections();
const names = ["station", "day", "depth", "flow", "kind", "owner"];
/** Between 0 and 1, the same every time, and without a pattern. */
const noise = (at: number, of = 1): number =>
  Math.abs(Math.sin((at + 1) * 12.9898 * of) * 43_758.5453) % 1;
const pick = (at: number): string => String.fromCharCode(65 + Math.floor(noise(at, 13) * 26));
type Cells = (string | number | null)[];
const rows = (change: (cells: Cells, at: number) => Cells = (cells) => cells, count = 400) =>
  Array.from({ length: count }, (_, at) =>
    change(
      [
        `S${Math.floor(noise(at, 3) * 40)}`,
        new Date(Date.UTC(2020, 0, 1 + at)).toISOString().slice(0, 10),
        (20 + 15 * noise(at, 5)).toFixed(2),
        Math.round(100 * noise(at, 7) - 50),
        at < 200 ? "river" : "lake",
        ["Ada", "Ben", "Cleo", "Dan"][Math.floor(noise(at, 11) * 4)] ?? "",
      ],
      at,
    ),
  );
const others = (Object.keys(inspectionRules) as InspectionRuleId[]).filter(
  (rule) => rule !== "change",
);
const changes = (table: readonly Cells[]) =>
  inspectRows(names, table, { rowLimit: 1000, without: others });
const from = (first: number, last = 400): readonly number[] =>
  Array.from({ length: last - first + 1 }, (_, at) => first + at);

test("a table that goes on as it began has no change", async () => {
  expect(await changes(rows())).toEqual([]);
});

test("a column in another unit from a row on is found, with the row and the factor", async () => {
  const table = rows((cells, at) =>
    at < 263 ? cells : cells.with(2, (Number(cells[2]) * 2.54).toFixed(2)),
  );
  const [found, ...more] = await changes(table);
  expect(more).toEqual([]);
  expect(found).toMatchObject({ columns: ["depth"], severity: "soft", rowNumbers: from(264) });
  expect(found?.evidence).toMatch(
    /^from row 264 on the middle of 'depth' is .*centimetres and inches\?$/,
  );
});

test("numbers on both sides of zero that become a thousand times as large are found", async () => {
  const table = rows((cells, at) => (at < 263 ? cells : cells.with(3, Number(cells[3]) * 1000)));
  expect(await changes(table)).toMatchObject([{ columns: ["flow"], rowNumbers: from(264) }]);
});

test("a column whose decimals are cut for a stretch of rows is found", async () => {
  const table = rows((cells, at) =>
    at < 130 || at >= 180 ? cells : cells.with(2, Math.trunc(Number(cells[2]))),
  );
  const found = await changes(table);
  expect(found).toMatchObject([{ columns: ["depth"], rowNumbers: from(131, 180) }]);
  expect(found[0]?.evidence).toContain("with 0 decimals, elsewhere with 2");
});

test("columns that are exchanged from a row on are found", async () => {
  const table = rows((cells, at) =>
    at < 240 ? cells : cells.with(2, cells[5] ?? null).with(5, cells[2] ?? null),
  );
  expect(await changes(table)).toMatchObject([
    { columns: ["depth", "owner"], rowNumbers: from(241) },
  ]);
});

test("where another column says that a group begins, another level is no fault", async () => {
  const table = rows((cells, at) =>
    at < 200 ? cells : cells.with(2, (Number(cells[2]) + 90).toFixed(2)),
  );
  expect(await changes(table)).toEqual([]);
});

test("in a table of which rows are drawn the place is found to the row", async () => {
  const table = rows(
    (cells, at) => (at < 4321 ? cells : cells.with(2, (Number(cells[2]) * 3.28).toFixed(2))),
    6000,
  ).map((cells) => cells.with(4, "river"));
  const found = await changes(table);
  expect(found).toMatchObject([{ columns: ["depth"], rows: 1679 }]);
  expect(found[0]?.evidence).toMatch(/^from row 4322 on/);
});

test("codes in order that begin with digits, and then with letters, are no change", async () => {
  const table = rows((cells, at) => cells.with(0, at < 150 ? `${1000 + at}` : `${pick(at)}AB`));
  const sorted = table.map((cells) => cells[0] ?? "").toSorted();
  expect(await changes(table.map((cells, at) => cells.with(0, sorted[at] ?? "")))).toEqual([]);
});
