import { expect, test } from "vitest";
import { dirtyTable } from "./dirty-table.ts";

const tables = Array.from({ length: 30 }, (_, number) => dirtyTable(4, number));

test("a seed and a number always give the same table, others give others", () => {
  expect(dirtyTable(4, 3)).toEqual(tables[3]);
  expect(new Set(tables.map(({ csv }) => csv)).size).toBe(tables.length);
  expect(dirtyTable(5, 3).csv).not.toBe(tables[3]?.csv);
});

test("the CSV holds the clean rows, some repeated, and some dates a century late where it says so", () => {
  for (const { csv, clean, sourceRows, replanned } of tables) {
    const [header, ...lines] = csv.trimEnd().split("\n");
    expect(header).toBe("id,seen,name,place,amount,pieces");
    expect(lines).toHaveLength(sourceRows);
    const late = clean.filter((row, index) => row.join(",") !== lines[index]);
    expect(late).toHaveLength(replanned ? 3 : 0);
    for (const row of late) expect(row[1]).toMatch(/^196/);
    for (const line of lines.slice(clean.length))
      expect(lines.indexOf(line)).toBeLessThan(clean.length);
  }
  expect(tables.filter(({ replanned }) => replanned)).toHaveLength(10);
  expect(tables.filter(({ clean, sourceRows }) => sourceRows > clean.length)).toHaveLength(15);
});
