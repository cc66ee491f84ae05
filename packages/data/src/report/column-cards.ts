import type { ColumnProfile } from "../profile/profile-schema.ts";
import type { ColumnSchema } from "../schema/column-schema.ts";
import { nameInFile } from "../source/source.ts";
import { htmlText } from "./html.ts";
import { number } from "./markdown.ts";
import { barList, histogram, shareInWords } from "./plots.ts";
import type { ReportInput } from "./report-input.ts";

/** Columns that are shown one by one at most; the others are in the profile beside the report. */
const columnLimit = 200;
/** Most frequent values shown of a column. */
const valueLimit = 5;
/** Characters shown of a value. */
const valueLength = 60;

/** Each column of a dataset on a card of its own: what it is, what it holds, where it is from and what was done to it. */
export function columnCards(input: ReportInput): readonly string[] {
  const shown = input.schema.slice(0, columnLimit);
  const more = input.schema.length - shown.length;
  return [
    `<div class="cards">${shown.map((column, index) => card(column, index, input)).join("\n")}</div>`,
    ...(more > 0
      ? [`<p class="faint">${number(more)} more columns are in <code>profile.json</code>.</p>`]
      : []),
  ];
}

function card(column: ColumnSchema, index: number, input: ReportInput): string {
  const { profile, rows, nullsAfter, reasons, quality } = input;
  const { name, type, format, evidence, confidence, placeholders } = column;
  const seen = profile.columns.find((one) => one.name === name);
  const missing = nullsAfter[name] ?? 0;
  const done = reasons.filter((reason) => reason.column === name);
  const findings = quality.findings.filter((finding) => finding.column === name);
  const facts = [
    ["from", originOf(name, input)],
    [
      "missing",
      `${shareInWords(missing, rows.kept)} now, ${shareInWords(seen?.nulls ?? 0, profile.rows)} in the source`,
    ],
    ...(seen === undefined ? [] : [["different", `about ${number(seen.distinct)}`]]),
    ...rangeOf(seen),
    ...(format === undefined ? [] : [["written", format]]),
    ...(placeholders.length === 0 ? [] : [["nothing is", placeholders.map(cut).join(", ")]]),
    ["decided", `${evidence} (${Math.round(confidence * 100)} % sure)`],
    ...done.map(({ action, rows: count, reason }) => [action, `${number(count)}: ${reason}`]),
    ...findings.map(({ rule, violations, diagnosis }) => [
      rule,
      `${number(violations)}: ${diagnosis}`,
    ]),
  ];
  const list = facts.map(
    ([what = "", text = ""]) => `<dt>${htmlText(what)}</dt><dd><bdi>${htmlText(text)}</bdi></dd>`,
  );
  return [
    `<article class="card" id="column-${index + 1}"><h3><bdi>${htmlText(name)}</bdi> <span class="type">${htmlText(type)}</span></h3>`,
    seen === undefined ? "" : plotOf(seen, profile.rows),
    `<dl>${list.join("")}</dl></article>`,
  ].join("");
}

/** The smallest and the largest value, where the file's own order is that of the values and no plot shows them. */
function rangeOf(seen: ColumnProfile | undefined): readonly (readonly string[])[] {
  if (seen?.min == null || seen.max === null || seen.storage === "VARCHAR") return [];
  return hasPlot(seen) ? [] : [["range", `${cut(seen.min)} … ${cut(seen.max)}`]];
}

function hasPlot({ quantiles }: ColumnProfile): boolean {
  return quantiles !== undefined && new Set(quantiles).size > 2;
}

function originOf(name: string, { profile }: ReportInput): string {
  const from = nameInFile(profile.source, name);
  if (from === undefined) return "nothing: the file has no such column";
  return from === name ? "the column of this name" : `'${from}' of the file`;
}

/** What the source's column holds: numbers by their distribution, others by their most frequent values. */
function plotOf(column: ColumnProfile, rows: number): string {
  const { name, quantiles, top } = column;
  if (quantiles !== undefined && hasPlot(column)) {
    const ends = [quantiles[0], quantiles.at(-1)].map((end = 0) =>
      Number(end.toPrecision(6)).toLocaleString("en-US"),
    );
    return `<div>${histogram(quantiles, `distribution of ${name}`)}<p class="ends"><span>${ends[0]}</span><span>${ends[1]}</span></p></div>`;
  }
  if (top.length === 0) return "";
  const most = top
    .slice(0, valueLimit)
    .map(({ value, rows: count }) => ({ name: cut(value), count }));
  return barList(most, rows);
}

function cut(value: string): string {
  const letters = [...value];
  return letters.length > valueLength ? `${letters.slice(0, valueLength).join("")}…` : value;
}
