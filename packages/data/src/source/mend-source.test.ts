import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cleanFile } from "../clean-file.test-support.ts";
import { engineInFolder } from "../engine/engine.test-support.ts";
import { parquet } from "../engine/sql.ts";
import { describeSource, describeSources, inspectSource, profileSource } from "../index.ts";
import { scan } from "./scan.ts";

const { engine, sources, work } = await engineInFolder(true);

const record = (at: number): string =>
  `{"id": ${at}, "name": "name ${at}, [\\"{${at}}\\"]", "in": {"n": ${at}}}`;
const records = Array.from({ length: 12 }, (_, at) => record(at));
const array = (all: readonly string[], gap = ",\n"): string => `[\n${all.join(gap)}\n]\n`;
const broken = (at: number, text: string): string[] => records.with(at, text);

async function read(name: string, content: string | Buffer) {
  const path = join(sources, name);
  writeFileSync(path, content);
  const profile = await profileSource(engine, await describeSource(path, [sources]));
  const rows = await engine.rows(`SELECT id, name FROM ${scan(profile.source, true)}`);
  const faults = await inspectSource(engine, profile);
  const found = faults.filter(({ rule }) => rule === "broken-record" || rule === "cut-off");
  return { profile, rows, mended: profile.source.mended, faults: found };
}

test.for([
  ["syntax.json", array(broken(3, '{"id": 3, "name": None}')), "it is no JSON"],
  ["one-line.json", array(broken(3, '{"id": 3, "name: "x"}'), ", "), "it is no JSON"],
  ["quotes.ndjson", broken(3, "{'id': 3}").join("\n"), "it is no JSON"],
  ["twice.json", array(broken(3, '{"id": 3, "name": "x", "name": "y"}')), "it has a field twice"],
  [
    "inner-twice.json",
    array(broken(3, '{"id": 3, "in": {"n": 1, "n": 2}}')),
    "it has a field twice",
  ],
  ["stray.ndjson", broken(3, "502 Bad Gateway").join("\n"), "it is text between records"],
] as const)(
  "%s is read but for the record that is broken, which is named and set aside",
  async ([name, content, why]) => {
    const { rows, mended, faults } = await read(name, content);
    expect(rows).toHaveLength(12);
    expect(rows[2]).toMatchObject({ name: 'name 2, ["{2}"]' });
    expect(rows[4]).toMatchObject({ name: 'name 4, ["{4}"]' });
    expect(mended).toMatchObject({ records: 12, broken: 1, cut: false, first: [{ row: 4, why }] });
    expect(faults).toMatchObject([{ rule: "broken-record", severity: "hard", rowNumbers: [4] }]);
  },
);

test("of a broken record the fields before the damage are kept", async () => {
  const content = array(broken(3, '{"id": 3, "name": "kept", "in": {"n": oops}}'));
  const { rows, mended } = await read("fields.json", content);
  expect(rows[3]).toEqual({ id: "3", name: "kept" });
  expect(readFileSync(mended?.list ?? "", "utf8")).toContain("oops");
});

test.for([", ", ",\n", ",\r\n  "])(
  "a file that is cut off anywhere after its second record is read as far as it goes (%j)",
  async (gap) => {
    const whole = array(records, gap);
    const second = whole.indexOf(records[3] ?? "");
    for (let end = second; end < second + 80; end += 7) {
      const { rows, mended, faults } = await read("cut.json", whole.slice(0, end));
      expect(mended?.cut).toBe(true);
      expect(rows.slice(0, 3).map(({ id }) => id)).toEqual(["0", "1", "2"]);
      expect(faults).toHaveLength(1);
      expect(faults[0]?.rowNumbers).toEqual([rows.length]);
    }
  },
);

test("arrays that follow each other are read as one, and that is said", async () => {
  const { rows, mended } = await read("two.json", array(records) + array(records));
  expect(rows).toHaveLength(24);
  expect(mended).toMatchObject({ broken: 0, furtherArrays: 1, cut: false });
});

test("half a pair of surrogates becomes a replacement character, and a whole pair stays", async () => {
  const content = array(broken(3, '{"id": 3, "name": "\\ud83d \\ud83d\\ude00"}'));
  const { rows, mended } = await read("half.json", content);
  expect(rows[3]?.["name"]).toBe("\uFFFD 😀");
  expect(mended).toMatchObject({ broken: 0, unreadable: 1 });
});

test("a block of NULs in a file is a hole, and the file around it is read", async () => {
  const lines = Array.from({ length: 60 }, (_, at) => `${at},name ${at}\n`);
  const whole = Buffer.from(`id,name\n${lines.join("")}`);
  const csv = await read("hole.csv", Buffer.from(whole).fill(0, 300, 330));
  expect(csv.profile.source.utf8?.unreadable).toBe(30);
  expect(csv.rows.length).toBeGreaterThan(55);
  const text = Buffer.from(array(records));
  const json = await read("hole.json", text.fill(0, 300, 330));
  expect(json.mended?.broken).toBeGreaterThan(0);
  expect(json.rows.length).toBeGreaterThan(9);
});

test("of several files, too, the broken records are named, with their rows in all of them", async () => {
  writeFileSync(join(sources, "part-1.json"), array(records));
  const second = broken(3, '{"id": 3, "name": "x", "name": "y"}');
  writeFileSync(join(sources, "part-2.json"), array(second));
  const paths = [1, 2].map((part) => join(sources, `part-${part}.json`));
  const profile = await profileSource(engine, await describeSources(paths, [sources]));
  const faults = await inspectSource(engine, profile);
  expect(faults.filter(({ rule }) => rule === "broken-record")).toMatchObject([
    { rowNumbers: [16], files: [{ file: 1, rows: 1 }] },
  ]);
});

test("a version published of a file with broken records has all rows, and report, page and lineage name the place", async () => {
  const file = join(sources, "published.json");
  const flat = Array.from({ length: 40 }, (_, at) => `{"id": ${at}, "name": "name ${at}"}`);
  writeFileSync(file, array(flat.with(7, '{"id": 7, "name": "na')));
  const { published } = await cleanFile(engine, {
    file,
    readable: [sources],
    directory: work,
    referenceTime: Date.UTC(2026, 10, 21),
  });
  const { data, report, page, lineage } = published.files;
  const names = await engine.rows(
    `SELECT name FROM ${parquet(data)} WHERE id BETWEEN 6 AND 8 ORDER BY id`,
  );
  expect(names).toEqual([{ name: "name 6" }, { name: null }, { name: "name 8" }]);
  for (const path of [report, page ?? "", lineage])
    expect(readFileSync(path, "utf8")).toContain("row 8, line 9: it is no JSON");
});
