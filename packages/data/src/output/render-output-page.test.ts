import { expect, test } from "vitest";
import type { OutputReport } from "./output-input.ts";
import { drawOutput, type OutputMeasures, renderOutput } from "./render-output.ts";
import { renderOutputPage } from "./render-output-page.ts";

/** An output of which everything is called or holds `word`. */
function reportOf(word: string, over: Partial<OutputReport> = {}): OutputReport {
  const finding = { check: word, column: word, violations: 2, share: 0.025 };
  const file = { path: `/in/${word}`, format: "csv", bytes: 9, sha256: "f".repeat(64), rows: 90 };
  return {
    goal: "g1",
    dataset: word,
    sources: [
      { ...file, name: word, encoding: "Windows-1252 (Latin-1)", note: word, quarantined: 2 },
      { ...file, name: "plain", encoding: "UTF-8", quarantined: 0 },
    ],
    steps: [{ name: word, by: "join", rows: 80, parts: 3 }],
    transformations: [{ op: "filter", where: word }],
    columns: [{ name: word, type: "text", nullable: true, key: true, optional: false }],
    origins: { [word]: [{ source: word, column: word, how: "computed" }] },
    dropped: [word],
    drifts: [{ source: word, column: word, kind: "removed", evidence: word }],
    notes: [word],
    inspection: {
      rows: 80,
      checks: 1,
      score: 97.5,
      findings: [{ ...finding, blocks: false, examples: [] }],
    },
    reasons: [{ reason: word, column: word, table: word, rows: 2, action: "quarantined" }],
    decisions: {
      proposals: [{ member: word, summary: word }],
      votes: [],
      awards: [{ task: "stage", winner: word, price: 1, bids: 2 }],
      replannings: [],
    },
    ...over,
  };
}

const measuresOf = (word: string, over: Partial<OutputMeasures> = {}): OutputMeasures => ({
  rows: { sources: { [word]: 90 }, output: 80, quarantined: 2 },
  nulls: { [word]: 20 },
  aside: [{ table: word, row: 7, reason: word, column: word, value: word }],
  schemaNumber: 3,
  ...over,
});

test.for([
  `<script>alert(1)</script>`,
  `"><img src=x onerror=alert(1)>`,
  `</style><style>*{display:none}`,
])("what is called %j stays text on the page of an output", (word) => {
  const tagsOf = (html: string) => [...html.matchAll(/<\/?[a-z][^>]*>/g)].map(([tag]) => tag);
  const page = renderOutputPage(reportOf(word), measuresOf(word));
  expect(tagsOf(page)).toEqual(tagsOf(renderOutputPage(reportOf("plain"), measuresOf("plain"))));
  expect(page).not.toContain(word);
});

test("page and report tell in which encoding each source was read", async () => {
  const [report, measures] = [reportOf("city"), measuresOf("city")];
  const markdown = renderOutput(report, measures, await drawOutput(report, measures));
  for (const text of [renderOutputPage(report, measures), markdown]) {
    expect(text).toContain("written in");
    expect(text).toMatch(/city[^\n]*Windows-1252/);
    expect(text).toMatch(/plain[^\n]*UTF-8/);
  }
});

test("the page tells rows, quarantine, checks, columns with their origins, and votes", () => {
  const page = renderOutputPage(reportOf("city"), measuresOf("city")).replaceAll(/<\/?bdi>/g, "");
  for (const text of [
    "97.5",
    "version 3 of its schema",
    "<code>quarantine.parquet</code>",
    "city.city (computed)",
    "25 %",
    "text, key",
    "All analysts proposed the same schema",
  ]) {
    expect(page).toContain(text);
  }
  const nothing = { rows: { sources: {}, output: 80, quarantined: 0 }, aside: [] };
  const bare = renderOutputPage(reportOf("city"), measuresOf("city", nothing));
  expect(bare).not.toContain('id="quarantine"');
});
