import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Engine, openEngine } from "@troupe/data";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CleanGoals } from "./clean-goals.ts";
import { dirtyTable } from "./dirty-table.ts";

const seed = 9;
const table = dirtyTable(seed, 1);
let folder = "";
let engine: Engine;
let goals: CleanGoals;
let version = "";

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "troupe-clean-"));
  engine = await openEngine({ readable: [folder], workspace: folder });
  goals = new CleanGoals({ seed, inbox: folder, datasets: folder, engine });
  version = join(folder, "chaos-0002", "chaos-0002");
  mkdirSync(version, { recursive: true });
  symlinkSync("chaos-0002", join(folder, "chaos-0002", "latest"));
  await publish(table.clean);
});
afterEach(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
});

/** Publishes these rows as the dataset of the second goal. */
async function publish(rows: typeof table.clean): Promise<void> {
  const values = rows.map((row) => `(${row.map((value) => `'${value}'`).join(", ")})`).join(", ");
  const query = `SELECT * FROM (VALUES ${values}) AS t(${table.columns.join(", ")})`;
  const file = join(version, "data.parquet");
  await engine.writeParquet(query, file);
  const sha256 = {
    "data.parquet": createHash("sha256").update(readFileSync(file)).digest("hex"),
  };
  const kept = table.clean.length;
  const counts = { source: table.sourceRows, kept, quarantined: 0 };
  const manifest = { rows: { ...counts, duplicates: table.sourceRows - kept }, sha256 };
  writeFileSync(join(version, "manifest.json"), JSON.stringify(manifest));
}

function found(): Promise<readonly string[]> {
  return goals.inspect(1, { folder: version });
}

test("a goal reads a table of its own and names a dataset of its own", async () => {
  const { id, document } = await goals.goal(1);
  const source = join(folder, "chaos-0002.csv");
  expect(document).toEqual({ id, kind: "clean", source, output: "chaos-0002" });
  expect(readFileSync(source, "utf8")).toBe(table.csv);
});

test("nothing is wrong with a dataset that is there once, whole and right", async () => {
  expect(await found()).toEqual([]);
});

test("a second version, and a result that names another folder, are found", async () => {
  mkdirSync(join(folder, "chaos-0002", "again"));
  expect(await goals.inspect(1, { folder: "/elsewhere" })).toEqual([
    `its result names the folder /elsewhere, not ${version}`,
    "published versions are again, chaos-0002, latest, not chaos-0002, latest",
  ]);
});

test("a dataset that is partial, or holds a wrong value, is found", async () => {
  await publish(table.clean.slice(1));
  expect(await found()).toEqual([
    `data.parquet has ${table.clean.length - 1} rows, not ${table.clean.length}`,
  ]);
  await publish(table.clean.map((row, index) => (index === 3 ? [...row.slice(0, 5), "-1"] : row)));
  expect(await found()).toEqual([
    `row 4 of data.parquet is ${table.clean[3]?.slice(0, 5).join()},-1, not ${table.clean[3]?.join()}`,
  ]);
});

test("files that are not as the manifest says, or not in it, are found", async () => {
  writeFileSync(join(version, "report.md"), "");
  const manifest = JSON.parse(readFileSync(join(version, "manifest.json"), "utf8"));
  manifest.sha256["data.parquet"] = "00";
  manifest.rows.kept = 1;
  writeFileSync(join(version, "manifest.json"), JSON.stringify(manifest));
  expect(await found()).toEqual([
    "its files are data.parquet, report.md, not those of its manifest",
    "data.parquet differs from its manifest",
    "report.md differs from its manifest",
    expect.stringContaining("rows source/kept/quarantined/duplicates are"),
  ]);
});

test("a dataset that is missing is found", async () => {
  rmSync(join(folder, "chaos-0002"), { recursive: true });
  expect(await found()).toEqual([expect.stringContaining("can't be read: ENOENT")]);
});
