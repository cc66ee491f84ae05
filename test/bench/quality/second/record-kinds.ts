import { rowsToDamage } from "../draw.ts";
import type { Cell } from "../table.ts";
import {
  chosen,
  type Damaged,
  intact,
  isNumber,
  isText,
  type Kind,
  type Line,
  rowKind,
  type Subject,
} from "./damage.ts";

/** Puts records between those of the table, after rows that are drawn. */
function added(
  { table, draw }: Subject,
  make: (cells: readonly Cell[], at: number) => Line | undefined,
  places: "anywhere" | "end" | "start" = "anywhere",
): Damaged | undefined {
  if (table.rows.length < 8) return undefined;
  const count = Math.min(
    table.rows.length,
    rowsToDamage(draw, table.rows.length, 0.02 * draw.share()),
  );
  const all = table.rows.map((_, at) => at);
  const after =
    places === "end" ? all.slice(-1) : places === "start" ? all.slice(0, 1) : draw.some(all, count);
  const wanted = new Set(after);
  const lines = intact(table).flatMap((line, at) => {
    if (!wanted.has(at)) return [line];
    const more = make(line.cells, at);
    return more === undefined ? [line] : [line, more];
  });
  return lines.length > table.rows.length ? { lines, columns: table.names } : undefined;
}

/** Replaces records that are drawn by none, one or several. */
function replaced(
  { table, draw }: Subject,
  make: (line: Line, at: number) => readonly Line[] | undefined,
): Damaged | undefined {
  const whole = intact(table);
  const possible = whole.flatMap((line, at) => (make(line, at) === undefined ? [] : [at]));
  if (possible.length === 0) return undefined;
  const rows = new Set(chosen(possible, table.rows.length, draw));
  return {
    lines: whole.flatMap((line, at) => (rows.has(at) ? (make(line, at) ?? [line]) : [line])),
    columns: table.names,
  };
}

const raw = (text: string): Line => ({ cells: [], raw: () => text, damaged: true });
const cells = (all: readonly Cell[]): Line => ({ cells: all, damaged: true });

function totals(subject: Subject, label: string): readonly Cell[] {
  const { table, columns } = subject;
  const labelled = columns.find(isText)?.index ?? 0;
  return table.names.map((_, index) => {
    const column = columns[index];
    if (index === labelled) return label;
    if (column === undefined || !isNumber(column)) return null;
    return String(Number(column.present.reduce((sum, value) => sum + Number(value), 0).toFixed(4)));
  });
}

function shifted(line: Line, by: number, wide: boolean): readonly Line[] | undefined {
  const all = line.cells;
  if (all.length < 3) return undefined;
  if (by > 0) return [cells(wide ? [null, ...all] : [null, ...all.slice(0, -1)])];
  return [cells(wide ? all.slice(1) : [...all.slice(1), null])];
}

/** Damage to whole records and to how they are written. */
export const recordKinds: readonly Kind[] = [
  rowKind("header repeated", {
    same: (subject) => added(subject, () => cells(subject.table.names)),
    upper: (subject) =>
      added(subject, () => cells(subject.table.names.map((name) => name.toUpperCase()))),
  }),
  rowKind("total row", {
    end: (subject) => added(subject, () => cells(totals(subject, "Total")), "end"),
    subtotals: (subject) => added(subject, () => cells(totals(subject, "Subtotal"))),
    grand: (subject) => added(subject, () => cells(totals(subject, "GRAND TOTAL")), "end"),
    "no label": (subject) => added(subject, () => cells(totals(subject, ""))),
  }),
  rowKind("comment row", {
    hash: (subject) => added(subject, () => raw("# exported from the warehouse")),
    dashes: (subject) => added(subject, () => raw("-- end of section --")),
    "first row": (subject) => added(subject, () => raw("# rows follow"), "start"),
    source: (subject) => added(subject, () => raw("Source: annual report of the office"), "end"),
    rule: (subject) => added(subject, ({ length }) => cells(Array.from({ length }, () => "----"))),
  }),
  rowKind("blank record", {
    marks: (subject) =>
      added(subject, ({ length }) => ({ ...cells(Array.from({ length }, () => null)) })),
    spaces: (subject) => added(subject, ({ length }) => cells(Array.from({ length }, () => " "))),
  }),
  rowKind("records merged", {
    "newline lost": ({ table, draw }) => {
      const at = draw.whole(0, table.rows.length - 2);
      const next = table.rows[at + 1] ?? [];
      const lines = intact(table).flatMap((line, index): Line[] =>
        index === at
          ? [{ cells: [], raw: (write) => write(line.cells) + write(next), damaged: true }]
          : index === at + 1
            ? []
            : [line],
      );
      return { lines, columns: table.names };
    },
    "mark between": ({ table, draw }) => {
      const at = draw.whole(0, table.rows.length - 2);
      const both = [...(table.rows[at] ?? []), ...(table.rows[at + 1] ?? [])];
      const lines = intact(table).flatMap((line, index) =>
        index === at ? [cells(both)] : index === at + 1 ? [] : [line],
      );
      return { lines, columns: table.names };
    },
  }),
  rowKind("record split", {
    "between cells": (subject) =>
      replaced(subject, (line) => {
        if (line.cells.length < 4) return undefined;
        const middle = Math.floor(line.cells.length / 2);
        return [cells(line.cells.slice(0, middle)), cells(line.cells.slice(middle))];
      }),
    "inside a cell": (subject) =>
      replaced(subject, ({ cells: all }) => {
        const at = all.findIndex((cell, index) => index > 0 && cell !== null && cell.length > 3);
        const cell = all[at];
        if (cell == null) return undefined;
        return [
          cells([...all.slice(0, at), cell.slice(0, 2)]),
          cells([cell.slice(2), ...all.slice(at + 1)]),
        ];
      }),
  }),
  rowKind("cells shifted", {
    right: (subject) => replaced(subject, (line) => shifted(line, 1, false)),
    left: (subject) => replaced(subject, (line) => shifted(line, -1, false)),
    "right and longer": (subject) => replaced(subject, (line) => shifted(line, 1, true)),
    "left and shorter": (subject) => replaced(subject, (line) => shifted(line, -1, true)),
    "from the middle": (subject) =>
      replaced(subject, ({ cells: all }) => {
        const middle = Math.floor(all.length / 2);
        return all.length < 4
          ? undefined
          : [cells([...all.slice(0, middle), null, ...all.slice(middle, -1)])];
      }),
  }),
  rowKind("row again", {
    exact: (subject) =>
      replaced(subject, (line) => [
        { ...line, damaged: true },
        { ...line, damaged: true },
      ]),
    "one cell less": (subject) =>
      subject.table.names.length < 3
        ? undefined
        : replaced(subject, (line) => [
            { ...line, damaged: true },
            cells(line.cells.with(subject.draw.whole(0, line.cells.length - 1), null)),
          ]),
    "other case": (subject) =>
      replaced(subject, (line) => {
        const other = line.cells.map((cell) => cell?.toUpperCase() ?? null);
        return other.every((cell, at) => cell === line.cells[at])
          ? undefined
          : [{ ...line, damaged: true }, cells(other)];
      }),
    padded: (subject) =>
      replaced(subject, (line) => {
        const at = line.cells.findIndex((cell) => cell !== null && /[a-z]/i.test(cell));
        return at < 0
          ? undefined
          : [{ ...line, damaged: true }, cells(line.cells.with(at, `${line.cells[at]} `))];
      }),
  }),
  rowKind("other delimiter", {
    semicolon: (subject) =>
      replaced(subject, (line) => [raw(line.cells.map((cell) => cell ?? "").join("; "))]),
    tab: (subject) =>
      replaced(subject, (line) => [raw(line.cells.map((cell) => cell ?? "").join("\t "))]),
    bar: (subject) =>
      replaced(subject, (line) => [raw(line.cells.map((cell) => cell ?? "").join(" | "))]),
  }),
  rowKind("whole row quoted", {
    quoted: (subject) =>
      replaced(subject, (line) => [
        {
          cells: [],
          raw: (write) => `"${write(line.cells).replaceAll('"', '""')}"`,
          damaged: true,
        },
      ]),
  }),
  rowKind("truncated", {
    "last row": ({ table }) => {
      const last = table.rows.length - 1;
      const lines = intact(table).map(
        (line, at): Line =>
          at === last
            ? {
                cells: [],
                raw: (write) => write(line.cells).slice(0, Math.ceil(write(line.cells).length / 3)),
                damaged: true,
              }
            : line,
      );
      return { lines, columns: table.names };
    },
  }),
  rowKind("alien row", {
    log: (subject) =>
      added(subject, () => raw("2024-03-01 12:00:01 ERROR connection reset by peer")),
    html: (subject) => added(subject, () => raw("<tr><td>502 Bad Gateway</td></tr>")),
    junk: (subject) =>
      added(subject, ({ length }) => cells(Array.from({ length }, (_, at) => `x${at}y`))),
  }),
];
