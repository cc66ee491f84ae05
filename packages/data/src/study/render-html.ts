import { cellText, rowsNote } from "./render-markdown.ts";
import { keyFindings, type Study, type StudySection, shownRows } from "./study.ts";
import type { Table } from "./table.ts";
import { counted } from "./words.ts";

/**
 * The study as one HTML file: charts, tables and styles are inside, nothing is fetched, nothing runs
 * (its own policy forbids it), and it follows the reader's light or dark setting.
 */
export function renderHtml(study: Study): string {
  const { title, goal, sources, lost, sections } = study;
  const key = keyFindings(study);
  const body = [
    `<h1>${text(title)}</h1>`,
    `<p class="made">Made for goal <code>${text(goal)}</code> from ${counted(sources.length, "file")}.</p>`,
    ...(key.length === 0
      ? []
      : [
          `<section class="key"><h2>Key findings</h2><ul>`,
          ...key.map((one) => `<li><b>${text(one.title)}:</b> ${text(one.text)}</li>`),
          "</ul></section>",
        ]),
    `<nav><ol>${sections.map(({ id, title: name }) => `<li><a href="#${text(id)}">${text(name)}</a></li>`).join("")}<li><a href="#sources">Sources</a></li></ol></nav>`,
    ...sections.flatMap(section),
    `<section id="sources"><h2>Sources</h2>`,
    table(
      ["source", "file", "format", "rows", "columns", "bytes", "sha256"],
      sources.map(({ name, path, format, rows, columns, bytes, sha256 }) => [
        name,
        path,
        format,
        ...[rows, columns, bytes].map((count) => count.toLocaleString("en-US")),
        sha256,
      ]),
      [3, 4, 5],
    ),
    ...lost.map(({ name, path, why }) =>
      missingNote(`the source ${name} (${path}) could not be loaded: ${why}`),
    ),
    "</section>",
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${text(title)}</title>
<style>${style}</style>
</head>
<body>
${body.join("\n")}
</body>
</html>
`;
}

function section(one: StudySection): readonly string[] {
  const { id, title, question, query, chart, findings, missing, table: rows } = one;
  return [
    `<section id="${text(id)}"><h2>${text(title)}</h2>`,
    ...(question === undefined ? [] : [`<p class="question">${text(question)}</p>`]),
    ...missing.map(missingNote),
    ...(chart === undefined ? [] : [picture(chart, title)]),
    ...(findings.length === 0
      ? []
      : [`<ul>${findings.map((finding) => `<li>${text(finding.text)}</li>`).join("")}</ul>`]),
    ...(rows === undefined
      ? []
      : [
          `<details${chart === undefined ? " open" : ""}><summary>Table</summary>${tableOf(rows)}<p>${text(rowsNote(rows, id))}</p></details>`,
        ]),
    `<details><summary>Query</summary><pre>${text(query.trim())}</pre></details>`,
    "</section>",
  ];
}

/** As an image of its own, whose names and styles can't meet those of the others. */
function picture(svg: string, title: string): string {
  const data = Buffer.from(svg).toString("base64");
  return `<figure><img alt="${text(title)}" src="data:image/svg+xml;base64,${data}"></figure>`;
}

function missingNote(why: string): string {
  return `<p class="missing" role="note"><b>Missing:</b> ${text(why)}</p>`;
}

function tableOf({ columns, rows }: Table): string {
  const numbers = columns.flatMap(({ kind }, index) => (kind === "number" ? [index] : []));
  const cells = rows.slice(0, shownRows).map((row) => row.map(cellText));
  return table(
    columns.map(({ name }) => name),
    cells,
    numbers,
  );
}

function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  numbers: readonly number[],
): string {
  const line = (tag: string, cells: readonly string[]): string => {
    const set = cells.map((cell, index) => {
      const side = numbers.includes(index) ? ` class="number"` : "";
      return `<${tag}${side}>${text(cell)}</${tag}>`;
    });
    return `<tr>${set.join("")}</tr>`;
  };
  const body = rows.map((row) => line("td", row)).join("");
  return `<div class="wide"><table><thead>${line("th", head)}</thead><tbody>${body}</tbody></table></div>`;
}

function text(raw: string): string {
  return raw
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

const style = `
:root { color-scheme: light dark; --ground: #ffffff; --ink: #24292f; --faint: #5b6470; --line: #d8dde3; --note: #fff4d6; --note-ink: #5c4300; }
@media (prefers-color-scheme: dark) { :root { --ground: #16191d; --ink: #e6e8eb; --faint: #a5adb8; --line: #3a414a; --note: #3d3110; --note-ink: #ffe2a0; } }
body { margin: 0 auto; max-width: 780px; padding: 24px 16px 64px; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
h1, h2 { line-height: 1.2; } h2 { margin-top: 2em; }
.made, .question, details p { color: var(--faint); }
a { color: inherit; }
figure { margin: 16px 0; } figure img { max-width: 100%; height: auto; border: 1px solid var(--line); border-radius: 6px; background: #ffffff; }
.missing { padding: 8px 12px; border-radius: 6px; background: var(--note); color: var(--note-ink); overflow-wrap: anywhere; }
.wide { overflow-x: auto; } table { border-collapse: collapse; font-size: 14px; }
th, td { padding: 4px 10px; border-bottom: 1px solid var(--line); text-align: left; } .number { text-align: right; font-variant-numeric: tabular-nums; }
pre { overflow-x: auto; padding: 12px; border: 1px solid var(--line); border-radius: 6px; font-size: 13px; }
summary { cursor: pointer; color: var(--faint); }
`;
