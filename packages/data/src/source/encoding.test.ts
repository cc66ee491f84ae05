import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cleanFile } from "../clean-file.test-support.ts";
import { engineInFolder } from "../engine/engine.test-support.ts";
import { parquet } from "../engine/sql.ts";
import { describeSource, inspectSource, profileSource } from "../index.ts";
import { landSource } from "./land-source.ts";
import { numberedScan, scan } from "./scan.ts";

const { engine, sources, work } = await engineInFolder(true);

const le = (text: string) => Buffer.from(text, "utf16le");
const be = (text: string) => le(text).swap16();
const latin1 = (text: string) => Buffer.from(text, "latin1");

const profiled = async (name: string, content: Buffer) => {
  const path = join(sources, name);
  writeFileSync(path, content);
  return profileSource(engine, await describeSource(path, [sources]));
};
async function read(name: string, content: Buffer) {
  const profile = await profiled(name, content);
  const rows = await engine.rows(`SELECT * FROM ${scan(profile.source, true)}`);
  return { profile, rows, source: profile.source };
}

const table = "name,city\nJosé,Zürich\n日本,😀\n";
const rows = [
  { name: "José", city: "Zürich" },
  { name: "日本", city: "😀" },
];

test.for([
  ["le-mark.csv", le(`\ufeff${table}`), "utf-16le"],
  ["le.csv", le(table), "utf-16le"],
  ["be-mark.csv", be(`\ufeff${table}`), "utf-16be"],
  ["be.csv", be(table), "utf-16be"],
  ["tabs.tsv", le(`\ufeff${table.replaceAll(",", "\t")}`), "utf-16le"],
  ["array.json", be(`\ufeff${JSON.stringify(rows)}`), "utf-16be"],
  ["lines.ndjson", le(`${rows.map((row) => JSON.stringify(row)).join("\n")}\n`), "utf-16le"],
  ["utf8.csv", Buffer.from(table), undefined],
] as const)("%s is read as what it is written in", async ([name, content, encoding]) => {
  const found = await read(name, content);
  expect(found.rows).toEqual(rows);
  expect(found.source.encoding).toBe(encoding);
  expect(found.source.utf8?.unreadable).toBe(encoding === undefined ? undefined : 0);
});

test("Windows-1252 is read with the characters that Latin-1 has not", async () => {
  const text = latin1("name,price\nJos\xe9 \x93Pepe\x94,5 \x80\nZo\xeb,6 \x80\n");
  const found = await read("windows.csv", text);
  expect(found.rows).toEqual([
    { name: "José “Pepe”", price: "5 €" },
    { name: "Zoë", price: "6 €" },
  ]);
  expect(found.source.encoding).toBe("windows-1252");
  const json = await read("latin1.json", latin1('[{"a":"Jos\xe9"},{"a":"b"}]'));
  expect(json.rows).toEqual([{ a: "José" }, { a: "b" }]);
});

test("what is no UTF-8 far behind the beginning, and on the edge of what is read at once, is found", async () => {
  const long = "x".repeat(65_530);
  // The é begins on the last byte of the first piece.
  const across = Buffer.from(`a,b\n${"y".repeat(65_531)}é,1\n`);
  expect((await read("across.csv", across)).source.encoding).toBeUndefined();
  const late = Buffer.concat([Buffer.from(`a,b\n${long},1\n${long},é\n`), latin1("\xe9,2\n")]);
  const { source, rows: found } = await read("late.csv", late);
  expect(source).toMatchObject({ encoding: "mixed", utf8: { otherLines: 1 } });
  expect(found.map(({ b }) => b)).toEqual(["1", "é", "2"]);
  const pair = await read("pair.csv", le(`a,b\n${"z".repeat(32_763)}😀,1\n`));
  expect(pair.source.utf8?.unreadable).toBe(0);
  expect(String(pair.rows[0]?.["a"]).endsWith("z😀")).toBe(true);
});

test("of a file in two encodings each character is read in its own, and the lines of the rarer one are named", async () => {
  const parts = [Buffer.from("name,n\nZoë,1\nJosé,2\n"), latin1("Ren\xe9,3\n")];
  const { source, rows: found } = await read("mixed.csv", Buffer.concat(parts));
  expect(found.map(({ name }) => name)).toEqual(["Zoë", "José", "René"]);
  expect(source.utf8).toMatchObject({ unreadable: 0, otherLines: 1, firstOtherLines: [4] });
});

test("half a character at the end, halves of pairs and NULs are counted, and their rows stand out", async () => {
  const body = Array.from({ length: 60 }, (_, at) => `name ${at},${at}\n`).join("");
  const hurt = le(`\ufeffname,n\n${body}a\0b,60\nx\ud800y,61\nlast,62`);
  const profile = await profiled("hurt.csv", Buffer.concat([hurt, Buffer.from([0x41])]));
  expect(profile.rows).toBe(63);
  expect(profile.source.utf8?.unreadable).toBe(3);
  const faults = await inspectSource(engine, profile);
  const broken = faults.filter(({ rule }) => rule === "broken-character");
  expect(broken.flatMap(({ rowNumbers }) => rowNumbers).sort((a, b) => a - b)).toEqual([
    61, 62, 63,
  ]);
  expect(broken.every(({ severity }) => severity === "hard")).toBe(true);
});

test("a large file is copied to Parquet from its text in UTF-8", async () => {
  const { source } = await read("large.csv", latin1("a,b\nJos\xe9,1\n"));
  const path = join(work, "large.parquet");
  const landed = await landSource(engine, source, { path, attempt: "t" });
  expect(await engine.rows(`SELECT * FROM ${numberedScan(landed)}`)).toEqual([
    { _row: "1", a: "José", b: "1" },
  ]);
});

test("lines of different lengths are read in any encoding", async () => {
  const body = Array.from({ length: 30 }, (_, at) => `é${at},${at},x\n`).join("");
  const { source, rows: found } = await read("ragged.csv", le(`a,b,c\n${body}é,1\n`));
  expect(source.lines?.ragged).toBe(1);
  expect(found).toHaveLength(31);
  expect(found[30]).toEqual({ a: "é", b: "1", c: null });
});

test("a published version has all rows, and report, page and lineage say how the file was written", async () => {
  const file = join(sources, "people.csv");
  writeFileSync(file, latin1("name,n\nJos\xe9,1\nZo\xeb,2\nAnna,3\n"));
  const { published } = await cleanFile(engine, {
    file,
    readable: [sources],
    directory: work,
    referenceTime: Date.UTC(2026, 10, 21),
  });
  const { data, report, page, lineage } = published.files;
  expect(await engine.rows(`SELECT name FROM ${parquet(data)} ORDER BY n`)).toEqual(
    ["José", "Zoë", "Anna"].map((name) => ({ name })),
  );
  for (const path of [report, page ?? "", lineage])
    expect(readFileSync(path, "utf8")).toContain("The file is in Windows-1252 (Latin-1)");
});
