import type { Report, ReportFormat, ReportSection, ReportTable } from "./report.ts";

/** A report as text for terminals, as Markdown, as a whole HTML page, or as JSON; with a line end. */
export function renderReport(report: Report, format: ReportFormat): string {
  switch (format) {
    case "text":
      return textOf(report);
    case "markdown":
      return markdownOf(report);
    case "html":
      return htmlOf(report);
    case "json":
      return `${JSON.stringify(report.data, undefined, 2)}\n`;
  }
}

function made(at: number): string {
  return `made ${new Date(at).toISOString()}`;
}

function textOf({ title, at, summary, sections }: Report): string {
  const parts = [title, "=".repeat(title.length), made(at), "", ...summary.map(plain)];
  for (const section of sections) {
    parts.push("", section.title, "-".repeat(section.title.length), ...section.lines.map(plain));
    if (section.table !== undefined) parts.push(...textTable(section.table));
  }
  return `${parts.join("\n")}\n`;
}

function textTable({ columns, rows }: ReportTable): readonly string[] {
  const cells = [columns, ...rows].map((row) => row.map(plain));
  const widths = columns.map((_, index) =>
    Math.max(...cells.map((row) => (row[index] ?? "").length)),
  );
  return cells.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

/** Text from elsewhere must not steer a terminal, nor break a line. */
function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, " ");
}

function markdownOf({ title, at, summary, sections }: Report): string {
  const parts = [`# ${marked(title)}`, "", `*${made(at)}*`, "", ...listed(summary)];
  for (const section of sections) {
    parts.push("", `## ${marked(section.title)}`, "", ...listed(section.lines));
    if (section.table !== undefined) {
      if (section.lines.length > 0) parts.push("");
      parts.push(...markdownTable(section.table));
    }
  }
  return `${parts.join("\n")}\n`;
}

function listed(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `- ${marked(line)}`);
}

function markdownTable({ columns, rows }: ReportTable): readonly string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map(marked).join(" | ")} |`;
  return [line(columns), `| ${columns.map(() => "---").join(" | ")} |`, ...rows.map(line)];
}

function marked(text: string): string {
  return plain(text).replaceAll(/[\\`*_[\]<>|#]/g, (sign) => `\\${sign}`);
}

const style = `body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#222}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #ddd}
th{font-weight:600;background:#f6f6f6}h2{margin-top:2rem}time{color:#666}
@media(prefers-color-scheme:dark){body{background:#181818;color:#ddd}th{background:#242424}th,td{border-color:#333}}`;

function htmlOf({ title, at, summary, sections }: Report): string {
  const iso = new Date(at).toISOString();
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(title)}</title>
<style>${style}</style>
<h1>${escaped(title)}</h1>
<p><time datetime="${iso}">made ${iso}</time></p>
${htmlList(summary)}${sections.map(htmlSection).join("")}</html>
`;
}

function htmlSection({ title, lines, table }: ReportSection): string {
  return `<h2>${escaped(title)}</h2>\n${htmlList(lines)}${table === undefined ? "" : htmlTable(table)}`;
}

function htmlList(lines: readonly string[]): string {
  if (lines.length === 0) return "";
  return `<ul>${lines.map((line) => `<li>${escaped(line)}</li>`).join("")}</ul>\n`;
}

function htmlTable({ columns, rows }: ReportTable): string {
  const head = columns.map((cell) => `<th>${escaped(cell)}</th>`).join("");
  const body = rows
    .map((row) => `<tr>${row.map((cell) => `<td>${escaped(cell)}</td>`).join("")}</tr>`)
    .join("\n");
  return `<table><thead><tr>${head}</tr></thead>\n<tbody>${body}</tbody></table>\n`;
}

function escaped(text: string): string {
  return plain(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
