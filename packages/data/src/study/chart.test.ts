import { expect, test } from "vitest";
import { drawChart } from "./chart.ts";
import type { ChartSpec } from "./chart-spec.ts";
import { seriesOf } from "./series.ts";
import type { Cell, ColumnKind, Table } from "./table.ts";

function table(columns: Readonly<Record<string, ColumnKind>>, rows: Cell[][]): Table {
  return {
    columns: Object.entries(columns).map(([name, kind]) => ({ name, kind, type: kind })),
    rows,
    truncated: false,
  };
}
const draw = (from: Table, spec: ChartSpec, title = "A title") =>
  drawChart(seriesOf(from, spec), spec.type, title);
/** What is written in a picture, in order. */
const words = (svg: string): readonly string[] =>
  [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, word = ""]) => word);
const marks = (svg: string, role: string): number =>
  /** Marks are in a group of their own. */
  (
    svg
      .split(`class="mark-${role} role-mark`)
      .slice(1)
      .map((part) => part.slice(0, part.indexOf("</g>")))
      .join("")
      .match(/<path /g) ?? []
  ).length;

const sales = table({ city: "text", "sales.total": "number" }, [
  ["Thun", 20],
  ["Bern", 30],
  ["Biel", null],
]);

test.for(Object.getOwnPropertyNames(Object.prototype))(
  "titles of a chart and its axes may be '%s', as what objects have already",
  async (name) => {
    const from = table({ [name]: "text", total: "number" }, [["Thun", 20]]);
    const { svg } = await draw(from, { type: "bar", x: name, y: "total" }, name);
    expect(marks(svg, "rect")).toBe(1);
    expect(
      words(svg).filter((word) => word.trim() === name.replaceAll("_", " ").trim()),
    ).not.toEqual([]);
  },
);

test("a bar chart has a title, both axes with units, and a bar for each category in the query's order", async () => {
  const spec = { type: "bar", x: "city", y: "sales.total", yUnit: "USD" } as const;
  const { svg, drawn } = await draw(sales, spec, "Sales by city");
  expect(drawn).toBe(2);
  expect(marks(svg, "rect")).toBe(2);
  expect(words(svg)).toEqual(
    expect.arrayContaining(["Sales by city", "city", "sales.total (USD)", "Thun", "Bern"]),
  );
  expect(words(svg).indexOf("Thun")).toBeLessThan(words(svg).indexOf("Bern"));
});

test("a picture is a document of its own: no scripts, nothing fetched, and a light ground", async () => {
  const { svg } = await draw(sales, { type: "bar", x: "city", y: "sales.total" });
  expect(svg).toMatch(/^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  expect(svg).toContain('fill="#ffffff"');
  expect(svg).toContain("<title>A title</title>");
  expect(svg).not.toMatch(/<script|href|url\(http|foreignObject|onload/);
});

test("texts from files and goals stay texts", async () => {
  const evil = `<script>alert("1")</script> & 'x'`;
  const { svg } = await draw(
    table({ a: "text", b: "number" }, [[evil, 1]]),
    {
      type: "bar",
      x: "a",
      y: "b",
      yUnit: "<b>",
    },
    evil,
  );
  expect(svg).not.toContain("<script");
  expect(svg).not.toContain("<b>");
  expect(svg).toContain("&lt;script");
});

test("a name that looks like an expression or a path is only a name", async () => {
  for (const name of ["a.b[0]", "datum.x", "__proto__", "x']; alert(1); ['", "signal"]) {
    const made = table({ c: "text" }, [
      ["p", 1],
      ["q", 2],
    ]);
    made.columns.push({ name, kind: "number", type: "DOUBLE" });
    const { svg } = await draw(made, { type: "bar", x: "c", y: name });
    expect([name, marks(svg, "rect")]).toEqual([name, 2]);
  }
});

test("a line follows time in UTC, one line for each colour", async () => {
  const rows = ["2022-01-01", "2023-01-01", "2024-01-01"].flatMap((day, index): Cell[][] => [
    [day, index, "A"],
    [day, 2 * index, "B"],
  ]);
  const made = table({ day: "time", price: "number", symbol: "text" }, rows);
  const { svg } = await draw(made, { type: "line", x: "day", y: "price", color: "symbol" });
  expect(svg.match(/role-mark[^"]*pathgroup|mark-line role-mark/g)?.length).toBe(2);
  expect(words(svg)).toEqual(expect.arrayContaining(["A", "B", "day", "price", "2024"]));
});

test("years are written as years", async () => {
  const made = table({ year: "number", n: "number" }, [
    [1995, 1],
    [2000, 2],
    [2005, 3],
  ]);
  const { svg } = await draw(made, { type: "line", x: "year", y: "n" });
  expect(words(svg)).toContain("2000");
  expect(words(svg).join()).not.toContain("2,000");
});

test("a histogram counts its rows, each as often as it says", async () => {
  const values = table({ v: "number", rows: "number" }, [
    [1, 10],
    [1.2, 30],
    [9, 5],
  ]);
  const counted = await draw(values, { type: "histogram", x: "v", y: "rows" });
  const once = await draw(values, { type: "histogram", x: "v" });
  expect(words(counted.svg)).toContain("40");
  expect(words(once.svg)).not.toContain("40");
});

test("of many bars the first are drawn, of many marks every few, and the picture says so", async () => {
  const bars = table(
    { c: "text", n: "number" },
    Array.from({ length: 97 }, (_, i) => [`c${i}`, i]),
  );
  const cut = await draw(bars, { type: "bar", x: "c", y: "n" });
  expect(cut.drawn).toBe(40);
  expect(words(cut.svg)).toEqual(expect.arrayContaining(["40 of 97 points drawn", "c0", "c39"]));
  expect(words(cut.svg)).not.toContain("c40");
  const dots = table(
    { a: "number", b: "number" },
    Array.from({ length: 7000 }, (_, i) => [i, i === 1001 ? 9000 : i % 100]),
  );
  const thin = await draw(dots, { type: "scatter", x: "a", y: "b" });
  // Every third, and the highest, which is none of these.
  expect(thin).toMatchObject({ drawn: 2335, points: 7000 });
  expect(marks(thin.svg, "symbol")).toBe(2335);
  expect(words(thin.svg)).toContain("9,000");
});

test("the same series gives the same picture, also on a node in another time zone", async () => {
  const rows = ["2022-01-01", "2022-06-01", "2024-01-01"].map((day, i): Cell[] => [day, i, "A"]);
  const made = table({ day: "time", n: "number", c: "text" }, rows);
  const specs: ChartSpec[] = [
    { type: "bar", x: "day", y: "n" },
    { type: "line", x: "day", y: "n", color: "c" },
    { type: "scatter", x: "day", y: "n" },
    { type: "histogram", x: "n" },
  ];
  const zone = process.env["TZ"];
  const drawn = async (there: string) => {
    process.env["TZ"] = there;
    return Promise.all(specs.map(async (spec) => (await draw(made, spec)).svg));
  };
  const [auckland, honolulu] = [await drawn("Pacific/Auckland"), await drawn("Pacific/Honolulu")];
  if (zone === undefined) delete process.env["TZ"];
  else process.env["TZ"] = zone;
  expect(auckland.map((svg, index) => svg === honolulu[index])).toEqual(specs.map(() => true));
});

test("what cannot be drawn is refused with the reason and the remedy", async () => {
  const refused = async (from: Table, spec: ChartSpec) => draw(from, spec);
  await expect(refused(sales, { type: "bar", x: "city", y: "amount" })).rejects.toThrow(
    "the column 'amount' is not in the query's result: use one of 'city', 'sales.total'",
  );
  await expect(refused(sales, { type: "bar", x: "sales.total", y: "city" })).rejects.toThrow(
    "the column 'city' holds texts, not numbers: use one of 'sales.total'",
  );
  await expect(refused(sales, { type: "histogram", x: "city" })).rejects.toMatchObject({
    code: "study-column",
  });
  const none = table({ a: "text", b: "number" }, [["x", null]]);
  await expect(refused(none, { type: "bar", x: "a", y: "b" })).rejects.toMatchObject({
    code: "nothing-to-draw",
  });
  const many = Array.from({ length: 11 }, (_, i): Cell[] => [i, i, `g${i}`]);
  const colours = table({ a: "number", b: "number", c: "text" }, many);
  await expect(refused(colours, { type: "line", x: "a", y: "b", color: "c" })).rejects.toThrow(
    "11 values to tell apart by colour are more than 10",
  );
});
