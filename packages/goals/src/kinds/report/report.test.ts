import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Engine, loadedSchema, openEngine } from "@troupe/data";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadFlow, reportFlow } from "./flow.ts";
import { reportGoalSchema } from "./goal.ts";
import { outline } from "./outline.ts";
import { reportResult } from "./result.ts";
import { runFlow } from "./run-flow.test-data.ts";
import { reportTools } from "./tools.ts";

const samples = join(import.meta.dirname, "../../../../../node_modules/vega-datasets/data");

let home: string;
let engine: Engine;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "troupe-report-"));
  engine = await openEngine({ readable: [samples], workspace: join(home, "work") });
});
afterAll(async () => {
  await engine.close();
  rmSync(home, { recursive: true, force: true });
});

const toolsFor = () =>
  reportTools({
    engine,
    readable: [samples],
    workspace: join(home, "work"),
    datasets: join(home, "datasets"),
  });

const market = {
  kind: "report",
  title: "Films, cars and countries: a market report",
  output: "market",
  sources: {
    movies: join(samples, "movies.json"),
    cars: join(samples, "cars.json"),
    countries: join(samples, "gapminder.json"),
    weather: join(samples, "seattle-weather.csv"),
    stocks: join(samples, "stocks.csv"),
    ships: join(samples, "no-such-file.csv"),
  },
  sections: [
    {
      id: "genres",
      title: "Gross by genre",
      question: "Which genres bring in most?",
      query:
        'SELECT "Major Genre" AS genre, sum("Worldwide Gross") / 1e9 AS gross, count(*) AS films FROM movies WHERE genre IS NOT NULL GROUP BY ALL ORDER BY gross DESC',
      chart: { type: "bar", x: "genre", y: "gross", yUnit: "billion USD" },
    },
    {
      id: "budgets",
      title: "Budget and gross",
      query:
        'SELECT "Production Budget" / 1e6 AS budget, "Worldwide Gross" / 1e6 AS gross FROM movies WHERE budget > 0 AND gross > 0',
      chart: {
        type: "scatter",
        x: "budget",
        y: "gross",
        xUnit: "million USD",
        yUnit: "million USD",
      },
    },
    {
      id: "mileage",
      title: "Mileage by origin over the years",
      query:
        "SELECT year(CAST(Year AS DATE)) AS year, Origin AS origin, avg(Miles_per_Gallon) AS mileage FROM cars GROUP BY ALL ORDER BY 1, 2",
      chart: { type: "line", x: "year", y: "mileage", color: "origin", yUnit: "mpg" },
    },
    {
      id: "population",
      title: "People in all countries",
      query: "SELECT year, sum(pop) / 1e9 AS people FROM countries GROUP BY ALL ORDER BY year",
      chart: { type: "line", x: "year", y: "people", yUnit: "billion" },
    },
    {
      id: "rain",
      title: "How much it rains",
      query: "SELECT precipitation, count(*) AS days FROM weather GROUP BY ALL ORDER BY 1",
      chart: { type: "histogram", x: "precipitation", y: "days", xUnit: "mm" },
    },
    {
      id: "shares",
      title: "Shares",
      query: "SELECT date, price, symbol FROM stocks ORDER BY symbol, date",
      chart: { type: "line", x: "date", y: "price", color: "symbol", yUnit: "USD" },
    },
    {
      id: "joined",
      title: "Rain and shares",
      query:
        "SELECT date_trunc('month', s.date) AS month, avg(w.precipitation) AS rain, avg(s.price) AS price FROM stocks AS s JOIN weather AS w ON month(w.date) = month(s.date) GROUP BY ALL ORDER BY 1 LIMIT 5",
    },
    {
      id: "moon",
      title: "Gross by phase of the moon",
      query: "SELECT Moon AS moon, count(*) AS n FROM movies GROUP BY ALL",
      chart: { type: "bar", x: "moon", y: "n" },
      optional: true,
    },
    {
      id: "wrong-axis",
      title: "Cars by engine",
      query: "SELECT Cylinders AS cylinders, count(*) AS n FROM cars GROUP BY ALL ORDER BY 1",
      chart: { type: "bar", x: "cylinders", y: "count" },
      optional: true,
    },
    {
      id: "harbour",
      title: "Ships in the harbour",
      query: "SELECT day, count(*) AS n FROM ships GROUP BY ALL",
      optional: true,
    },
  ],
};

const goal = () => {
  const parsed = reportGoalSchema.parse(market);
  return { ...parsed, sections: parsed.sections ?? [] };
};

test("a market report is made from real files, and says what is missing and why", async () => {
  const run = await runFlow(reportFlow(goal()), toolsFor(), "m1");
  expect([...run.failures.keys()].sort()).toEqual([
    "chart-wrong-axis",
    "load-ships",
    "query-moon",
    "summarise-wrong-axis",
  ]);
  expect([...run.skipped].sort()).toEqual([
    "chart-moon",
    "query-harbour",
    "summarise-harbour",
    "summarise-moon",
  ]);

  const result = reportResult(run.results.get("assemble"));
  const folder = join(home, "datasets", "market", "m1");
  expect(result.folder).toBe(folder);
  expect(readlinkSync(join(home, "datasets", "market", "latest"))).toBe("m1");
  expect(readdirSync(folder).sort()).toEqual(
    [
      "manifest.json",
      "report.html",
      "report.md",
      ...["budgets", "genres", "mileage", "population", "rain", "shares"].map((id) => `${id}.svg`),
      ...[
        "budgets",
        "genres",
        "joined",
        "mileage",
        "population",
        "rain",
        "shares",
        "wrong-axis",
      ].map((id) => `${id}.json`),
    ].sort(),
  );
  expect(result.sources.map(({ name, rows }) => [name, rows])).toEqual([
    ["movies", 3201],
    ["cars", 406],
    ["countries", 682],
    ["weather", 1461],
    ["stocks", 560],
  ]);
  const whole = result.sections.filter(({ missing }) => missing.length === 0);
  expect(whole.map(({ id }) => id)).toEqual([
    "genres",
    "budgets",
    "mileage",
    "population",
    "rain",
    "shares",
    "joined",
  ]);
  expect(whole.every(({ findings, rows }) => findings > 0 && rows > 0)).toBe(true);

  const page = readFileSync(result.files.html, "utf8");
  const text = readFileSync(result.files.markdown, "utf8");
  expect(page.match(/<img alt=/g)?.length).toBe(6);
  for (const made of [page, text]) {
    expect(made).toMatch(/This section could not be made: the query .*Moon/);
    expect(made).toMatch(/The chart could not be drawn: the column .*count.* is not in the query/);
    expect(made).toMatch(/it needs the source .ships., which could not be loaded/);
    expect(made).toMatch(/the source ships .*no-such-file.csv.* could not be loaded/);
    expect(made).toContain(result.sources[0]?.sha256);
  }
  // What the numbers say, against values had by other means.
  const table = JSON.parse(readFileSync(join(folder, "population.json"), "utf8"));
  const raw = JSON.parse(readFileSync(join(samples, "gapminder.json"), "utf8")) as {
    year: number;
    pop: number;
  }[];
  const people = raw.filter(({ year }) => year === 2005).reduce((sum, { pop }) => sum + pop, 0);
  expect(table.rows.at(-1)[0]).toBe(2005);
  expect(table.rows.at(-1)[1]).toBeCloseTo(people / 1e9, 9);
  expect(text).toMatch(
    /people rises by 0\.0\d+ billion a year \(least squares over 11 points, R² 0\.99\d\)/,
  );
  expect(text).toMatch(/gross is highest at (Action|Adventure) \(\d/);
  expect(text).toContain("Of 5 groups, GOOG is highest at the end; AAPL grew most");
});

test("a report that is made again is the first one's, byte for byte, and nothing is done twice", async () => {
  const folder = join(home, "datasets", "market", "m1");
  const before = statSync(join(folder, "report.html")).mtimeMs;
  const again = await runFlow(reportFlow(goal()), toolsFor(), "m1", 2);
  expect(reportResult(again.results.get("assemble")).folder).toBe(folder);
  expect(statSync(join(folder, "report.html")).mtimeMs).toBe(before);
  const other = await runFlow(reportFlow(goal()), toolsFor(), "m2");
  const pictures = reportResult(other.results.get("assemble")).files.pictures;
  expect(pictures.length).toBe(6);
  for (const picture of pictures) {
    const first = picture.replace("/m2/", "/m1/");
    expect(readFileSync(picture, "utf8") === readFileSync(first, "utf8")).toBe(true);
  }
  const left = readdirSync(join(home, "work", "m1")).filter((name) => /tmp|scratch/.test(name));
  expect(left).toEqual([]);
});

test("without a section that is required there is no report", async () => {
  const sections = goal().sections.map((section) => ({ ...section, optional: false }));
  const run = await runFlow(reportFlow({ ...goal(), sections }), toolsFor(), "m3");
  expect(run.skipped).toContain("assemble");
  expect(readdirSync(join(home, "datasets", "market"))).not.toContain("m3");
});

test("a goal without sections gets those that its files suggest", async () => {
  const parsed = reportGoalSchema.parse({
    kind: "report",
    title: "What is in it",
    sources: {
      weather: join(samples, "seattle-weather.csv"),
      cars: join(samples, "cars.json"),
      stocks: join(samples, "stocks.csv"),
    },
  });
  const tools = toolsFor();
  const loads = await runFlow(loadFlow(parsed), tools, "o1");
  const loaded = Object.fromEntries(
    Object.keys(parsed.sources).map((name) => [
      name,
      loadedSchema.parse(loads.results.get(`load-${name}`)),
    ]),
  );
  const sections = outline(loaded);
  expect(sections.map(({ id }) => id)).toEqual(
    expect.arrayContaining(["weather-trend", "weather-compare", "cars-trend", "stocks-trend"]),
  );
  const run = await runFlow(reportFlow({ ...parsed, sections }), tools, "o1");
  expect([...run.failures]).toEqual([]);
  const result = reportResult(run.results.get("assemble"));
  expect(result.report).toBe("what-is-in-it");
  expect(
    result.sections.every(
      ({ hasChart, findings, missing }) => hasChart && findings > 0 && missing.length === 0,
    ),
  ).toBe(true);
});

test("tools take names of files in the goal's folder, not paths that lead out of it", () => {
  const tools = toolsFor();
  const inputs: Record<string, (name: string) => unknown> = {
    query: (name) => ({ sql: "SELECT * FROM x", sources: { x: name } }),
    chart: (name) => ({ rows: name, title: "t", chart: { type: "bar", x: "a", y: "b" } }),
    summarise: (name) => ({ rows: name }),
    assemble: (name) => ({
      title: "t",
      output: "o",
      sources: [],
      sections: [{ id: "a", title: "A", query: "q", rows: name, picture: null, findings: null }],
    }),
  };
  for (const [type, inputFor] of Object.entries(inputs)) {
    const input = tools.find((tool) => tool.type === type)?.input;
    expect([type, input?.safeParse(inputFor("rows.json")).success]).toEqual([type, true]);
    for (const path of ["/etc/passwd", "../other/rows.json", "a/b", ".hidden", ""]) {
      expect([type, path, input?.safeParse(inputFor(path)).success]).toEqual([type, path, false]);
    }
  }
});

test("a file outside the directories that goals may read is not loaded", async () => {
  const sections = [{ id: "a", title: "A", query: "SELECT * FROM p", optional: true }];
  const outside = { ...goal(), sources: { p: "/etc/passwd" }, sections };
  const run = await runFlow(reportFlow(outside), toolsFor(), "m4");
  expect(run.failures.get("load-p")).toContain("outside the directories that goals may read");
});

test("a query that is stopped ends its task as interrupted", async () => {
  const stop = new AbortController();
  const query = toolsFor().find(({ type }) => type === "query");
  const running = query?.run(
    { sql: "SELECT count(*) FROM range(10000000000) AS a, range(10000000000) AS b", sources: {} },
    { goal: "m5", task: "query-x", attempt: 1, signal: stop.signal, span: undefined as never },
  );
  setImmediate(() => stop.abort());
  await expect(running).rejects.toMatchObject({ code: "interrupted" });
});
