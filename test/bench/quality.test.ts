import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { corruptions, kinds, written } from "./quality/corrupt.ts";
import * as fourth from "./quality/fourth/corrupt.ts";
import type { Document, Format } from "./quality/fourth/document.ts";
import { total } from "./quality/score.ts";
import * as second from "./quality/second/corrupt.ts";
import { type Form, forms } from "./quality/second/forms.ts";
import type { Table } from "./quality/table.ts";
import * as third from "./quality/third/corrupt.ts";

const samples = join(import.meta.dirname, "../../node_modules/vega-datasets/data");
const program = fileURLToPath(import.meta.resolve("./quality.ts"));

const table: Table = {
  names: ["day", "place", "lat", "price", "code"],
  rows: Array.from({ length: 200 }, (_, at) => [
    new Date(Date.UTC(2020, 0, 1 + at)).toISOString().slice(0, 10),
    ["Ashford", "Bexhill", "Colchester"][at % 3] ?? null,
    String(50 + at / 100),
    (6000 + at * 1.5).toFixed(1),
    `0${1000 + at}`,
  ]),
};

test("the same seed damages a table in the same way, and each corruption tells the truth about its rows", () => {
  const damaged = corruptions(table, 60, 7);
  expect(corruptions(table, 60, 7)).toEqual(damaged);
  expect(new Set(damaged.map(({ kind }) => kind)).size).toBeGreaterThan(kinds.length * 0.8);
  const clean = written(table).split("\n");
  for (const { kind, text, rows } of damaged) {
    const lines = text.split("\n");
    if (lines.length !== clean.length) continue;
    const changed = lines.flatMap((line, at) => (line === clean[at] ? [] : [at]));
    // Rows that others were made equal to count as damaged although they did not change.
    expect([kind, changed.filter((row) => !rows.has(row))]).toEqual([kind, []]);
    expect([kind, changed.length > 0]).toEqual([kind, true]);
  }
});

test("the second corruptor damages alike by the same seed, and tells the truth about its rows in every form of file", () => {
  for (const [at, form] of forms.entries()) {
    const damaged = second.corruptions(table, form, 60, 7 + at);
    expect(second.corruptions(table, form, 60, 7 + at)).toEqual(damaged);
    const clean = second.written(table, form).split("\n");
    for (const { kind, variant, text, rows, columns } of damaged) {
      expect([kind, variant, rows.size > 0, columns.length > 0]).toEqual([
        kind,
        variant,
        true,
        true,
      ]);
      const lines = text.split("\n");
      // Rows that make way for a block that was moved are not damaged.
      if (kind === "order of rows" || lines.length !== clean.length || columns.length > 2) continue;
      const changed = lines.flatMap((line, row) => (line === clean[row] ? [] : [row]));
      expect([kind, variant, changed.filter((row) => !rows.has(row))]).toEqual([kind, variant, []]);
    }
  }
});

test("the third corruptor damages alike by the same seed, tells the truth about its rows, and says of each kind what gives it away", () => {
  for (const [at, form] of forms.entries()) {
    const damaged = third.corruptions(table, form, 60, 7 + at);
    expect(third.corruptions(table, form, 60, 7 + at)).toEqual(damaged);
    const clean = second.written(table, form).split("\n");
    for (const { kind, variant, text, rows, columns } of damaged) {
      const what = [kind, variant];
      expect([...what, rows.size > 0, columns.length > 0]).toEqual([...what, true, true]);
      const lines = text.split("\n");
      expect([...what, lines.some((line, row) => line !== clean[row])]).toEqual([...what, true]);
      if (lines.length !== clean.length) continue;
      const changed = lines.flatMap((line, row) => (line === clean[row] ? [] : [row]));
      expect([...what, changed.filter((row) => !rows.has(row))]).toEqual([...what, []]);
    }
  }
});

test("with a dose every corruption damages about that share of the rows, with none a single one", () => {
  const corruptors = [
    (dose: number) => corruptions(table, 40, 7, dose),
    (dose: number) => second.corruptions(table, forms[0] as Form, 40, 7, dose),
    (dose: number) => third.corruptions(table, forms[0] as Form, 40, 7, dose),
  ];
  for (const damagedBy of corruptors)
    for (const dose of [0, 0.05, 0.3]) {
      const damaged = damagedBy(dose);
      const wanted = Math.max(1, table.rows.length * dose);
      expect([dose, damaged.length > 10]).toEqual([dose, true]);
      for (const { kind, rows } of damaged)
        expect([dose, kind, rows.size >= wanted / 2 && rows.size <= wanted * 2]).toEqual([
          dose,
          kind,
          true,
        ]);
    }
});

test("the third corruptor moves a column only where rows then contradict what held between columns", () => {
  const letters = [..."ABCDEFGHIJKL"];
  const rows = Array.from({ length: 240 }, (_, at) => {
    const place = letters[(at * 7) % 12] as string;
    return [place, `the town of ${place}`, letters[Math.floor((at * at) / 5) % 12] as string];
  });
  const names = ["place", "long name", "loose"];
  const ways = Array.from({ length: 12 }, (_, seed) =>
    third.corruptions({ names, rows }, forms[0] as Form, 30, seed),
  ).flat();
  const moved = ways.filter(({ kind }) => /slipped|sorted/.test(kind));
  expect(moved.length).toBeGreaterThan(0);
  for (const { kind, columns } of moved) expect([kind, columns]).not.toEqual([kind, ["loose"]]);
});

test("the fourth corruptor damages files in their own formats alike by the same seed, and tells the truth about records that are one a line", () => {
  const typed: Document["records"] = table.rows.map(([day, place, lat, price, code], at) => [
    ["day", day],
    ["place", place],
    ["lat", Number(lat)],
    ["price", Number(price)],
    ["code", code],
    ["in", { n: at }],
  ]);
  const plain = typed.map((fields) =>
    fields.slice(0, 5).map(([name, value]) => [name, String(value)] as const),
  );
  for (const format of ["json", "ndjson", "csv", "tsv", "parquet"] satisfies Format[]) {
    const records = format === "csv" || format === "tsv" ? plain : typed;
    const document: Document = { format, names: (records[0] ?? []).map(([name]) => name), records };
    const damaged = fourth.corruptions(document, 60, 7);
    expect(fourth.corruptions(document, 60, 7)).toEqual(damaged);
    expect(new Set(damaged.map(({ kind }) => kind)).size).toBeGreaterThan(10);
    const head = format === "csv" || format === "tsv" ? 1 : 0;
    const clean = fourth.written(document, 7).toString("latin1").split("\n");
    for (const { kind, variant, text, rows, columns, kept } of damaged) {
      const what = [format, kind, variant];
      expect([...what, rows.size > 0, columns.length > 0]).toEqual([...what, true, true]);
      const lines = text.toString("latin1").split("\n");
      const same = lines.length === clean.length && lines.every((line, at) => line === clean[at]);
      expect([...what, same]).toEqual([...what, kept !== undefined]);
      // Other layouts have no line for each record.
      if (format === "json" || lines.length !== clean.length) continue;
      const changed = lines.flatMap((line, at) => (line === clean[at] ? [] : [at + 1 - head]));
      expect([...what, changed.filter((row) => !rows.has(row))]).toEqual([...what, []]);
    }
  }
});

test("recall counts corruptions, precision counts findings", () => {
  const one = {
    file: "f",
    held: false,
    kind: "k",
    variant: undefined,
    columns: ["a"],
    damaged: 10,
    refused: undefined,
  };
  const wrong = {
    rule: "key",
    columns: ["b"],
    rows: 1,
    share: 0.1,
    severity: "soft" as const,
    score: 1,
    evidence: "",
    examples: [],
    rowNumbers: [1],
  };
  const sum = total([
    { ...one, named: 5, by: ["outlier"], right: 3, wrong: [wrong], fresh: [] },
    { ...one, named: 0, by: [], right: 0, wrong: [], fresh: [] },
  ]);
  expect(sum).toEqual({
    corruptions: 2,
    recall: 0.5,
    precision: 0.75,
    precisionOnce: 0.75,
    precisionNew: 1,
    rows: 0.25,
  });
});

test.skipIf(!existsSync(samples))(
  "the quality bench finds most of what it breaks",
  () => {
    const command = ["--conditions=troupe:source", program, "--file", "barley", "--per-file", "8"];
    const printed = execFileSync(process.execPath, command, { encoding: "utf8" });
    const [, count, recall] = /^\| all \| (\d+) \| ([\d.]+) \|/m.exec(printed) ?? [];
    expect(Number(count)).toBe(8);
    expect(Number(recall)).toBeGreaterThan(0.6);
    expect(printed).toContain("0 rows set aside");
  },
  120_000,
);
