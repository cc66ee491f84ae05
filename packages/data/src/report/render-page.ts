import { rowInWords } from "../source/file-rows.ts";
import { counted } from "../study/words.ts";
import { columnCards } from "./column-cards.ts";
import { decisionSections } from "./decision-sections.ts";
import { driftRows } from "./drift-rows.ts";
import { differencesTable, encodingsInWords, filesTable } from "./file-sections.ts";
import { htmlPicture, htmlTable, htmlText } from "./html.ts";
import { number } from "./markdown.ts";
import { type Drawing, undrawnInWords } from "./pictures.ts";
import { partsBar } from "./plots.ts";
import type { ReportInput } from "./report-input.ts";
import { reportPage } from "./report-page.ts";

/** Faults told of at most; the result of the goal has all. */
const faultLimit = 100;

/**
 * The report for people as one HTML file, which needs none of the others: what became of the rows, what stands out and
 * by what evidence, each column with what it holds and where it is from, what was decided and by how many.
 *
 * @param drawings those that are shown as they are; what other pictures show the page draws itself
 */
export function renderPage(input: ReportInput, drawings: readonly Drawing[]): string {
  const { dataset, goal, profile, schema, quality } = input;
  const { path, format, bytes, sha256 } = profile.source;
  return reportPage(
    dataset,
    [
      `Made for goal <code>${htmlText(goal)}</code> from <code><bdi>${htmlText(path)}</bdi></code> (${htmlText(format)}, ${number(bytes)} bytes, sha256 <code>${htmlText(sha256.slice(0, 16))}…</code>).`,
      ...encodingsInWords(input).map(htmlText),
    ],
    [
      { what: "quality score", amount: quality.score.toFixed(1), note: "of 100" },
      {
        what: "rows kept",
        amount: number(input.rows.kept),
        note: `of ${number(input.rows.source)}`,
      },
      { what: "set aside", amount: number(input.rows.quarantined), note: "in quarantine" },
      { what: "columns", amount: number(schema.length), note: "" },
    ],
    [
      ["rows", "Rows", rowsSection(input)],
      ["quarantine", "Quarantine", quarantineSection(input)],
      ["files", "Files", filesSection(input)],
      ["stands-out", "What stands out", faultsSection(input)],
      ["gate", "Quality gate", gateSection(input)],
      ["drift", "Since the version before", driftSection(input)],
      ["columns", "Columns", columnCards(input)],
      [
        "repairs",
        "What repairs moved",
        drawings.map((one) =>
          "svg" in one
            ? htmlPicture(one.svg, one.title)
            : `<p>${htmlText(undrawnInWords(one))}</p>`,
        ),
      ],
      ["decisions", "Decisions", decisionSections(input.decisions)],
    ],
  );
}

function rowsSection({ rows, reasons }: ReportInput): readonly string[] {
  const parts = [
    { name: "kept as they were", count: rows.kept - rows.repaired, kind: "kept" },
    { name: "kept, repaired", count: rows.repaired, kind: "repaired" },
    { name: "quarantined", count: rows.quarantined, kind: "quarantined" },
    { name: "duplicates dropped", count: rows.duplicates, kind: "duplicates" },
  ];
  return [
    partsBar(parts, `what became of the ${number(rows.source)} rows of the source`),
    reasons.length === 0
      ? "<p>Nothing had to be repaired or set aside.</p>"
      : htmlTable(
          ["what", "column", "rows", "why"],
          reasons.map(({ action, column = "", rows: count, reason }) => [
            action,
            column,
            number(count),
            reason,
          ]),
          [2],
        ),
  ];
}

function quarantineSection({
  rows,
  aside = [],
  profile: { source },
}: ReportInput): readonly string[] {
  if (rows.quarantined === 0) return [];
  return [
    `<p>${number(rows.quarantined)} rows are in <code>quarantine.parquet</code>, each with the reason and the record as it was.${aside.length < rows.quarantined ? ` The first ${number(aside.length)}:` : ""}</p>`,
    htmlTable(
      ["row", "column", "value", "why"],
      aside.map(({ row, column, value, reason }) => [
        source.files === undefined ? number(row) : rowInWords(source, row),
        column ?? "",
        value ?? "nothing",
        reason,
      ]),
      [0],
    ),
  ];
}

function filesSection(input: ReportInput): readonly string[] {
  const files = filesTable(input);
  if (files === undefined) return [];
  const differences = differencesTable(input);
  return [
    htmlTable(files.head, files.rows, files.numbers),
    differences.rows.length === 0
      ? "<p>The files are like each other.</p>"
      : htmlTable(differences.head, differences.rows),
  ];
}

function faultsSection({
  profile: { faults, source, rulesOff = [] },
}: ReportInput): readonly string[] {
  if (faults === undefined) return [];
  const told = faults.filter(({ severity }) => severity !== "note");
  const off =
    rulesOff.length === 0
      ? []
      : [`<p class="faint">Not looked for: ${htmlText(rulesOff.join(", "))}.</p>`];
  if (told.length === 0) return ["<p>Nothing in the source stands out.</p>", ...off];
  const rows = told
    .slice(0, faultLimit)
    .map(({ rule, columns, rows: count, severity, evidence, examples }) => [
      rule,
      columns.join(", "),
      number(count),
      severity === "hard" ? "rows set aside" : "rows kept",
      evidence,
      examples
        .map(({ row, value }) => `${rowInWords(source, row)}: ${value ?? "nothing"}`)
        .join("; "),
    ]);
  const more = faults.length - rows.length;
  return [
    htmlTable(["rule", "columns", "rows", "then", "evidence", "first rows"], rows, [2]),
    ...(more > 0 ? [`<p class="faint">${number(more)} more are in the result.</p>`] : []),
    ...off,
  ];
}

function gateSection({
  profile: { source },
  quality: { score, rules, findings },
}: ReportInput): readonly string[] {
  return [
    `<p><b>${score.toFixed(1)} of 100</b> by ${counted(rules, "rule")}, with ${counted(findings.length, "finding")} left.</p>`,
    ...(findings.length === 0
      ? []
      : [
          htmlTable(
            ["rule", "column", "rows", "share", "what", "first rows"],
            findings.map(({ rule, column, violations, share, diagnosis, examples }) => [
              rule,
              column,
              number(violations),
              `${Number((share * 100).toFixed(2))} %`,
              diagnosis,
              examples.map(({ row, value }) => `${rowInWords(source, row)}: ${value}`).join("; "),
            ]),
            [2, 3],
          ),
        ]),
  ];
}

function driftSection({ drift, adapted = [] }: ReportInput): readonly string[] {
  if (drift === undefined) return [];
  const changes = driftRows(drift);
  return [
    `<p>The source has ${number(drift.rowsAfter)} rows, before ${number(drift.rowsBefore)}.</p>`,
    changes.length === 0
      ? "<p>No column came, went or moved.</p>"
      : htmlTable(["column", "change", "size", "evidence"], changes, [2]),
    ...(adapted.length === 0
      ? []
      : [`<ul>${adapted.map((note) => `<li><bdi>${htmlText(note)}</bdi></li>`).join("")}</ul>`]),
  ];
}
