import { changeOf } from "../drift/words.ts";
import { decisionSections } from "../report/decision-sections.ts";
import { htmlTable, htmlText } from "../report/html.ts";
import { number } from "../report/markdown.ts";
import { barList, shareInWords } from "../report/plots.ts";
import { reportPage } from "../report/report-page.ts";
import type { OutputReport } from "./output-input.ts";
import { type OutputMeasures, originInWords, sourceHead, sourceLine } from "./render-output.ts";

/** The report on an output for people as one HTML file, which needs none of the others. */
export function renderOutputPage(report: OutputReport, measures: OutputMeasures): string {
  const { rows, schemaNumber } = measures;
  const { inspection } = report;
  const findings = `${number(inspection.findings.length)} findings`;
  return reportPage(
    report.dataset,
    [
      `Made for goal <code>${htmlText(report.goal)}</code> from ${number(report.sources.length)} sources; version ${schemaNumber} of its schema.`,
    ],
    [
      { what: "rows", amount: number(rows.output), note: "of the output" },
      { what: "set aside", amount: number(rows.quarantined), note: "on the way" },
      { what: "score of the checks", amount: String(inspection.score), note: findings },
      { what: "columns", amount: number(report.columns.length), note: "" },
    ],
    [
      ["rows", "Rows", rowsSection(report, measures)],
      ["quarantine", "Quarantine", quarantineSection(measures)],
      ["checks", "Checks", checksSection(report)],
      ["sources", "Sources", sourcesSection(report)],
      ["steps", "Steps", stepsSection(report)],
      ["columns", "Columns", columnsSection(report, measures)],
      ["drift", "Changes of the sources", driftSection(report)],
      ["decisions", "Decisions", decisionSections(report.decisions)],
    ],
  );
}

function rowsSection(
  { sources, steps, reasons, dataset }: OutputReport,
  { rows }: OutputMeasures,
): readonly string[] {
  const tables = [
    ...sources.map(({ name, rows: count }) => ({ name, count })),
    ...steps.map(({ name, rows: count }) => ({ name, count })),
    { name: `output: ${dataset}`, count: rows.output, kind: "kept" },
  ];
  const most = Math.max(...tables.map(({ count }) => count));
  return [
    barList(tables, most),
    reasons.length === 0
      ? "<p>Nothing had to be repaired or set aside.</p>"
      : htmlTable(
          ["what", "table", "column", "rows", "why"],
          reasons.map(({ action, table, column = "", rows: count, reason }) => [
            action,
            table,
            column,
            number(count),
            reason,
          ]),
          [3],
        ),
  ];
}

function quarantineSection({ rows, aside }: OutputMeasures): readonly string[] {
  if (rows.quarantined === 0) return [];
  const first = aside.length < rows.quarantined ? ` The first ${number(aside.length)}:` : "";
  return [
    `<p>${number(rows.quarantined)} rows are in <code>quarantine.parquet</code>, each with its table, the reason and the record as it was.${first}</p>`,
    htmlTable(
      ["table", "row", "column", "value", "why"],
      aside.map(({ table, row, column, value, reason }) => [
        table,
        number(row),
        column,
        value,
        reason,
      ]),
      [1],
    ),
  ];
}

function checksSection({ inspection: { score, findings } }: OutputReport): readonly string[] {
  return [
    `<p><b>${score} of 100</b>, with ${number(findings.length)} findings left.</p>`,
    ...(findings.length === 0
      ? []
      : [
          htmlTable(
            ["check", "column", "rows that break it", "share"],
            findings.map(({ check, column = "", violations, share }) => [
              check,
              column,
              number(violations),
              `${Number((share * 100).toFixed(2))} %`,
            ]),
            [2, 3],
          ),
        ]),
  ];
}

function sourcesSection({ sources }: OutputReport): readonly string[] {
  return [
    htmlTable(sourceHead, sources.map(sourceLine), [4, 5]),
    ...sources.flatMap(({ name, note }) =>
      note === undefined ? [] : [`<p><bdi>${htmlText(`${name}: ${note}`)}</bdi></p>`],
    ),
  ];
}

function stepsSection({ steps, transformations }: OutputReport): readonly string[] {
  return [
    htmlTable(
      ["table", "made by", "rows", "parts"],
      steps.map(({ name, by, rows, parts }) => [name, by, number(rows), number(parts)]),
      [2, 3],
    ),
    `<details><summary>The transformations as they were written</summary><pre>${htmlText(JSON.stringify(transformations, null, 2))}</pre></details>`,
  ];
}

function columnsSection(report: OutputReport, { rows, nulls }: OutputMeasures): readonly string[] {
  return [
    htmlTable(
      ["column", "type", "without a value", "made of"],
      report.columns.map(({ name, type, key }) => [
        name,
        `${type}${key ? ", key" : ""}`,
        shareInWords(nulls[name] ?? 0, rows.output),
        originInWords(report, name),
      ]),
      [2],
    ),
    ...(report.dropped.length === 0
      ? []
      : [
          `<p>Not in the target, and left out: <bdi>${htmlText(report.dropped.join(", "))}</bdi>.</p>`,
        ]),
  ];
}

function driftSection({ drifts, notes }: OutputReport): readonly string[] {
  if (drifts.length === 0) {
    return ["<p>The sources have the columns that they had before, or this is the first run.</p>"];
  }
  return [
    htmlTable(
      ["source", "column", "change", "seen"],
      drifts.map((drift) => [drift.source, drift.column, changeOf(drift), drift.evidence]),
    ),
    `<ul>${notes.map((note) => `<li><bdi>${htmlText(note)}</bdi></li>`).join("")}</ul>`,
  ];
}
