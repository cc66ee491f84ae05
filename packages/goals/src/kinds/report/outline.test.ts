import type { LoadedColumn } from "@troupe/data";
import { expect, test } from "vitest";
import { reportGoalSchema } from "./goal.ts";
import { outline } from "./outline.ts";

const column = (name: string, type: string, over: Partial<LoadedColumn> = {}): LoadedColumn => ({
  name,
  type,
  nulls: 0,
  distinct: 50,
  min: null,
  max: null,
  ...over,
});
const loaded = (columns: LoadedColumn[]) => ({
  path: "/data/x.csv",
  format: "csv",
  bytes: 1,
  sha256: "",
  rows: 100,
  columns,
});
const city = column("city", "VARCHAR", { distinct: 5 });
const price = column("unit_price", "DOUBLE", { min: "1", max: "9" });
const day = column("day", "DATE", { min: "2020-01-01", max: "2022-01-01" });
const ids = (columns: LoadedColumn[]) => outline({ s: loaded(columns) }).map(({ id }) => id);

test("a measure is asked for over time, by category and by how it is distributed", () => {
  expect(ids([city, price, day, column("weight", "BIGINT")])).toEqual([
    "s-trend",
    "s-compare",
    "s-distribution",
    "s-counts",
    "s-relation",
  ]);
  expect(ids([city, price])).toEqual(["s-compare", "s-distribution", "s-counts"]);
  expect(ids([price, day])).toEqual(["s-trend", "s-distribution"]);
  expect(ids([city])).toEqual(["s-counts"]);
  expect(ids([column("note", "VARCHAR")])).toEqual(["s-rows"]);
});

test("names and codes are not measured, and long texts are no categories", () => {
  expect(ids([column("shop_id", "BIGINT"), column("stars", "BIGINT", { distinct: 5 })])).toEqual([
    "s-rows",
  ]);
  expect(ids([column("title", "VARCHAR", { distinct: 31 })])).toEqual(["s-rows"]);
  expect(ids([column("name", "VARCHAR", { distinct: 30 })])).toEqual(["s-counts"]);
});

test("time is told in steps that leave a readable number of points", () => {
  const step = (min: string, max: string) =>
    outline({ s: loaded([price, column("at", "TIMESTAMP", { min, max })]) })[0]?.chart?.x;
  expect(step("2000-01-01", "2020-01-01")).toBe("year");
  expect(step("2020-01-01", "2022-01-01")).toBe("month");
  expect(step("2020-01-01", "2020-02-01")).toBe("day");
  expect(step("2020-01-01", "2020-01-02")).toBe("hour");
  const years = column("year", "BIGINT", { min: "1955", max: "2005" });
  expect(outline({ s: loaded([price, years]) })[0]?.query).not.toContain("date_trunc");
});

test("the outline is a valid list of optional sections, fairly over the sources, and bounded", () => {
  const many = Object.fromEntries(
    Array.from({ length: 5 }, (_, index) => [`source_${index}`, loaded([city, price, day])]),
  );
  const sections = outline(many);
  expect(sections.length).toBe(12);
  expect(sections.slice(0, 5).map(({ id }) => id)).toEqual(
    Object.keys(many).map((name) => `${name}-trend`),
  );
  expect(sections.every(({ optional }) => optional)).toBe(true);
  const sources = Object.fromEntries(Object.keys(many).map((name) => [name, "/x"]));
  const goal = { kind: "report", title: "t", sources, sections };
  expect(reportGoalSchema.safeParse(goal).error).toBeUndefined();
});
