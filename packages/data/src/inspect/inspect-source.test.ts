import { expect, test } from "vitest";
import { inspections, lineOf, logNames, logRows } from "./inspect.test-support.ts";
import type { InspectOptions } from "./inspect-source.ts";
import { type InspectionRuleId, noteBelow } from "./inspection-rules.ts";

const { inspectRows, inspectText } = inspections();
const referenceTime = Date.UTC(2026, 0, 1);

type Log = (string | number | null)[][];

/** Puts a value into some rows, which are told by their numbers from 1. */
function put(column: (typeof logNames)[number], values: Readonly<Record<number, string | null>>) {
  return (rows: Log): void => {
    for (const [row, value] of Object.entries(values)) {
      (rows[Number(row) - 1] as Log[number])[logNames.indexOf(column)] = value;
    }
  };
}

const scaled = (rows: Log, row: number, column: number, by: (value: number) => number): string =>
  String(by(Number(rows[row - 1]?.[column])));

/** Rows that get one number, and rows that get rounder ones. */
const filled = Array.from({ length: 18 }, (_, at) => 20 * (at + 1));
const estimated = [80, 81, 82, 83, 84, 85, 86, 87, 88];

/** What is done to the log, the rule that must find it, the column it must name and the rows. */
const damages: Readonly<
  Record<string, readonly [(rows: Log) => void, InspectionRuleId, string, readonly number[]]>
> = {
  "a word among numbers": [put("level", { 7: "unknown" }), "unreadable", "level", [7]],
  "a decimal comma": [put("level", { 9: "201,5" }), "unreadable", "level", [9]],
  "a date in another format": [put("day", { 12: "12.1.2020" }), "unreadable", "day", [12]],
  "a date that no calendar has": [put("day", { 60: "2020-02-31" }), "unreadable", "day", [60]],
  "a replacement character": [
    put("note", { 5: "light r\uFFFDin 3" }),
    "broken-character",
    "note",
    [5],
  ],
  "text decoded wrongly": [put("note", { 5: "fog Ã©tÃ© 7" }), "odd-character", "note", [5]],
  "a zero-width space": [put("place", { 5: "Ash\u200Bford" }), "odd-character", "place", [5]],
  markup: [put("note", { 5: "light rain&nbsp;4" }), "odd-character", "note", [5]],
  "a line break in a value": [put("note", { 5: "light\nrain 4" }), "odd-character", "note", [5]],
  "a space at the end": [put("place", { 8: "Bexhill " }), "spacing", "place", [8]],
  "a value in capitals": [put("place", { 8: "BEXHILL" }), "letter-case", "place", [8]],
  "a misspelt category": [put("place", { 8: "Colchestre" }), "category-variant", "place", [8]],
  "a letter of another script": [
    put("place", { 8: "B\u0435xhill" }),
    "odd-character",
    "place",
    [8],
  ],
  "a category cut short": [put("place", { 8: "Colches" }), "category-variant", "place", [8]],
  "two categories in one": [
    put("place", { 8: "Ashford/Bexhill" }),
    "category-variant",
    "place",
    [8],
  ],
  "a category with a note": [
    put("place", { 8: "Ashford (see below)" }),
    "category-variant",
    "place",
    [8],
  ],
  "a category of another column": [put("region", { 8: "Ashford" }), "misplaced", "region", [8]],
  "a number among words": [put("place", { 8: "211.5" }), "misplaced", "place", [8]],
  "a number with a power of ten": [put("level", { 9: "2.1E+02" }), "number-form", "level", [9]],
  "a number with fewer decimals": [put("level", { 9: "211" }), "number-form", "level", [9]],
  "a number that was filled in": [
    put("level", Object.fromEntries(filled.map((row) => [row, "201.3"]))),
    "repeated-number",
    "level",
    filled,
  ],
  "a run of estimates": [
    (rows) => {
      for (const row of estimated)
        put("level", {
          [row]: scaled(rows, row, 4, (value) => Math.round(value)).concat(".0"),
        })(rows);
    },
    "rounded",
    "level",
    estimated,
  ],
  "a block of days in reverse": [
    (rows) => {
      const days = rows.slice(99, 109).map(([day]) => day as string);
      put("day", Object.fromEntries(days.reverse().map((day, at) => [100 + at, day])))(rows);
    },
    "step",
    "day",
    [101, 102, 103, 104, 105, 106, 107, 108],
  ],
  "a category that nobody else has": [put("region", { 8: "xx" }), "rare-category", "region", [8]],
  "a code of another form": [put("code", { 8: "AB1007" }), "shape", "code", [8]],
  "a mark for nothing": [put("note", { 8: "#N/A" }), "placeholder", "note", [8]],
  "a number a thousand times too large": [
    (rows) => put("level", { 40: scaled(rows, 40, 4, (value) => value * 1000) })(rows),
    "outlier",
    "level",
    [40],
  ],
  "a number written for unknown": [put("level", { 40: "-999" }), "sentinel", "level", [40]],
  "a number with its sign turned": [
    (rows) => put("level", { 40: scaled(rows, 40, 4, (value) => -value) })(rows),
    "sign",
    "level",
    [40],
  ],
  "a number that was converted": [
    (rows) => put("level", { 40: scaled(rows, 40, 4, (value) => value / 2.54321) })(rows),
    "decimals",
    "level",
    [40],
  ],
  "a usual number in the wrong place": [put("level", { 40: "125.0" }), "neighbour", "level", [40]],
  "a low above the high": [put("low", { 44: "295.5" }), "relation", "low", [44]],
  "a region that its place is not in": [
    put("region", { 30: "north" }),
    "rare-category",
    "region",
    [30],
  ],
  "a date out of order": [put("day", { 30: "2020-11-05" }), "step", "day", [30]],
  "a date to come": [put("day", { 30: "2120-01-30" }), "future-time", "day", [30]],
  "a key that two rows have": [put("code", { 30: "AB-1000" }), "key", "code", [1, 30]],
  "values missing in a row": [
    put("low", { 30: null, 31: null, 32: null }),
    "missing-value",
    "low",
    [30, 31, 32],
  ],
  "a sensor that got stuck": [
    put("level", { 50: "233.3", 51: "233.3", 52: "233.3", 53: "233.3", 54: "233.3", 55: "233.3" }),
    "stuck",
    "level",
    [50, 51, 52, 53, 54, 55],
  ],
  "a row that is there twice": [
    (rows) => rows.push([...(rows[9] ?? [])]),
    "duplicate-row",
    "code",
    [10, 401],
  ],
  "a row that is there twice but for a letter": [
    (rows) => rows.push((rows[9] ?? []).map((cell, at) => (at === 7 ? `${cell}.` : cell))),
    "duplicate-row",
    "note",
    [10, 401],
  ],
  "the header once more": [
    (rows) => rows.splice(20, 0, [...logNames]),
    "repeated-header",
    "code",
    [21],
  ],
  "a row of sums": [
    (rows) => rows.push(["Total", null, null, null, "80000.0", "72000.0", "88000.0", null]),
    "total-row",
    "level",
    [401],
  ],
};

test("a table without faults has no findings", async () => {
  expect(await inspectRows(logNames, logRows(), { referenceTime })).toEqual([]);
});

test.for(Object.keys(damages))("%s is found, in its column and its rows", async (name) => {
  const [damage, rule, column, expected] = damages[name] ?? [() => {}, "key", "", []];
  const rows = logRows();
  damage(rows);
  const faults = await inspectRows(logNames, rows, { referenceTime });
  const found = faults.filter((fault) => fault.rule === rule && fault.columns.includes(column));
  expect(
    found.map(({ rowNumbers }) => rowNumbers),
    JSON.stringify(faults),
  ).toContainEqual(expected);
  expect(found[0]?.evidence).not.toBe("");
});

test("a region that depends on the place is found where it differs", async () => {
  const rows = logRows();
  const at = rows.findIndex(([, , place]) => place === "Evesham");
  put("region", { [at + 1]: "south" })(rows);
  const faults = await inspectRows(logNames, rows);
  const [found] = faults.filter(({ rule }) => rule === "dependency");
  expect(found).toMatchObject({ columns: ["region", "place"], rowNumbers: [at + 1] });
});

test("amounts are read with their marks, and one without is told", async () => {
  const rows = Array.from({ length: 60 }, (_, at) => [
    `item ${at}`,
    `$${(1000 + at * 37.25).toLocaleString("en-US", { minimumFractionDigits: 2 })}`,
    `${at % 90}%`,
    `${at + 3},${10 + (at % 80)} kg`,
  ]);
  const names = ["what", "price", "share", "weight"];
  expect(await inspectRows(names, rows)).toEqual([]);
  (rows[20] as string[])[1] = "$92,000,000.00";
  (rows[30] as string[])[1] = "1700.25";
  (rows[40] as string[])[3] = "9.000,00 kg";
  const faults = await inspectRows(names, rows);
  const found = faults.map(({ rule, columns, rowNumbers }) => [rule, columns, rowNumbers]);
  expect(found).toContainEqual(["outlier", ["price"], [21]]);
  expect(found).toContainEqual(["unreadable", ["price"], [31]]);
  expect(found).toContainEqual(["outlier", ["weight"], [41]]);
});

test("sums and products that do not come out are found, and references to nothing", async () => {
  const rows = Array.from({ length: 120 }, (_, at) => {
    const [wages, goods] = [1000 + ((at * 7919) % 977), 500 + ((at * 104_729) % 683)];
    const [count, price] = [2 + (at % 7), 5 + ((at * 31) % 89)];
    const boss = `E${1000 + ((at * 13) % 11)}`;
    return [`E${1000 + at}`, boss, wages, goods, wages + goods, count, price, count * price];
  });
  const names = ["id", "boss", "wages", "goods", "costs", "count", "price", "paid"];
  const sound = await inspectRows(names, rows);
  expect(sound.filter(({ rule }) => /arithmetic|reference/.test(rule))).toEqual([]);
  (rows[50] as (string | number)[])[4] = 1801;
  (rows[60] as (string | number)[])[7] = 111;
  (rows[70] as (string | number)[])[1] = "E9001";
  const faults = await inspectRows(names, rows);
  const rowsOf = (rule: string, column: string): unknown =>
    faults.find((one) => one.rule === rule && one.columns.includes(column))?.rowNumbers;
  expect(rowsOf("arithmetic", "costs")).toEqual([51]);
  expect(rowsOf("arithmetic", "paid")).toEqual([61]);
  expect(rowsOf("reference", "boss")).toEqual([71]);
});

test("of several series in one table each goes on by itself", async () => {
  const rows = Array.from({ length: 240 }, (_, at) => [
    new Date(Date.UTC(2020, 0, 1 + Math.floor(at / 4))).toISOString().slice(0, 10),
    ["attic", "cellar", "garden", "kitchen"][at % 4] ?? "",
    ((at % 4) * 40 + 10 * Math.sin(at / 40)).toFixed(1),
  ]);
  const names = ["day", "place", "level"];
  expect(await inspectRows(names, rows)).toEqual([]);
  (rows[121] as string[])[0] = "2020-03-29";
  (rows[162] as string[])[2] = "20.3";
  const faults = await inspectRows(names, rows);
  const found = faults.map(({ rule, columns, rowNumbers }) => [rule, columns[0], rowNumbers]);
  expect(found).toContainEqual(["step", "day", [122]]);
  expect(found).toContainEqual(["neighbour", "level", [163]]);
});

test("a rule that is switched off finds nothing, and the others go on", async () => {
  const rows = logRows(100);
  put("place", { 8: "Bexhill " })(rows);
  const rulesOf = async (options: InspectOptions): Promise<readonly string[]> =>
    (await inspectRows(logNames, rows, options)).map(({ rule }) => rule);
  expect(await rulesOf({})).toEqual(expect.arrayContaining(["spacing", "category-variant"]));
  expect(await rulesOf({ without: ["spacing"] })).not.toContain("spacing");
  expect(await rulesOf({ without: ["spacing"] })).toContain("category-variant");
});

test("weak evidence makes a note and no finding", async () => {
  const rows = Array.from({ length: 100 }, (_, at) => [at + 1, `The ${at}th of many plain titles`]);
  (rows[40] as (string | number)[])[1] = "Se7en and other tales";
  const [note] = (await inspectRows(["no", "title"], rows)).filter(({ columns }) =>
    columns.includes("title"),
  );
  expect(note).toMatchObject({ severity: "note", rowNumbers: [41] });
  expect(note?.score).toBeLessThan(noteBelow);
});

test("coordinates beyond the globe are set aside, and so is a line of another length", async () => {
  const places = Array.from({ length: 60 }, (_, at) => [`p${at}`, 40 + at / 10, -70 - at / 10]);
  const lines = [["name", "lat", "lon"], ...places].map(lineOf);
  lines[10] = "p9,95.5,-71";
  lines[20] = "p19,41";
  lines[30] = "p29,41,-72,9";
  const faults = await inspectText(lines.join("\n"));
  const hard = faults.filter(({ severity }) => severity === "hard");
  const byRule = hard.map(({ rule, rowNumbers }) => [rule, rowNumbers]);
  expect(byRule).toContainEqual(["coordinate", [10]]);
  expect(byRule).toContainEqual(["ragged", [20, 30]]);
});

test("a note at the end of a file is set aside, and no row with it", async () => {
  const faults = await inspectText(
    [[...logNames], ...logRows()].map(lineOf).concat("Source: the station's archive").join("\n"),
  );
  const hard = faults.filter(({ severity }) => severity === "hard");
  expect(new Set(hard.flatMap(({ rowNumbers }) => rowNumbers))).toEqual(new Set([401]));
});

test("dates on which nothing ever falls are found", async () => {
  const days = Array.from({ length: 200 }, (_, at) => [
    new Date(Date.UTC(2000, (at * 7) % 240, 1)).toISOString().slice(0, 10),
    (at * 37) % 101,
  ]);
  (days[50] as (string | number)[])[0] = "2004-05-17";
  const faults = await inspectRows(["month", "value"], days);
  expect(faults.find(({ rule }) => rule === "date-part")?.rowNumbers).toEqual([51]);
});

test("a number that is usual in its column but not in its group is found", async () => {
  const base = { ant: 3, cat: 4000, cow: 600_000 };
  const kinds = Object.entries(base);
  const rows = Array.from({ length: 240 }, (_, at) => {
    const [name, weight] = kinds[(at * 7 + Math.floor(at / 5)) % 3] ?? ["", 0];
    return [name, Math.round(weight * (1 + ((at * 37) % 100) / 250))];
  });
  const at = rows.findIndex(([name], index) => name === "ant" && index > 100);
  (rows[at] as (string | number)[])[1] = 4210;
  const faults = await inspectRows(["animal", "weight"], rows);
  const [found] = faults.filter(({ rule }) => rule === "group-outlier");
  expect(found, JSON.stringify(faults)).toMatchObject({
    columns: ["weight", "animal"],
    rowNumbers: [at + 1],
  });
});

test("of a hard fault with more rows than may be set aside, none is", async () => {
  const rows = Array.from({ length: 600 }, (_, at) => [
    at,
    `word${at % 7}${at < 30 ? "\uFFFD" : ""}`,
  ]);
  const broken = async (hardLimit: number) =>
    (await inspectRows(["id", "word"], rows, { hardLimit })).find(
      ({ rule }) => rule === "broken-character",
    );
  expect(await broken(30)).toMatchObject({ severity: "hard", rows: 30 });
  expect((await broken(30))?.rowNumbers).toHaveLength(30);
  expect(await broken(29)).toMatchObject({ severity: "soft", rows: 30 });
});

test("a column is still one of numbers, or of dates, when a fifth of it is damaged", async () => {
  const rows = logRows(200);
  for (let row = 5; row < 200; row += 5) {
    put("level", { [row]: "lost" })(rows);
    put("day", { [row]: `day ${row}` })(rows);
  }
  const faults = await inspectRows(logNames, rows);
  const unreadable = faults.filter(({ rule }) => rule === "unreadable");
  expect(unreadable.map(({ columns, rows: count }) => [columns, count])).toEqual([
    [["day", "level"], 39],
  ]);
});

test("of a table larger than the limit only blocks of rows are looked at, and a row keeps its number", async () => {
  const rows = Array.from({ length: 20_000 }, (_, at) => [at, at % 997]);
  (rows[3004] as (string | number)[])[1] = "n/a";
  (rows[7000] as (string | number)[])[1] = "n/a";
  const unreadable = async (options: InspectOptions): Promise<unknown> =>
    (await inspectRows(["id", "value"], rows, options)).find(({ rule }) => rule === "unreadable")
      ?.rowNumbers;
  expect(await unreadable({ valueLimit: 10_000 })).toEqual([3005]);
  expect(await unreadable({})).toEqual([3005, 7001]);
});

/** Amounts of four years, of which one is negative in those that `negative` names. */
const budgetOf = (negative: readonly number[]) =>
  Array.from({ length: 80 }, (_, at) =>
    [0, 1, 2, 3].map((year) =>
      negative.includes(year) && at === 20 + year * 3
        ? -5000 - year
        : 2000 + ((at * 37 + year * 11) % 97) * 30,
    ),
  );
const years = ["y2001", "y2002", "y2003", "y2004"];

test("rare negative numbers in several columns of one kind are a note, in one of them a finding", async () => {
  const told = async (negative: readonly number[]) => {
    const faults = await inspectRows(years, budgetOf(negative));
    return faults.filter(({ rule }) => rule === "sign" || rule === "outlier");
  };
  const alone = await told([1]);
  expect(alone.filter(({ severity }) => severity === "soft").map(({ rule }) => rule)).toContain(
    "sign",
  );
  const shared = await told([0, 1, 2]);
  expect(new Set(shared.flatMap(({ columns }) => columns))).toEqual(
    new Set(["y2001", "y2002", "y2003"]),
  );
  expect(shared.filter(({ severity }) => severity !== "note")).toEqual([]);
});

test("two columns alike that both have rare negative numbers share a habit", async () => {
  const rows = budgetOf([0, 1]).map(([a = 0, b = 0]) => [a, b]);
  const signs = async (names: readonly string[]) =>
    (await inspectRows(names, rows)).filter(({ rule }) => rule === "sign");
  const severities = (faults: Awaited<ReturnType<typeof signs>>) =>
    faults.map(({ severity }) => severity);
  expect(severities(await signs(["Opening_Cash", "Closing_Cash"]))).toEqual(["note", "note"]);
  expect(severities(await signs(["income", "weight"]))).toEqual(["soft", "soft"]);
});
