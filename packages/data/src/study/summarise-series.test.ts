import { expect, test } from "vitest";
import type { Axis, Point, Series } from "./series.ts";
import { summariseSeries } from "./summarise-series.ts";

const number = (name: string, unit?: string): Axis => ({
  name,
  kind: "number",
  ...(unit === undefined ? {} : { unit }),
});
const series = (points: readonly Point[], over: Partial<Series> = {}): Series => ({
  x: number("year"),
  y: number("sales", "USD"),
  points,
  left: 0,
  ...over,
});
const yearly = (values: readonly number[], from = 2001): Point[] =>
  values.map((y, index) => ({ x: from + index, y }));
const texts = (of: Series, type: Parameters<typeof summariseSeries>[1]) =>
  summariseSeries(of, type).map(({ text }) => text);

test("a straight rise is told with its slope, its fit, its change and its extremes", () => {
  expect(summariseSeries(series(yearly([10, 20, 30, 40])), "line")).toEqual([
    {
      kind: "trend",
      text: "sales rises by 10 USD a year (least squares over 4 points, R² 1.000).",
    },
    { kind: "change", text: "From 2001 to 2004 sales went from 10 USD to 40 USD (+300 %)." },
    {
      kind: "extremes",
      text: "sales is highest at 2004 (40 USD) and lowest at 2001 (10 USD).",
    },
  ]);
});

test("the slope is the one that least squares give", () => {
  // By hand: means 3 and 4, Sxy 6, Sxx 10, so 0.6; Syy 6, R² 3.6 / 6.
  const found = texts(series(yearly([2, 4, 5, 4, 5], 1)), "line");
  expect(found[0]).toBe("sales rises by 0.6 USD a year (least squares over 5 points, R² 0.600).");
});

test("the order of the rows does not matter along an axis", () => {
  const points = yearly([10, 20, 35, 40]);
  expect(texts(series([...points].reverse()), "line")).toEqual(texts(series(points), "line"));
});

test("what a line explains badly is called no trend, and what never changes is told so", () => {
  expect(texts(series(yearly([5, 1, 6, 2, 5, 1, 6, 2])), "line")[0]).toMatch(
    /^sales follows no straight trend \(.*R² 0\.0\d\d\)\.$/,
  );
  expect(texts(series(yearly([3, 3, 3])), "line")[0]).toMatch(/^sales stays the same/);
});

test("times are told in the step that fits them", () => {
  const daily = [1, 2, 3, 4, 5].map((y, index) => ({ x: Date.UTC(2024, 0, 1 + index), y }));
  const monthly = [1, 2, 3, 4, 5, 6].map((y, index) => ({ x: Date.UTC(2024, index, 1), y }));
  const time = { x: { name: "day", kind: "time" } as const };
  expect(texts(series(daily, time), "line")[0]).toContain("rises by 1 USD a day");
  expect(texts(series(monthly, time), "line")[0]).toMatch(/rises by (1|1\.00\d) USD a month/);
  expect(texts(series(daily, time), "line")[1]).toContain("From 2024-01-01 to 2024-01-05");
});

test("a point far from the line is named with what the line would have", () => {
  const values = [10, 21, 29, 41, 50, 200, 71, 79, 90, 101];
  const [unusual] = summariseSeries(series(yearly(values)), "line").filter(
    ({ kind }) => kind === "outliers",
  );
  expect(unusual?.text).toMatch(/^Unusual: 2006 \(200 USD, where the line has \d/);
  const usual = summariseSeries(series(yearly([10, 21, 29, 41, 50, 61, 71, 79, 90, 101])), "line");
  expect(usual.map(({ kind }) => kind)).not.toContain("outliers");
});

test("of a few points none is called unusual", () => {
  const found = summariseSeries(series(yearly([1, 1.1, 0.9, 100, 1])), "line");
  expect(found.map(({ kind }) => kind)).not.toContain("outliers");
});

const cities: Point[] = [
  { x: "Bern", y: 60 },
  { x: "Thun", y: 30 },
  { x: "Biel", y: 6 },
  { x: "Spiez", y: 4 },
];

test("categories are compared, and sums are told as parts of a whole", () => {
  expect(texts(series(cities, { x: { name: "city", kind: "text" } }), "bar")).toEqual([
    "sales is highest at Bern (60 USD) and lowest at Spiez (4 USD).",
    "Bern has 60 % of 100 USD in 4 categories; the first three have 96 %.",
  ]);
});

test("averages are no parts of a whole", () => {
  const over = { x: { name: "city", kind: "text" } as const };
  for (const name of ["average sales", "avg_price", "median", "sales per head"]) {
    const kinds = summariseSeries(series(cities, { ...over, y: number(name) }), "bar");
    expect([name, kinds.map(({ kind }) => kind)]).toEqual([name, ["extremes"]]);
  }
  const kinds = summariseSeries(series(cities, { ...over, y: number("persons") }), "bar");
  expect(kinds.map(({ kind }) => kind)).toEqual(["extremes", "share"]);
});

test("groups are ranked by where they end, and the one that grew most is named", () => {
  const points = [
    { x: 2001, y: 10, group: "A" },
    { x: 2002, y: 30, group: "A" },
    { x: 2001, y: 50, group: "B" },
    { x: 2002, y: 40, group: "B" },
  ];
  expect(texts(series(points), "line")).toEqual([
    "Of 2 groups, B is highest at the end; A grew most (+200 %).",
    "B: sales went from 50 USD (2001) to 40 USD (2002) (−20 %).",
    "A: sales went from 10 USD (2001) to 30 USD (2002) (+200 %).",
  ]);
});

test("where all fell, none grew", () => {
  const points = ["A", "B"].flatMap((group) => [
    { x: 2001, y: 10, group },
    { x: 2002, y: group === "A" ? 9 : 8, group },
  ]);
  expect(texts(series(points), "line")[0]).toBe("Of 2 groups, A is highest at the end.");
});

test("counts are told to the last digit, amounts to the fourth", () => {
  const points = Array.from({ length: 12_345 }, (_, index) => ({ x: index, y: index }));
  const found = texts(series(points, { x: number("step") }), "line");
  expect(found[0]).toContain("12,345 points");
  expect(found[1]).toContain("from 0 USD to 12,340 USD");
});

test("a distribution is told by its middle, and rows count as often as they say", () => {
  const points = [
    { x: 1, y: 1 },
    { x: 2, y: 4 },
    { x: 3, y: 4 },
    { x: 4, y: 1 },
    { x: 50, y: 1 },
  ];
  expect(texts(series(points, { x: number("price", "USD") }), "histogram")).toEqual([
    "Half of 11 values of price lie between 2 USD and 3 USD; the median is 3 USD, the mean 6.818 USD, all are from 1 USD to 50 USD.",
    "1 value (9.09 %) lie more than one and a half times the middle half's width outside of it.",
  ]);
});

test("two numbers go together or do not", () => {
  const x = number("weight");
  const y = number("range");
  const strong = [1, 2, 3, 4, 5].map((at) => ({ x: at, y: -2 * at + (at % 2) }));
  expect(texts(series(strong, { x, y }), "scatter")[0]).toBe(
    "range strongly falls with weight (correlation -0.99 over 5 points).",
  );
  expect(texts(series(strong, { x: number("weight", "kg"), y }), "scatter")[1]).toContain(
    "range falls by 2 a kg of weight (",
  );
  const none = [
    { x: 1, y: 1 },
    { x: 1, y: 2 },
    { x: 2, y: 1 },
    { x: 2, y: 2 },
  ];
  expect(texts(series(none, { x, y }), "scatter")[0]).toBe(
    "weight and range hardly go together (correlation 0.00 over 4 points).",
  );
});

test("rows without values are counted, and no points are no findings", () => {
  expect(texts(series(yearly([1, 2, 3]), { left: 2 }), "line").at(-1)).toBe(
    "2 rows without a value on both axes left out.",
  );
  expect(texts(series([], { left: 1 }), "bar")).toEqual([
    "There is nothing to tell: no row has values.",
    "1 row without a value on both axes left out.",
  ]);
});
