import type { EtlResult } from "@troupe/goals";
import { fileLines } from "./file-lines.ts";
import { counted, formatCount } from "./quantity.ts";
import { reasonLines } from "./reason-lines.ts";
import type { Screen } from "./screen.ts";
import type { Section } from "./sections.ts";
import { padEnd, padStart, printable, wrap } from "./text.ts";

/** What a goal of the kind `etl` has made of its sources. */
export function etlSections(etl: EtlResult, screen: Screen): readonly Section[] {
  const { files, checks, schema } = etl;
  const reasons = etl.reasons.map(({ table, column, ...reason }) => ({
    ...reason,
    place: column === undefined ? table : `${table}.${column}`,
  }));
  const columns = etl.columns.map(({ name, type }) => `${printable(name)} ${type}`).join(", ");
  const nameCells = 11;
  const columnLines = wrap(columns, screen.width - nameCells - 1);
  return [
    {
      title: "What there is now",
      lines: [
        ...fileLines(
          [
            ["output", files.data],
            ["report", ...(files.page === undefined ? [] : [files.page]), files.report],
            ["quarantine", files.quarantine],
            ["lineage", files.lineage],
            ["schema", files.schema],
            ["manifest", files.manifest],
            ["pictures", ...files.pictures],
          ],
          screen,
        ),
        ...columnLines.map((line, i) => `${padEnd(i === 0 ? "columns" : "", nameCells)} ${line}`),
        `${padEnd("checks", nameCells)} ${counted(checks.findings, "finding")}, score ${checks.score.toFixed(1)} of 100; version ${schema.number} of the schema`,
      ],
    },
    { title: "Rows", lines: rowLines(etl.rows) },
    { title: "Why rows changed", lines: reasonLines(reasons, screen) },
    {
      title: "What sources no longer are",
      lines: [...etl.drifts.map(({ evidence }) => evidence), ...etl.notes].flatMap((line) =>
        wrap(printable(line), screen.width),
      ),
    },
  ];
}

function rowLines(rows: EtlResult["rows"]): readonly string[] {
  const lines = [
    ...Object.entries(rows.sources).map(([name, count]) => [count, `in '${printable(name)}'`]),
    [rows.output, "in the output"],
    [rows.quarantined, "quarantined on the way"],
  ] as const;
  const counts = lines.map(([count]) => formatCount(Number(count)));
  const digits = Math.max(...counts.map(({ length }) => length));
  return lines.map(([, what], i) => `${padStart(counts[i] ?? "", digits)} ${what}`);
}
