import type { Picture } from "./pictures.ts";
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
    "## Decisions",
    decisions.proposals
      .map(({ member, summary }) => `- \`${member}\`: ${cell(summary)}`)
      .join("\n"),
    ...(decisions.votes.length === 0
      ? ["All analysts proposed the same schema; there was nothing to vote on."]
      : [
          table(
            ["column", "decided", "votes", "electorate"],
            decisions.votes.map(({ question, decided, counts, electorate }) => [
              question,
              decided ?? "no consensus; the type that loses nothing was taken",
              Object.entries(counts)
                .map(([option, count]) => `${option}: ${count}`)
                .join(", "),
              number(electorate),
            ]),
          ),
        ]),
    ...(decisions.replannings.length === 0
      ? ["The plan was carried out as it was made."]
      : decisions.replannings.map(
          ({ cause, class: failure, strategy, added }) =>
            `The plan was repaired (\`${failure}\` answered by \`${strategy}\`, ${added.length} steps added): ${cell(cause)}`,
        )),
    table(
      ["task", "done by", "price", "bids"],
      decisions.awards.map(({ task, winner, price, bids }) => [
        task,
        winner,
        number(price),
        number(bids),
      ]),
    ),
  ];
  return `${parts.join("\n\n")}\n`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** What stands in a file must not become part of the table around it. */
function cell(text: string): string {
  return text
    .replaceAll("\\", "\\\\")
    .replaceAll("|", "\\|")
    .replaceAll("<", "&lt;")
    .replaceAll(/\s+/g, " ");
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}
