import { htmlPage, htmlPicture, htmlTable, htmlText } from "../report/html.ts";
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
    `<h1>${htmlText(title)}</h1>`,
    `<p class="made">Made for goal <code>${htmlText(goal)}</code> from ${counted(sources.length, "file")}.</p>`,
    ...(key.length === 0
      ? []
      : [
          `<section class="key"><h2>Key findings</h2><ul>`,
          ...key.map((one) => `<li><b>${htmlText(one.title)}:</b> ${htmlText(one.text)}</li>`),
          "</ul></section>",
        ]),
    `<nav><ol>${sections.map(({ id, title: name }) => `<li><a href="#${htmlText(id)}">${htmlText(name)}</a></li>`).join("")}<li><a href="#sources">Sources</a></li></ol></nav>`,
    ...sections.flatMap(section),
    `<section id="sources"><h2>Sources</h2>`,
    htmlTable(
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
    ...sources.flatMap(({ name, reading }) =>
      reading === undefined ? [] : [`<p>${htmlText(`${name}: ${reading}`)}</p>`],
    ),
    ...lost.map(({ name, path, why }) =>
      missingNote(`the source ${name} (${path}) could not be loaded: ${why}`),
    ),
    "</section>",
  ];
  return htmlPage(title, body);
}

function section(one: StudySection): readonly string[] {
  const { id, title, question, query, chart, findings, missing, table: rows } = one;
  return [
    `<section id="${htmlText(id)}"><h2>${htmlText(title)}</h2>`,
    ...(question === undefined ? [] : [`<p class="question">${htmlText(question)}</p>`]),
    ...missing.map(missingNote),
    ...(chart === undefined ? [] : [htmlPicture(chart, title)]),
    ...(findings.length === 0
      ? []
      : [`<ul>${findings.map((finding) => `<li>${htmlText(finding.text)}</li>`).join("")}</ul>`]),
    ...(rows === undefined
      ? []
      : [
          `<details${chart === undefined ? " open" : ""}><summary>Table</summary>${tableOf(rows)}<p>${htmlText(rowsNote(rows, id))}</p></details>`,
        ]),
    `<details><summary>Query</summary><pre>${htmlText(query.trim())}</pre></details>`,
    "</section>",
  ];
}

function missingNote(why: string): string {
  return `<p class="missing" role="note"><b>Missing:</b> ${htmlText(why)}</p>`;
}

function tableOf({ columns, rows }: Table): string {
  const numbers = columns.flatMap(({ kind }, index) => (kind === "number" ? [index] : []));
  const cells = rows.slice(0, shownRows).map((row) => row.map(cellText));
  return htmlTable(
    columns.map(({ name }) => name),
    cells,
    numbers,
  );
}
