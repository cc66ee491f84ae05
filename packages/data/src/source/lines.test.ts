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

const relaid = (write: (line: string) => string, from = 20) =>
  table(",").map((line, at) => (at <= from ? line : write(line)));

test("where lines lack a value from one of them on, the file is read, and what is missing is missing", async () => {
  const { source, rows } = await read(relaid((line) => line.split(",").slice(0, 2).join(",")));
  expect(source.lines).toMatchObject({ ragged: 20 });
  expect(rows).toHaveLength(40);
  expect(rows[20]).toEqual({ a: "x20", b: "20", c: null });
});

test("where lines end with a mark from one of them on, nothing is added to them", async () => {
  const { source, rows } = await read(relaid((line) => `${line},`));
  expect(source.lines).toMatchObject({ ragged: 0, otherwise: 20 });
  expect(rows[30]).toEqual({ a: "x30", b: "30", c: 'say "30", twice' });
});

test("where lines are divided by another mark from one of them on, they are read by that", async () => {
  const { source, rows } = await read(relaid((line) => line.replace(/^(\w+),(\d+),/, "$1;$2;")));
  expect(source.lines).toMatchObject({ ragged: 0, otherwise: 20 });
  expect(rows[30]).toEqual({ a: "x30", b: "30", c: 'say "30", twice' });
});

test("a file whose lines have other numbers of values here and there is refused", async () => {
  const lines = table(",").map((line, at) => (at % 3 === 1 ? `${line},more` : line));
  await expect(read(lines)).rejects.toMatchObject({ code: "source-format" });
});
