import { expect, test } from "vitest";
import { emptyColumn } from "../profile/profile-schema.ts";
import { renderPage } from "./render-page.ts";
import { renderReport } from "./render-report.ts";
import type { ReportInput } from "./report-input.ts";

const numbers = Array.from({ length: 21 }, (_, at) => at * 5);

/** A report of a dataset with two columns, of which everything is called or holds `word`. */
function reportOf(word: string, over: Partial<ReportInput> = {}): ReportInput {
  const named = { name: word, type: "text" as const, nullable: true, placeholders: [word] };
  const counted = { rows: 1, share: 0.01, severity: "soft" as const, score: 1, rowNumbers: [7] };
  return {
    goal: "g1",
    dataset: word,
    profile: {
      source: {
        path: `/in/${word}`,
        format: "csv",
        bytes: 100,
        sha256: "f".repeat(64),
        readAs: { renamed: [{ from: `old ${word}`, to: word }], absent: ["gone"] },
      },
      rows: 100,
      duplicates: 0,
      columns: [
        { ...emptyColumn, name: word, nulls: 25, top: [{ value: word, rows: 40 }] },
        { ...emptyColumn, name: "amount", quantiles: numbers },
        { ...emptyColumn, name: "gone", nulls: 100 },
      ],
      faults: [
        {
          ...counted,
          rule: "outlier",
          columns: [word],
          evidence: word,
          examples: [{ row: 7, value: word }],
        },
      ],
    },
    schema: [
      { ...named, confidence: 0.9, evidence: word },
      { ...named, name: "amount", type: "integer", confidence: 1, evidence: "all are" },
      { ...named, name: "gone", confidence: 1, evidence: "no more" },
    ],
    quality: {
      rows: 96,
      rules: 2,
      score: 98.5,
      findings: [
        {
          rule: word,
          kind: "condition",
          column: word,
          violations: 4,
          share: 0.04,
          severity: "warn",
          examples: [{ row: 3, value: word }],
          diagnosis: word,
        },
      ],
    },
    rows: { source: 100, kept: 95, repaired: 5, quarantined: 3, duplicates: 2 },
    reasons: [{ reason: word, column: word, rows: 3, action: "quarantined" }],
    aside: [{ row: 7, reason: word, column: word, value: word }],
    nullsAfter: { [word]: 20 },
    years: [],
    drift: {
      rowsBefore: 90,
      rowsAfter: 100,
      schema: [{ source: word, column: word, kind: "renamed", now: word, evidence: word }],
      values: [{ column: word, kind: "missing", size: 0.2, evidence: word }],
    },
    adapted: [word],
    decisions: {
      proposals: [{ member: word, summary: word }],
      votes: [
        { question: word, decided: word, counts: { [word]: 2 }, electorate: 3, confidence: 0.67 },
      ],
      dissent: [{ member: word, what: word }],
      awards: [{ task: "stage", winner: word, price: 1, bids: 2 }],
      replannings: [{ cause: word, class: "data_quality_failure", strategy: word, added: [] }],
    },
    ...over,
  };
}

const hostile = [
  `<script>alert(1)</script>`,
  `"><img src=x onerror=alert(1)>`,
  `</style><style>*{display:none}`,
  `a" onload="alert(1)`,
  `\u202egnp.exe`,
];

test.for(hostile)("what is called %j stays text wherever it is shown", (word) => {
  const harmless = renderPage(reportOf("plain"), []);
  const page = renderPage(reportOf(word), []);
  const tagsOf = (html: string) =>
    [...html.matchAll(/<\/?[a-z][^>]*>/g)].map(([tag]) =>
      tag.replaceAll(/ (aria-label)="[^"]*"/g, ""),
    );
  expect(tagsOf(page)).toEqual(tagsOf(harmless));
  const shown = page
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");
  expect(shown.split(word).length).toBeGreaterThan(25);
});

test("a picture that could not be drawn is told, with why", () => {
  const undrawn = { name: "years-1", title: "day <b>", why: "a scale | has no end" };
  const input = reportOf("plain");
  expect(renderPage(input, [undrawn])).toContain(
    "There is no picture 'day &lt;b&gt;': a scale | has no end.",
  );
  const markdown = renderReport(input, [undrawn]);
  expect(markdown).toContain("There is no picture 'day &lt;b>': a scale \\| has no end.");
  expect(markdown).not.toContain("years-1.svg");
});

test("a page fetches and runs nothing", () => {
  const page = renderPage(reportOf("plain"), [{ name: "years-1", title: "t", svg: "<svg/>" }]);
  expect(page).toContain(`content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"`);
  expect(page).not.toMatch(/<script|<link|<iframe|url\(|@import| on[a-z]+=/);
  expect([...page.matchAll(/(?:src|href)="([^"]{5})/g)].map(([, to]) => to)).toEqual(
    expect.arrayContaining(["data:"]),
  );
  expect(page).not.toMatch(/(src|href)="(?!data:|#)/);
});

test("control characters do not reach the page", () => {
  const page = renderPage(reportOf("a\u0000b\u001b[31m"), []);
  expect(page).not.toContain("\u0000");
  expect(page).not.toContain("\u001b");
});

test("each column tells what it holds, where it is from and what was done to it", () => {
  const page = renderPage(reportOf("city"), []);
  const cards = page.split(`<article class="card" id="column-`).slice(1);
  expect(cards).toHaveLength(3);
  const [city = "", amount = "", gone = ""] = cards.map((card) => card.replaceAll(/<\/?bdi>/g, ""));
  expect(city).toContain("<dd>'old city' of the file</dd>");
  expect(city).toContain("<dd>21.1 % now, 25 % in the source</dd>");
  expect(city).toContain("<dt>quarantined</dt><dd>3: city</dd>");
  expect(city).toContain("<dd>4: city</dd>");
  expect(amount).toContain(`aria-label="distribution of amount"`);
  expect(amount.match(/<rect/g)).toHaveLength(24);
  expect(gone).toContain("the file has no such column");
});

test("the rows add up in the bar, and the score, votes and reasons are told", () => {
  const page = renderPage(reportOf("city"), []);
  const [, bar = ""] = page.match(/<svg class="parts"(.*?)<\/svg>/) ?? [];
  const widths = [...bar.matchAll(/width="([0-9.]+)"/g)].map(([, width]) => Number(width));
  expect(widths).toEqual([90, 5, 3, 2]);
  for (const text of [
    "98.5",
    "<code>quarantine.parquet</code>",
    "67 % behind it",
    "1 of 3 did not vote",
  ]) {
    expect(page).toContain(text);
  }
});

test("rules that were switched off are named where it says what stands out", () => {
  const input = reportOf("city");
  const profile = { ...input.profile, rulesOff: ["stuck", "key"] };
  for (const faults of [input.profile.faults ?? [], []]) {
    const told = { ...input, profile: { ...profile, faults } };
    expect(renderPage(told, [])).toContain("Not looked for: stuck, key.");
    expect(renderReport(told, [])).toContain("Not looked for: stuck, key.");
  }
  expect(renderPage(input, [])).not.toContain("Not looked for");
});

test("what there is nothing to say of has no section", () => {
  const { drift: _drift, ...rest } = reportOf("city");
  const { faults: _faults, ...profile } = rest.profile;
  const page = renderPage({ ...rest, profile, rows: { ...rest.rows, quarantined: 0 } }, []);
  expect(page).toContain(`<a href="#columns">`);
  for (const id of ["drift", "stands-out", "quarantine", "repairs"])
    expect(page).not.toContain(`#${id}"`);
});

test("of more columns than fit the first are shown, and the page says how many are not", () => {
  const { schema } = reportOf("city");
  const wide = Array.from(
    { length: 230 },
    (_, at) => ({ ...schema[1], name: `c${at}` }) as (typeof schema)[0],
  );
  const page = renderPage(reportOf("city", { schema: wide }), []);
  expect(page.match(/id="column-/g)).toHaveLength(200);
  expect(page).toContain("30 more columns");
});
