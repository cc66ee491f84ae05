import { expect, test } from "vitest";
import { inspections } from "./inspect.test-support.ts";
import { type InspectionRuleId, inspectionRules } from "./inspection-rules.ts";

const { inspectRows } = inspections();

type Cell = string | number | null;
type Row = Record<string, Cell>;

/** Between 0 and 1, the same every time, and without a pattern. */
const noise = (at: number, of = 1): number =>
  Math.abs(Math.sin((at + 1) * 12.9898 * of) * 43_758.5453) % 1;
const pick = <T>(list: readonly T[], at: number, of = 1): T =>
  list[Math.floor(noise(at, of) * list.length)] as T;

const towns = [
  "Ashford",
  "Bexhill",
  "Colchester",
  "Dunstable",
  "Evesham",
  "Faversham",
  "Grantham",
  "Hastings",
  "Ilkley",
  "Kendal",
  "Ludlow",
  "Malvern",
];
const streets = ["Orchard", "Station", "Victoria", "Cathedral", "Meadow", "Church", "Windmill"];
const kinds = ["Avenue", "Terrace", "Gardens", "Square"];
const firsts = ["ada", "ben", "cleo", "dan", "eva", "finn", "gwen", "hugo"];
const lasts = ["marsh", "reed", "brook", "field", "stone", "lake", "hill", "wood"];
const states = ["open", "paid", "late"];

const day = (at: number): string => new Date(Date.UTC(2023, 0, 1 + at)).toISOString().slice(0, 10);

/** The check digit of a GTIN-13. */
const gtin = (digits: string): string => {
  const sum = [...digits].reduce((all, one, at) => all + Number(one) * (at % 2 === 0 ? 1 : 3), 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
};

/** Orders: prices in steps, parts and totals, addresses, codes with check digits, columns that say each other. */
const orders = (): Row[] =>
  Array.from({ length: 300 }, (_, at) => {
    const [first, last] = [pick(firsts, at, 2), pick(lasts, at, 3)];
    const area = Math.round(400 + 600 * noise(at, 5));
    const floors = Math.round(10 + 30 * noise(at, 7));
    const state = pick(states, at, 11);
    return {
      ordered: day(Math.floor(at / 2)),
      month: new Date(Date.UTC(2023, 0, 1 + Math.floor(at / 2))).getUTCMonth() + 1,
      name: `${first} ${last}`,
      mail: `${last}.${at}@mail.example`,
      surname: last,
      town: pick(towns, at, 13),
      home: `${1 + Math.floor(noise(at, 17) * 90)} ${pick(streets, at, 19)} ${pick(kinds, at, 23)}`,
      article: gtin(`40${String(1_000_000_000 + Math.floor(noise(at, 29) * 8.9e9)).slice(0, 10)}`),
      price: Math.round(20 + 100 * noise(at, 31)) * 50,
      area,
      floors,
      rent: Math.round(3.7 * area + 41 * floors + 9 * noise(at, 37)),
      state,
      settled: state === "paid" ? day(Math.floor(at / 2) + Math.floor(noise(at, 41) * 25)) : null,
      settledBy: state === "paid" ? pick(firsts, at, 43) : null,
      weight: `${(1 + 20 * noise(at, 47)).toFixed(1)} kg`,
      measured: (300 + 140 * noise(at, 53)).toFixed(2),
      again: (280 + 140 * noise(at, 59)).toFixed(2),
      score: Math.round(140 * noise(at, 61)),
      remark: pick(["as agreed", "by letter", "by telephone", "in person"], at, 67),
    };
  });

const change =
  (rows: readonly number[], by: (row: Row, place: number) => Row) =>
  (table: Row[]): Row[] =>
    table.map((row, at) => {
      const place = rows.indexOf(at + 1);
      return place < 0 ? row : { ...row, ...by(row, place) };
    });
const some = [21, 77, 140, 213, 266];
const many = [...some, 33, 59, 101, 160, 188, 230, 281].sort((a, b) => a - b);
const paidRows = orders().flatMap(({ state }, at) => (state === "paid" ? [at + 1] : []));

/** What is done to the orders, the rule that must find it, the column it must name and the rows. */
const damages: Readonly<
  Record<string, readonly [(table: Row[]) => Row[], InspectionRuleId, string, readonly number[]]>
> = {
  "prices between the steps": [
    change(some, ({ price }, at) => ({ price: Number(price) + 3 + at })),
    "grid",
    "price",
    some,
  ],
  "one usual number filled in": [change(many, () => ({ score: 71 })), "spike", "score", many],
  "a column written over another": [
    change(some, ({ measured }) => ({ again: measured ?? null })),
    "equal-columns",
    "again",
    some,
  ],
  "amounts in another unit": [
    change(some, ({ weight }) => ({ weight: String(weight).replace("kg", "lb") })),
    "unit",
    "weight",
    some,
  ],
  "a value that is missing where it should be": [
    change(paidRows.slice(4, 7), () => ({ settled: null })),
    "absence",
    "settled",
    paidRows.slice(4, 7),
  ],
  "a word of another column": [
    change(many, () => ({ remark: "Evesham" })),
    "foreign-word",
    "remark",
    many,
  ],
  "a number that the others contradict": [
    change(some, ({ rent }) => ({ rent: Math.round(Number(rent) * 0.6) })),
    "explained",
    "rent",
    some,
  ],
  "an address without its sign": [
    change([77], ({ mail }) => ({ mail: String(mail).replace("@", "") })),
    "format",
    "mail",
    [77],
  ],
  "digits of a code that are swapped": [
    change([77, 140], ({ article }) => {
      const code = String(article);
      const at = [4, 5, 6, 7, 8].find(
        (place) => (Number(code[place]) - Number(code[place + 1])) % 5 !== 0,
      ) as number;
      return { article: `${code.slice(0, at)}${code[at + 1]}${code[at]}${code.slice(at + 2)}` };
    }),
    "format",
    "article",
    [77, 140],
  ],
  "a month that is not that of the date": [
    change([77, 140], ({ month }) => ({ month: ((Number(month) + 1) % 5) + 1 })),
    "derived",
    "month",
    [77, 140],
  ],
  "a name that is not in the address": [
    change([77, 140], ({ surname }) => ({ surname: surname === "reed" ? "hill" : "reed" })),
    "derived",
    "surname",
    [77, 140],
  ],
  "what is typed to try it out": [
    change([77, 140], () => ({ remark: "asdf" })),
    "test-entry",
    "remark",
    [77, 140],
  ],
};

const all = Object.keys(inspectionRules) as InspectionRuleId[];

/** @param only the rules that are looked for */
const inspect = (
  rows: readonly Row[],
  only: readonly InspectionRuleId[] = all,
  names = Object.keys(rows[0] ?? {}),
) =>
  inspectRows(
    names,
    rows.map((row) => Object.values(row)),
    {
      referenceTime: Date.UTC(2026, 0, 1),
      rowLimit: 500,
      without: all.filter((rule) => !only.includes(rule)),
    },
  );

test.each(Object.entries(damages))("%s is found", async (_, [damage, rule, column, rows]) => {
  const faults = await inspect(damage(orders()), [rule]);
  const found = faults.filter((fault) => fault.rule === rule && fault.columns.includes(column));
  const named = found.map(({ rowNumbers, severity }) => [severity, rowNumbers]);
  // A number that was filled in is also where it belongs.
  if (rule === "spike") expect(found[0]?.rowNumbers).toEqual(expect.arrayContaining([...rows]));
  else expect(named).toContainEqual(["soft", rows]);
});

test("a file that comes a second time from its beginning is found, with and without its header", async () => {
  const rows = orders();
  const header = Object.fromEntries(Object.keys(rows[0] ?? {}).map((name) => [name, name]));
  for (const between of [[], [header]]) {
    const faults = await inspect([...rows, ...between, ...rows], ["repeated-block"]);
    expect(faults).toMatchObject([{ rule: "repeated-block", rows: rows.length }]);
    expect(faults[0]?.rowNumbers[0]).toBe(rows.length + between.length + 1);
  }
});

test("nothing stands out in the orders as they are", async () => {
  const faults = await inspect(orders());
  expect(faults.filter(({ severity }) => severity !== "note")).toEqual([]);
});

test("a header that is one column off is found by what the names say, in both directions", async () => {
  const rows = orders().map(
    ({ ordered = null, town = null, price = null, measured = null }): Row => ({
      ordered,
      town,
      price,
      measured,
    }),
  );
  const right = await inspect(rows, ["header"], ["price", "date", "town", "total"]);
  const left = await inspect(rows, ["header"], ["town", "price", "total", "date"]);
  for (const faults of [right, left])
    expect(faults.find(({ rule }) => rule === "header")).toMatchObject({ rows: 300, share: 1 });
  const asItIs = await inspect(rows, ["header"], ["date", "town", "price", "total"]);
  expect(asItIs.filter(({ rule }) => rule === "header")).toEqual([]);
});

test("a block that is there twice is found, though it is a fifth of the table", async () => {
  const rows = orders().slice(0, 60);
  const faults = await inspect([...rows, ...rows.slice(20, 35)], ["repeated-block"]);
  expect(faults.find(({ rule }) => rule === "repeated-block")).toMatchObject({ rows: 30 });
});

test("a misspelt word is found in texts that never repeat", async () => {
  const rows = orders().map(({ home }, at) => ({
    id: at + 1,
    home: `${home} ${pick(towns, at, 71)} ${at}`,
  }));
  const at = rows.findIndex(({ home }) => home.includes("Victoria"));
  const faults = await inspect(
    rows.map((row, place) =>
      place === at ? { ...row, home: row.home.replace("Victoria", "Vicctoria") } : row,
    ),
    ["word-variant"],
  );
  expect(faults.find(({ rule }) => rule === "word-variant")).toMatchObject({
    rowNumbers: [at + 1],
  });
});

/** Three places side by side, one row of each a day. */
const panel = (): { day: string; place: string; level: number }[] =>
  Array.from({ length: 360 }, (_, at) => ({
    day: day(Math.floor(at / 3)),
    place: towns[at % 3] as string,
    level: Number((50 * (1 + (at % 3)) + 20 * Math.sin(at / 60) + noise(at)).toFixed(2)),
  }));

test("a row that is missing from series side by side is found by the rows beside the gap", async () => {
  const rows = panel();
  const faults = await inspect(
    rows.filter((_, at) => at !== 150),
    ["combination"],
  );
  const [gap] = faults.filter(({ rule }) => rule === "combination");
  expect(gap).toMatchObject({ columns: ["day", "place"], rowNumbers: [148, 153] });
  expect(await inspect(rows, ["combination"])).toEqual([]);
});

test("a series that goes on at another level is found where it jumps, and an unsteady run where it is", async () => {
  const rows = panel().filter((_, at) => at % 3 === 0);
  const shifted = await inspect(
    rows.map((row, at) => (at < 70 ? row : { ...row, level: row.level + 60 })),
    ["level"],
  );
  expect(shifted.find(({ rule }) => rule === "level")).toMatchObject({ rowNumbers: [71] });
  const unsteady = await inspect(
    rows.map((row, at) =>
      at < 50 || at > 55 ? row : { ...row, level: row.level + (at % 2 === 0 ? 7 : -7) },
    ),
    ["level"],
  );
  const [run] = unsteady.filter(({ rule }) => rule === "level");
  expect(run?.rowNumbers.every((row) => row >= 49 && row <= 59)).toBe(true);
  expect(await inspect(rows, ["level"])).toEqual([]);
});

test("in a table of a dozen rows marks, forms and far numbers are found too", async () => {
  const rows = Array.from({ length: 12 }, (_, at) => ({
    name: `${pick(firsts, at)} the ${at + 1}`,
    from: 1600 + at * 17,
    rate: (0.001 + noise(at) / 10).toFixed(3),
  }));
  const damaged = await inspect(
    rows.map((row, at) => ({
      ...row,
      from: at === 4 ? 11_668 : row.from,
      rate: at === 2 ? row.rate.replace(".", ",") : row.rate,
    })),
  );
  const found = damaged.map(({ rule, columns, rowNumbers }) => [rule, columns[0], rowNumbers]);
  expect(found).toContainEqual(["outlier", "from", [5]]);
  expect(found).toContainEqual(["unreadable", "rate", [3]]);
});

test("rules that are switched off are not looked for", async () => {
  const rows = change([77, 140], () => ({ remark: "asdf" }))(orders());
  const faults = await inspectRows(
    Object.keys(rows[0] ?? {}),
    rows.map((row) => Object.values(row)),
    { without: all },
  );
  expect(faults).toEqual([]);
});
