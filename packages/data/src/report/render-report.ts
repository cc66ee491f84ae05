import { number, table } from "./markdown.ts";
import type { Picture } from "./pictures.ts";
import { renderDecisions } from "./render-decisions.ts";
import type { ReportInput } from "./report-input.ts";

/** The report for people, in Markdown. */
export function renderReport(input: ReportInput, pictures: readonly Picture[]): string {
  const { rows, profile, quality, decisions } = input;
  const parts = [
    `# ${input.dataset}`,
    `Made from \`${profile.source.path}\` (${profile.source.format}, ${number(profile.source.bytes)} bytes, sha256 \`${profile.source.sha256.slice(0, 16)}…\`) for goal \`${input.goal}\`.`,
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
    ...pictures.map(({ name, title }) => `![${title}](${name}.svg)`),
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
