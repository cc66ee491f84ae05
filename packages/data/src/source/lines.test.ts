import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { engineInFolder } from "../engine/engine.test-support.ts";
import { describeSource, profileSource, scan } from "../index.ts";

const { engine, folder: directory } = await engineInFolder();

async function read(lines: readonly string[], end = "\n") {
  const path = join(directory, "table.csv");
  writeFileSync(path, lines.join(end));
  const { source } = await profileSource(engine, await describeSource(path, [directory]));
  return { source, rows: await engine.rows(`SELECT * FROM ${scan(source, true)}`) };
}

const table = (mark: string) => [
  ["a", "b", "c"].join(mark),
  ...Array.from({ length: 40 }, (_, at) =>
    [`x${at}`, at, `"say ""${at}""${mark} twice"`].join(mark),
  ),
];

test.for([",", ";", "\t", "|"])(
  "of a file divided by '%s', lines that are too long or too short lose nothing",
  async (mark) => {
    const lines = table(mark);
    lines[10] = ["x9", "9"].join(mark);
    lines[20] = ["x19", "19", "one", "two"].join(mark);
    const { source, rows } = await read(lines);
    expect(source.lines).toMatchObject({ delimiter: mark, names: ["a", "b", "c"], ragged: 2 });
    expect(rows).toHaveLength(40);
    expect(rows[9]).toEqual({ a: "x9", b: "9", c: null });
    expect(rows[19]).toEqual({ a: "x19", b: "19", c: `one${mark}two` });
    expect(rows[0]).toEqual({ a: "x0", b: "0", c: `say "0"${mark} twice` });
  },
);

test("line ends of Windows, and a mark at the beginning, are no part of values", async () => {
  const lines = ["\uFEFFa,b", ...Array.from({ length: 30 }, (_, at) => `${at},y`), "cut"];
  const { source, rows } = await read(lines, "\r\n");
  expect(source.lines?.names).toEqual(["a", "b"]);
  expect(rows.at(0)).toEqual({ a: "0", b: "y" });
  expect(rows.at(-1)).toEqual({ a: "cut", b: null });
});

test("a file whose lines are all as long as its header is read as ever", async () => {
  expect((await read(table(","))).source.lines).toBeUndefined();
});
