import { nameAmong } from "@troupe/data";
import type { CleanResult } from "@troupe/goals";
import { bar } from "./bar.ts";
import { fileLines } from "./file-lines.ts";
import { counted, formatCount, formatShare } from "./quantity.ts";
import { reasonLines } from "./reason-lines.ts";
import type { Screen } from "./screen.ts";
import type { Section } from "./sections.ts";
import { padEnd, padStart, printable, wrap } from "./text.ts";

const shareCells = 20;

/** What a goal of the kind `clean` has made of its source. */
export function cleanSections(clean: CleanResult, screen: Screen): readonly Section[] {
  const { files } = clean;
  const reasons = clean.reasons.map(({ column, ...reason }) => ({ ...reason, place: column }));
  return [
    {
      title: "What there is now",
      lines: [
        ...fileLines(
          [
            ["clean data", files.data],
            ["report", ...(files.page === undefined ? [] : [files.page]), files.report],
            ["quarantine", files.quarantine],
            ["lineage", files.lineage],
            ["manifest", files.manifest],
            ["pictures", ...files.pictures],
          ],
          screen,
        ),
        `${padEnd("columns", 11)} ${counted(clean.columns.length, "column")}, quality score ${clean.quality.score.toFixed(1)} of 100`,
      ],
    },
    { title: "Rows", lines: rowLines(clean.rows, screen) },
    { title: "Files", lines: sourceLines(clean, screen) },
    { title: "Why rows changed", lines: reasonLines(reasons, screen) },
    {
      title: "What the source no longer is",
      lines: [...(clean.drift?.schema ?? []), ...(clean.drift?.values ?? [])]
        .map(({ evidence, column }) => `${column}: ${evidence}`)
        .concat(clean.adapted ?? [])
        .flatMap((line) => wrap(printable(line), screen.width)),
    },
    ...delegationSection(clean),
  ];
}

/** Files told of at most; the result has all. */
const filesShown = 40;

/** The files that a dataset is made of, where there are several, and how they differ. */
function sourceLines({ sources = [], differences = [] }: CleanResult, screen: Screen): string[] {
  const nameOf = (path: string): string => nameAmong(path, sources);
  const lines = sources.slice(0, filesShown).map(({ path, encoding, format, ...rows }) => {
    const aside = rows.quarantined === 0 ? "" : `, ${formatCount(rows.quarantined)} quarantined`;
    const repeated = rows.duplicates === 0 ? "" : `, ${formatCount(rows.duplicates)} repeated`;
    return `${nameOf(path)}: ${formatCount(rows.kept)} of ${formatCount(rows.rows)} rows kept${aside}${repeated}; ${encoding ?? format}`;
  });
  const more = sources.length - lines.length;
  const told = differences.map(({ file, evidence }) => `${nameOf(file)}: ${evidence}`);
  return [...lines, ...(more > 0 ? [`and ${formatCount(more)} more files`] : []), ...told].flatMap(
    (line) => wrap(printable(line), screen.width),
  );
}

/** Tasks on a large file, and who had a share of them. */
function delegationSection({ delegations = [] }: CleanResult): readonly Section[] {
  if (delegations.length === 0) return [];
  const lines = delegations.map(({ task, pieces, nodes, lost }) => {
    const without = lost.length === 0 ? "" : `; lost on the way: ${lost.map(printable).join(", ")}`;
    return `${padEnd(printable(task), 11)} ${counted(pieces, "piece")} on ${nodes.map(printable).join(", ")}${without}`;
  });
  return [{ title: "Done in parts", lines }];
}

function rowLines(rows: CleanResult["rows"], { paint }: Screen): readonly string[] {
  const digits = formatCount(rows.source).length;
  const line = (count: number, what: string, style: "green" | "yellow" | "red" | "dim"): string => {
    const cells = paint(style, padEnd(bar(count, rows.source, shareCells), shareCells));
    return `${padStart(formatCount(count), digits)} ${padEnd(what, 12)} ${cells} ${formatShare(count, rows.source)}`;
  };
  return [
    `${formatCount(rows.source)} in the source`,
    line(rows.kept, "kept", "green"),
    line(rows.repaired, "repaired", "yellow"),
    line(rows.quarantined, "quarantined", "red"),
    line(rows.duplicates, "duplicates", "dim"),
  ];
}
