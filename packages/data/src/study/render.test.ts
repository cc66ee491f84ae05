import { expect, test } from "vitest";
import { renderHtml } from "./render-html.ts";
import { renderMarkdown } from "./render-markdown.ts";
import type { Study } from "./study.ts";

const evil = `</script><img src=x onerror=alert(1)> | [l](javascript:x) \`c\` "q" 'p' &`;
const study: Study = {
  title: "Market of <bikes>",
  goal: "g-1",
  sources: [
    {
      name: "sales",
      path: "/data/sales.csv",
      format: "csv",
      bytes: 1234567,
      sha256: "ab".repeat(32),
      rows: 30,
      columns: 2,
      reading: "1 of 30 records are broken.",
    },
  ],
  lost: [{ name: "shops", path: "/data/shops.csv", why: "there is no file" }],
  sections: [
    {
      id: "by-city",
      title: "Sales by city",
      question: "Where do we sell most?",
      query: "SELECT city, '```' AS n FROM sales",
      table: {
        columns: [
          { name: "city", kind: "text", type: "VARCHAR" },
          { name: "n", kind: "number", type: "BIGINT" },
        ],
        rows: Array.from({ length: 30 }, (_, index) => [index === 0 ? evil : `c${index}`, index]),
        truncated: false,
      },
      chart: '<svg xmlns="http://www.w3.org/2000/svg"><text>chart</text></svg>',
      findings: [{ kind: "extremes", text: `n is highest at ${evil}.` }],
      missing: [],
    },
    {
      id: "gone",
      title: "Sales by moon",
      query: "SELECT moon FROM sales",
      findings: [],
      missing: ["This section could not be made: there is no column <moon>"],
    },
  ],
};

test("the page holds its charts, and fetches and runs nothing", () => {
  const page = renderHtml(study);
  const [, data = ""] = /src="data:image\/svg\+xml;base64,([^"]+)"/.exec(page) ?? [];
  expect(Buffer.from(data, "base64").toString()).toBe(study.sections[0]?.chart);
  expect(page).toContain("default-src 'none'; img-src data:; style-src 'unsafe-inline'");
  expect(page.match(/(src|href)="(?!data:image|#)/g)).toBeNull();
  expect(page).not.toMatch(/<script|<link|@import|url\(/);
});

test("what stands in files stays text in the page", () => {
  const page = renderHtml(study);
  expect(page).not.toContain("<img src=x");
  expect(page).toContain("&lt;img src=x onerror=alert(1)&gt;");
  expect(page).toContain("<h1>Market of &lt;bikes&gt;</h1>");
});

test("what stands in files stays text in Markdown too", () => {
  const text = renderMarkdown(study);
  expect(text).not.toMatch(/(^|[^\\])<img/);
  expect(text).not.toContain("[l](javascript");
  expect(text).toContain("\\[l\\](javascript:x)");
  const row = text.split("\n").find((line) => line.includes("onerror") && line.startsWith("| "));
  expect(row?.match(/(?<!\\)\|/g)?.length).toBe(3);
  expect(text).toContain("````sql\nSELECT city, '```' AS n FROM sales\n````");
});

test("a section that could not be made has a visible note why, and so has a lost source", () => {
  const page = renderHtml(study);
  const text = renderMarkdown(study);
  expect(page).toContain(
    '<p class="missing" role="note"><b>Missing:</b> This section could not be made: there is no column &lt;moon&gt;</p>',
  );
  expect(text).toContain(
    "> **Missing:** This section could not be made: there is no column &lt;moon\\>",
  );
  for (const made of [page, text]) {
    expect(made).toContain(
      "the source shops (/data/shops.csv) could not be loaded: there is no file",
    );
  }
});

test("sources are told with digest, rows and what was done to read them, tables with how much is shown", () => {
  for (const made of [renderHtml(study), renderMarkdown(study)]) {
    expect(made).toContain("ab".repeat(32));
    expect(made).toContain("1,234,567");
    expect(made).toContain("1 of 30 records are broken.");
    expect(made).toContain("20 of 30 rows shown; the others are in by-city.json.");
    expect(made).toContain("c19");
    expect(made).not.toContain("c20");
  }
  expect(renderMarkdown(study)).toContain("![Sales by city](by-city.svg)");
});

test("key findings stand first, and questions with them", () => {
  const text = renderMarkdown(study);
  expect(text.indexOf("## Key findings")).toBeLessThan(text.indexOf("## Sales by city"));
  expect(text).toContain("- **Sales by city:** n is highest at");
  expect(text).toContain("*Where do we sell most?*");
});
