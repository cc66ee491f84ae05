import { expect, test } from "vitest";
import { reportGoalSchema, reportName, sourcesIn } from "./goal.ts";

const section = { id: "a", title: "A", query: "SELECT city, n FROM sales" };
const goal = { kind: "report", title: "Bike market 2024", sources: { sales: "/data/sales.csv" } };
const issues = (over: object) =>
  reportGoalSchema
    .safeParse({ ...goal, ...over })
    .error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) ?? [];

test("a report is asked for by title, files and questions", () => {
  const chart = { type: "bar", x: "city", y: "n", yUnit: "bikes" };
  const document = {
    ...goal,
    id: "g",
    output: "bikes",
    sections: [{ ...section, chart, optional: true }],
  };
  expect(reportGoalSchema.parse(document)).toEqual(document);
  expect(reportGoalSchema.parse(goal)).toEqual(goal);
});

test("what is wrong is refused with its place", () => {
  expect(issues({ sources: {} })).toEqual(["sources: must name 1 to 16 files"]);
  expect(issues({ sources: { "sales; DROP": "/x" } })[0]).toContain("sources.sales; DROP");
  expect(issues({ sources: { sales: "/x", Sales: "/y" } })).toEqual([
    "sources.Sales: 'Sales' is another source's name too, but for its case",
  ]);
  expect(issues({ sections: [section, { ...section, id: "A" }] })).toEqual([
    "sections.1.id: 'A' is another section's id too: rename one",
  ]);
  expect(issues({ sections: [{ ...section, id: "report" }] })).toEqual([
    "sections.0.id: 'report' is the name of another file: rename the section",
  ]);
  expect(issues({ sections: [{ ...section, query: "SELECT 1" }] })).toEqual([
    "sections.0.query: names none of the sources: select from 'sales'",
  ]);
  expect(issues({ sections: [{ ...section, chart: { type: "pie", x: "a" } }] })[0]).toContain(
    "sections.0.chart.type",
  );
  expect(issues({ sections: [{ ...section, chart: { type: "bar", x: "a" } }] })[0]).toContain(
    "sections.0.chart.y",
  );
  expect(issues({ titel: "typo" })[0]).toContain("titel");
  for (const output of ["../up", "a/b", ".hidden", ""]) {
    expect(issues({ output })[0]).toContain("output");
  }
  for (const id of ["../up", "a b", ""]) {
    expect(issues({ sections: [{ ...section, id }] })[0]).toContain("sections.0.id");
  }
});

test("the sources of a query are those whose names stand in it as words", () => {
  const names = ["sales", "shops", "sales_2023"];
  expect(sourcesIn("SELECT * FROM Sales JOIN shops USING (city)", names)).toEqual([
    "sales",
    "shops",
  ]);
  expect(sourcesIn("SELECT * FROM sales_2023", names)).toEqual(["sales_2023"]);
  expect(sourcesIn("SELECT wholesales FROM x", names)).toEqual([]);
});

test("a report is named after its title unless a name is asked for", () => {
  expect(reportName({ title: "Bike market, 2024 (Q1)!" })).toBe("bike-market-2024-q1");
  expect(reportName({ title: "…" })).toBe("report");
  expect(reportName({ title: "x", output: "Bikes" })).toBe("Bikes");
});
