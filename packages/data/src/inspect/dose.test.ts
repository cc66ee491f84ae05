import { expect, test } from "vitest";
import { inspections } from "./inspect.test-support.ts";
import { type InspectionRuleId, inspectionRules } from "./inspection-rules.ts";

const { inspectRows } = inspections();

const all = Object.keys(inspectionRules) as readonly InspectionRuleId[];

type Row = Record<string, string | number | null>;

/** Between 0 and 1, the same every time, and without a pattern. */
const noise = (at: number, of = 1): number =>
  Math.abs(Math.sin((at + 1) * 12.9898 * of) * 43_758.5453) % 1;
const pick = <T>(list: readonly T[], at: number, of = 1): T =>
  list[Math.floor(noise(at, of) * list.length)] as T;
const day = (at: number): string => new Date(Date.UTC(2021, 0, 1 + at)).toISOString().slice(0, 10);

const towns = ["Ashford", "Bexhill", "Colchester", "Dunstable", "Evesham"];
/** A station's rows: a day in order, a town, a level that hardly changes from row to row, sizes that are of a kind. */
const table = (): Row[] =>
  Array.from({ length: 500 }, (_, at) => ({
    code: `K${10_000 + at * 7}`,
    taken: day(at),
    town: pick(towns, at, 3),
    level: (30 + 10 * Math.sin(at / 25) + noise(at, 5)).toFixed(2),
    length: (160 + 25 * noise(at, 7)).toFixed(1),
    weight: (55 + 30 * noise(at, 11)).toFixed(1),
    cost: Math.round(100 + 8000 * noise(at, 13)),
    remark: `${pick(["calm", "mild", "grey"], at, 17)} and ${pick(["dry", "wet", "cold"], at, 19)}, ${Math.floor(noise(at, 23) * 900)}`,
  }));

/** Rows to damage: that share of all, scattered. */
const drawn = (share: number): number[] =>
  table().flatMap((_, at) => (noise(at, 29) < share ? [at + 1] : []));

const typo = (word: string, at: number): string => {
  const place = 1 + Math.floor(noise(at, 31) * (word.length - 2));
  return word.slice(0, place) + pick([..."bdgkmpx"], at, 37) + word.slice(place + 1);
};
const exchanged = (date: string): string => {
  const [year, month, of] = date.split("-");
  return Number(of) <= 12 ? `${year}-${of}-${month}` : date;
};
const times =
  (column: string, factor: number) =>
  (row: Row): Row => ({ [column]: (Number(row[column]) * factor).toFixed(2) });

/** What is done to a row, the rule that must find it, and in which column. */
const damages: Readonly<
  Record<string, readonly [(row: Row, at: number) => Row, InspectionRuleId, string]>
> = {
  typos: [({ town }, at) => ({ town: typo(String(town), at) }), "category-variant", "town"],
  "another letter case": [
    ({ town }) => ({ town: String(town).toUpperCase() }),
    "letter-case",
    "town",
  ],
  "text decoded wrongly": [
    ({ remark }) => ({ remark: String(remark).replace("d", "Ã©") }),
    "odd-character",
    "remark",
  ],
  "characters that broke": [
    ({ remark }) => ({ remark: String(remark).replace("d", "\uFFFD") }),
    "broken-character",
    "remark",
  ],
  "spaces around": [({ town }) => ({ town: ` ${town}` }), "spacing", "town"],
  "words for nothing": [
    (_, at) => ({ town: pick(["N/A", "?", "NULL"], at) }),
    "placeholder",
    "town",
  ],
  "words for nothing among numbers": [
    (_, at) => ({ weight: pick(["N/A", "unknown", "tbd"], at) }),
    "unreadable",
    "weight",
  ],
  "numbers with a unit": [({ weight }) => ({ weight: `${weight} kg` }), "unreadable", "weight"],
  "decimal commas": [
    ({ weight }) => ({ weight: String(weight).replace(".", ",") }),
    "unreadable",
    "weight",
  ],
  "days written otherwise": [
    ({ taken }) => ({ taken: String(taken).split("-").reverse().join(".") }),
    "unreadable",
    "taken",
  ],
  "a number for nothing": [() => ({ weight: -999 }), "sentinel", "weight"],
  "a number for nothing that nobody knows": [() => ({ weight: 77_777 }), "sentinel", "weight"],
  "a day for nothing": [() => ({ taken: "1900-01-01" }), "sentinel", "taken"],
  "minus for plus": [({ weight }) => ({ weight: -Number(weight) }), "sign", "weight"],
  "what calculations leave": [
    ({ weight }) => ({ weight: `${weight}00000000001` }),
    "decimals",
    "weight",
  ],
  "a value twice in its cell": [
    ({ town }) => ({ town: `${town}${town}` }),
    "category-variant",
    "town",
  ],
  "inches for centimetres": [times("length", 1 / 2.54), "mixed-unit", "length"],
  "a thousand times as much": [times("weight", 1000), "mixed-unit", "weight"],
  "degrees of another scale": [
    ({ level }) => ({ level: (Number(level) * 1.8 + 32).toFixed(2) }),
    "mixed-unit",
    "level",
  ],
  "days nine centuries ahead": [
    ({ taken }) => ({
      taken: String(Number(String(taken).slice(0, 4)) + 900) + String(taken).slice(4),
    }),
    "future-time",
    "taken",
  ],
  "day and month exchanged": [
    ({ taken }) => ({ taken: exchanged(String(taken)) }),
    "mixed-unit",
    "taken",
  ],
};

/** Nothing in the table is later. */
const referenceTime = Date.UTC(2030, 0, 1);

test.each(Object.keys(damages))("%s are found in few rows and in nearly a third", async (name) => {
  const [damage, rule, column] = damages[name] ?? expect.fail();
  for (const share of [0.03, 0.28]) {
    const chosen = drawn(share);
    const before = table();
    const after = before.map((row, at) =>
      chosen.includes(at + 1) ? { ...row, ...damage(row, at) } : row,
    );
    const damaged = chosen.filter((at) => before[at - 1]?.[column] !== after[at - 1]?.[column]);
    const faults = await inspectRows(
      Object.keys(before[0] ?? {}),
      after.map((row) => Object.values(row)),
      {
        referenceTime,
        rowLimit: 1000,
        hardLimit: 1000,
        without: all.filter((one) => one !== rule),
      },
    );
    const named = faults
      .filter((fault) => fault.rule === rule && fault.severity !== "note")
      .filter(({ columns }) => columns.includes(column))
      .flatMap(({ rowNumbers }) => rowNumbers);
    const right = named.filter((at) => damaged.includes(at));
    expect([
      share,
      right.length >= damaged.length * 0.6,
      right.length >= named.length * 0.9,
    ]).toEqual([share, true, true]);
  }
});

test.each(["right", "left"])(
  "cells that stand one column to the %s are found in a third of the rows",
  async (side) => {
    const before = table().map((row) => Object.values(row));
    const chosen = drawn(0.3);
    const after = before.map((cells, at) => {
      if (!chosen.includes(at + 1)) return cells;
      return side === "right"
        ? [...cells.slice(0, 2), null, ...cells.slice(2, -1)]
        : [...cells.slice(0, 2), ...cells.slice(3), null];
    });
    const faults = await inspectRows(Object.keys(table()[0] ?? {}), after, {
      rowLimit: 1000,
      without: all.filter((rule) => rule !== "shifted-row"),
    });
    expect(faults.find(({ rule }) => rule === "shifted-row")?.rowNumbers).toEqual(chosen);
  },
);

test("rows that are there twice are found when a third of them are", async () => {
  const rows = table();
  const twice = rows.flatMap((row, at) => (noise(at, 29) < 0.5 ? [row, row] : [row]));
  const faults = await inspectRows(
    Object.keys(rows[0] ?? {}),
    twice.map((row) => Object.values(row)),
    { without: all.filter((rule) => rule !== "duplicate-row") },
  );
  expect(faults.find(({ rule }) => rule === "duplicate-row")?.rows).toBeGreaterThan(400);
});

test("nothing is found in rows that are as they should be", async () => {
  const rows = table();
  const faults = await inspectRows(
    Object.keys(rows[0] ?? {}),
    rows.map((row) => Object.values(row)),
  );
  expect(faults.filter(({ severity }) => severity !== "note")).toEqual([]);
});
