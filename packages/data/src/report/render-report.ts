import { rowInWords } from "../source/file-rows.ts";
import { driftRows } from "./drift-rows.ts";
import { differencesTable, encodingsInWords, filesTable } from "./file-sections.ts";
import { cell, number, table } from "./markdown.ts";
import { type Drawing, undrawnInWords } from "./pictures.ts";
import { renderDecisions } from "./render-decisions.ts";
import type { ReportInput } from "./report-input.ts";

/** The report for people, in Markdown. */
export function renderReport(input: ReportInput, drawings: readonly Drawing[]): string {
  const { rows, profile, quality, decisions } = input;
  const parts = [
    `# ${input.dataset}`,
    `Made from \`${profile.source.path}\` (${profile.source.format}, ${number(profile.source.bytes)} bytes, sha256 \`${profile.source.sha256.slice(0, 16)}…\`) for goal \`${input.goal}\`.`,
    ...encodingsInWords(input).map(cell),
    "## Result",
    table(
      ["rows of the source", "kept", "of these repaired", "quarantined", "duplicates dropped"],
      [[rows.source, rows.kept, rows.repaired, rows.quarantined, rows.duplicates].map(number)],
    ),
    `Quality gate: **${quality.score} of 100**, ${quality.rules} rules, ${quality.findings.length} findings left.`,
    ...(input.reasons.length === 0
      ? ["Nothing had to be repaired or set aside."]
      : [
          table(
            ["what", "column", "rows", "why"],
            input.reasons.map(({ action, column = "", rows: count, reason }) => [
              action,
              column,
              number(count),
              reason,
            ]),
          ),
        ]),
    ...ofFiles(input),
    ...drawings.map((one) =>
      "svg" in one ? `![${one.title}](${one.name}.svg)` : cell(undrawnInWords(one)),
    ),
    ...standsOut(profile),
    ...drifted(input),
    "## Columns",
    table(
      ["column", "type", "missing in the source", "missing now", "how it was decided"],
      input.schema.map((column) => {
        const before = profile.columns.find(({ name }) => name === column.name)?.nulls ?? 0;
        const format = column.format === undefined ? "" : ` (\`${column.format}\`)`;
        return [
          column.name,
          `${column.type}${format}`,
          number(before),
          number(input.nullsAfter[column.name] ?? 0),
          column.evidence,
        ];
      }),
    ),
    ...renderDecisions(decisions),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** The files that the dataset is made of, where there are several. */
function ofFiles(input: ReportInput): readonly string[] {
  const files = filesTable(input);
  if (files === undefined) return [];
  const differences = differencesTable(input);
  return [
    "## Files",
    table(files.head, files.rows),
    differences.rows.length === 0
      ? "The files are like each other."
      : table(differences.head, differences.rows),
  ];
}

/** Faults told of at most. */
const faultLimit = 30;

function standsOut({ faults, source, rulesOff = [] }: ReportInput["profile"]): readonly string[] {
  if (faults === undefined) return [];
  const told = faults.filter(({ severity }) => severity !== "note");
  const off = rulesOff.length === 0 ? [] : [`Not looked for: ${rulesOff.join(", ")}.`];
  if (told.length === 0) return ["## What stands out", "Nothing in the source stands out.", ...off];
  const rows = told.slice(0, faultLimit).map((fault) => {
    const examples = fault.examples.map(
      ({ row, value }) => `${rowInWords(source, row)}: ${value ?? "nothing"}`,
    );
    const done = fault.severity === "hard" ? "rows set aside" : "rows kept";
    const { rule, columns, evidence } = fault;
    return [rule, columns.join(", "), number(fault.rows), done, evidence, examples.join("; ")];
  });
  const more = faults.length - rows.length;
  return [
    "## What stands out",
    table(["rule", "columns", "rows", "then", "evidence", "first rows"], rows),
    ...(more > 0 ? [`${more} more are in the result.`] : []),
    ...off,
  ];
}

function drifted({ drift, adapted = [] }: ReportInput): readonly string[] {
  if (drift === undefined) return [];
  const { rowsBefore, rowsAfter } = drift;
  const changes = driftRows(drift);
  return [
    "## Since the version before",
    `The source has ${number(rowsAfter)} rows, before ${number(rowsBefore)}.`,
    changes.length === 0
      ? "No column came, went or moved."
      : table(["column", "change", "size", "evidence"], changes),
    ...(adapted.length === 0 ? [] : [adapted.map((note) => `- ${cell(note)}`).join("\n")]),
  ];
}
