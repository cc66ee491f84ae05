import { labelOf } from "./series.ts";
import { keyFindings, type Study, type StudySection, shownRows } from "./study.ts";
import type { Cell, Table } from "./table.ts";
import { counted } from "./words.ts";

/** The study for people, in Markdown; its charts lie beside it as `<section>.svg`. */
export function renderMarkdown(study: Study): string {
  const { title, goal, sources, lost, sections } = study;
  const key = keyFindings(study);
  const parts = [
    `# ${text(title)}`,
    `Made for goal \`${goal}\` from ${counted(sources.length, "file")}.`,
    ...(key.length === 0 ? [] : ["## Key findings", key.map(keyLine).join("\n")]),
    ...sections.flatMap(section),
    "## Sources",
    table(
      ["source", "file", "format", "rows", "columns", "bytes", "sha256"],
      sources.map(({ name, path, format, rows, columns, bytes, sha256 }) => [
        text(name),
        text(path),
        text(format),
        amountOf(rows),
        amountOf(columns),
        amountOf(bytes),
        `\`${sha256}\``,
      ]),
    ),
    ...sources.flatMap(({ name, reading }) =>
      reading === undefined ? [] : [`> ${text(name)}: ${text(reading)}`],
    ),
    ...lost.map(
      ({ name, path, why }) =>
        `> **Missing:** the source ${text(name)} (${text(path)}) could not be loaded: ${text(why)}`,
    ),
  ];
  return `${parts.join("\n\n")}\n`;
}

function keyLine({ title, text: said }: { readonly title: string; readonly text: string }): string {
  return `- **${text(title)}:** ${text(said)}`;
}

function section(one: StudySection): readonly string[] {
  const { id, title, question, query, chart, findings, missing, table: rows } = one;
  return [
    `## ${text(title)}`,
    ...(question === undefined ? [] : [`*${text(question)}*`]),
    ...missing.map((why) => `> **Missing:** ${text(why)}`),
    ...(chart === undefined ? [] : [`![${text(title)}](${id}.svg)`]),
    ...(findings.length === 0 ? [] : [findings.map((one) => `- ${text(one.text)}`).join("\n")]),
    ...(rows === undefined ? [] : [tableOf(rows), rowsNote(rows, id)]),
    fenced(query),
  ];
}

function tableOf({ columns, rows }: Table): string {
  return table(
    columns.map(({ name }) => text(name)),
    rows.slice(0, shownRows).map((row) => row.map((cell) => text(cellText(cell)))),
  );
}

/** A cell as it is shown. */
export function cellText(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "string") return labelOf(cell);
  return Number.isInteger(cell) ? `${cell}` : `${Number(cell.toPrecision(6))}`;
}

/** How many rows there are, and where. */
export function rowsNote({ rows, truncated }: Table, id: string): string {
  const shown = Math.min(rows.length, shownRows);
  const all = truncated ? `the first ${amountOf(rows.length)} rows` : counted(rows.length, "row");
  if (shown === rows.length && !truncated) return `${all}, also in ${id}.json.`;
  return `${shown} of ${all} shown; the others are in ${id}.json.`;
}

function amountOf(value: number): string {
  return value.toLocaleString("en-US");
}

/** Text that stays text: what stands in files and goals must not become links, pictures or markup. */
function text(raw: string): string {
  return raw
    .replaceAll(/[\\`*_{}[\]<>#+!|~&]/g, (sign) =>
      sign === "<" ? "&lt;" : sign === "&" ? "&amp;" : `\\${sign}`,
    )
    .replaceAll(/\s+/g, " ");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Code behind a fence longer than any in it. */
function fenced(code: string): string {
  const longest = Math.max(2, ...[...code.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}sql\n${code.trim()}\n${fence}`;
}
