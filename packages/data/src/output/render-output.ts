import { changeOf } from "../drift/words.ts";
import { cell, number, table } from "../report/markdown.ts";
import { type Drawing, drawEach, undrawnInWords } from "../report/pictures.ts";
import { renderDecisions } from "../report/render-decisions.ts";
import type { OutputReport, PublishedOutput } from "./output-input.ts";

/** What is measured of an output when it is published. */
export interface OutputMeasures {
  readonly rows: PublishedOutput["rows"];
  /** Rows without a value, by column. */
  readonly nulls: Readonly<Record<string, number>>;
  /** The first rows that were set aside. */
  readonly aside: readonly {
    readonly table: string;
    readonly row: number;
    readonly reason: string;
    readonly column: string;
    readonly value: string;
  }[];
  readonly schemaNumber: number;
}

/** Draws how many rows each table had, and what is missing in the output. */
export function drawOutput(
  { sources, steps, columns, dataset }: OutputReport,
  { rows, nulls }: OutputMeasures,
): Promise<readonly Drawing[]> {
  const tables = [
    ...sources.map((source) => ({ table: source.name, rows: source.rows })),
    ...steps.map((step) => ({ table: step.name, rows: step.rows })),
    { table: `output: ${dataset}`, rows: rows.output },
  ];
  const bars = (values: readonly object[], what: string, title: string, axis: object) => ({
    width: 520,
    height: { step: 18 },
    data: { values: [...values] },
    mark: { type: "bar" as const, color: "#3b7dd8", cornerRadiusEnd: 2 },
    encoding: {
      y: { field: what, type: "nominal" as const, sort: null, title: null },
      x: { ...axis, type: "quantitative" as const, title },
    },
  });
  const missing = columns.map(({ name }) => ({
    column: name,
    share: rows.output === 0 ? 0 : (nulls[name] ?? 0) / rows.output,
  }));
  return drawEach([
    {
      name: "rows",
      title: "Rows of each table",
      spec: bars(tables, "table", "rows", { field: "rows" }),
    },
    {
      name: "missing",
      title: "Missing values by column",
      spec: bars(missing, "column", "share of rows without a value", {
        field: "share",
        axis: { format: "%" },
        scale: { domain: [0, 1] },
      }),
    },
  ]);
}

/** What the table of sources tells. */
export const sourceHead = [
  "source",
  "file",
  "format",
  "written in",
  "rows",
  "quarantined",
  "sha256",
];

/** A line of the table of sources. */
export function sourceLine(source: OutputReport["sources"][number]): readonly string[] {
  const { name, path, format, encoding = "", rows, quarantined, sha256 } = source;
  return [
    name,
    path,
    format,
    encoding,
    number(rows),
    number(quarantined),
    `${sha256.slice(0, 16)}…`,
  ];
}

/** What a column of an output is made of, in words. */
export function originInWords(report: OutputReport, column: string): string {
  const origins = report.origins[column] ?? [];
  return origins
    .map(({ source, column: from, how }) => `${source}.${from}${how === "same" ? "" : ` (${how})`}`)
    .join(", ");
}

/** The report on an output for people, in Markdown. */
export function renderOutput(
  report: OutputReport,
  { rows, nulls, schemaNumber }: OutputMeasures,
  drawings: readonly Drawing[],
): string {
  const { inspection } = report;
  const parts = [
    `# ${report.dataset}`,
    `Made for goal \`${report.goal}\`; version ${schemaNumber} of its schema.`,
    "## Result",
    table(
      ["rows of the output", "quarantined on the way", "score of the checks"],
      [[number(rows.output), number(rows.quarantined), `${inspection.score} of 100`]],
    ),
    ...(report.reasons.length === 0
      ? ["Nothing had to be repaired or set aside."]
      : [
          table(
            ["what", "table", "column", "rows", "why"],
            report.reasons.map(({ action, table: name, column = "", rows: count, reason }) => [
              action,
              name,
              column,
              number(count),
              reason,
            ]),
          ),
        ]),
    ...(inspection.findings.length === 0
      ? []
      : [
          table(
            ["check", "column", "rows that break it", "share"],
            inspection.findings.map(({ check, column = "", violations, share }) => [
              check,
              column,
              number(violations),
              `${Math.round(share * 10_000) / 100} %`,
            ]),
          ),
        ]),
    ...drawings.map((one) =>
      "svg" in one ? `![${one.title}](${one.name}.svg)` : cell(undrawnInWords(one)),
    ),
    "## Sources",
    table(sourceHead, report.sources.map(sourceLine)),
    ...report.sources.flatMap(({ name, note }) =>
      note === undefined ? [] : [cell(`${name}: ${note}`)],
    ),
    "## Steps",
    table(
      ["table", "made by", "rows", "parts"],
      report.steps.map(({ name, by, rows: count, parts: split }) => [
        name,
        by,
        number(count),
        number(split),
      ]),
    ),
    ["```json", JSON.stringify(report.transformations, null, 2), "```"].join("\n"),
    "## Columns",
    table(
      ["column", "type", "without a value", "made of"],
      report.columns.map(({ name, type, key }) => [
        name,
        `${type}${key ? ", key" : ""}`,
        number(nulls[name] ?? 0),
        originInWords(report, name),
      ]),
    ),
    ...(report.dropped.length === 0
      ? []
      : [
          `Not in the target, and left out: ${report.dropped.map((name) => `\`${cell(name)}\``).join(", ")}.`,
        ]),
    "## Changes of the sources",
    ...(report.drifts.length === 0
      ? ["The sources have the columns that they had before, or this is the first run."]
      : [
          table(
            ["source", "column", "change", "seen"],
            report.drifts.map((drift) => [
              drift.source,
              drift.column,
              changeOf(drift),
              drift.evidence,
            ]),
          ),
          report.notes.map((note) => `- ${cell(note)}`).join("\n"),
        ]),
    ...renderDecisions(report.decisions),
  ];
  return `${parts.join("\n\n")}\n`;
}
