import { readFlow, TaskTypes } from "@troupe/orchestration";
import { expect, test } from "vitest";
import { loadFlow, reportFlow } from "./flow.ts";
import { reportTools } from "./tools.ts";

const chart = { type: "bar", x: "city", y: "n" } as const;
const goal = {
  kind: "report" as const,
  title: "Bikes",
  sources: { sales: "/data/sales.csv", shops: "/data/shops.csv" },
  sections: [
    { id: "total", title: "Total", query: "SELECT city, n FROM sales", chart },
    { id: "map", title: "Map", query: "SELECT * FROM shops", optional: true },
  ],
};
const edges = (id: string) => {
  const task = reportFlow(goal).tasks.find((one) => one.id === id);
  return Object.fromEntries(
    task?.dependsOn.map((edge) =>
      typeof edge === "string" ? [edge, "fail"] : [edge.task, edge.onFailure],
    ) ?? [],
  );
};

test("the flow is one that can run, with the tools that there are", () => {
  const tools = reportTools({
    engine: undefined as never,
    readable: [],
    workspace: "",
    datasets: "",
  });
  const types = new TaskTypes(tools);
  expect(readFlow(reportFlow(goal), types).tasks.map(({ id }) => id)).toEqual([
    "load-sales",
    "load-shops",
    "query-total",
    "chart-total",
    "summarise-total",
    "query-map",
    "summarise-map",
    "assemble",
  ]);
  expect(readFlow(loadFlow(goal), types).tasks.map(({ id }) => id)).toEqual([
    "load-sales",
    "load-shops",
  ]);
});

test("a query waits for the files that it names, and its chart and findings for it alone", () => {
  expect(edges("query-total")).toEqual({ "load-sales": "fail" });
  expect(edges("chart-total")).toEqual({ "query-total": "fail" });
  expect(edges("summarise-total")).toEqual({ "query-total": "fail" });
});

test("the report goes on without what is optional, and not without the rest", () => {
  expect(edges("assemble")).toEqual({
    "load-sales": "fail",
    "load-shops": "continue",
    "query-total": "fail",
    "chart-total": "fail",
    "summarise-total": "fail",
    "query-map": "continue",
    "summarise-map": "continue",
  });
});

test("a file that a required section names too is required", () => {
  const [total, map] = goal.sections;
  const both = { id: "both", title: "Both", query: "SELECT * FROM shops JOIN sales USING (city)" };
  const sections = [total, map, both].flatMap((section) => section ?? []);
  const assemble = reportFlow({ ...goal, sections }).tasks.at(-1);
  expect(assemble?.dependsOn).toContainEqual({ task: "load-shops", onFailure: "fail" });
});

test("the longest names still make names of tasks", () => {
  const long = { ...goal, sections: [{ ...goal.sections[0], id: "x".repeat(54) }] } as typeof goal;
  const names = readFlow(reportFlow(long)).tasks.map(({ id }) => id);
  const id = "x".repeat(54);
  expect(names).toEqual(expect.arrayContaining([`query-${id}`, `chart-${id}`, `summarise-${id}`]));
});
