import type { Column } from "../column.ts";
import { type Draw, rowsToDamage } from "../draw.ts";
import type { Cell, Table } from "../table.ts";

/** One record of a damaged file, as cells or as it is to be written. */
export interface Line {
  readonly cells: readonly Cell[];
  /** Instead of the cells; `write` makes the text of a row in the file's form. */
  readonly raw?: (write: (cells: readonly Cell[]) => string) => string;
  readonly damaged: boolean;
}

/** What was done to a table. */
export interface Damaged {
  readonly lines: readonly Line[];
  /** Damaged columns. */
  readonly columns: readonly string[];
  /** The header, where that is what was damaged. */
  readonly header?: readonly string[];
}

/** What a way of damaging a table is given. */
export interface Subject {
  readonly table: Table;
  readonly columns: readonly Column[];
  readonly draw: Draw;
}

/** One kind of damage. */
export interface Kind {
  readonly kind: string;
  /** Each does the kind in its own way; `undefined` where the table does not allow it. */
  readonly variants: Readonly<Record<string, (subject: Subject) => Damaged | undefined>>;
}

/** A cell that may be damaged. */
interface Spot {
  readonly draw: Draw;
  readonly column: Column;
  readonly row: number;
  readonly table: Table;
}
/** What becomes of a cell; `undefined` where this cell cannot be damaged so. */
export type Change = (value: string, spot: Spot) => Cell | undefined;

/** A kind that changes cells of one column, each variant in every cell alike. */
export function cellKind(
  kind: string,
  fits: (column: Column) => boolean,
  variants: Readonly<Record<string, Change>>,
): Kind {
  const entries = Object.entries(variants).map(([name, change]) => [
    name,
    (subject: Subject): Damaged | undefined => inOneColumn(subject, fits, () => change),
  ]);
  return { kind, variants: Object.fromEntries(entries) };
}

/** A kind whose change is drawn once for all damaged cells: the same rate, the same constant. */
export function drawnKind(
  kind: string,
  fits: (column: Column) => boolean,
  variants: Readonly<Record<string, (subject: Subject, column: Column) => Change>>,
  reach: Reach = "any",
): Kind {
  const entries = Object.entries(variants).map(([name, make]) => [
    name,
    (subject: Subject): Damaged | undefined =>
      inOneColumn(subject, fits, (column) => make(subject, column), reach),
  ]);
  return { kind, variants: Object.fromEntries(entries) };
}

export type Reach = "any" | "block" | "tail";

function inOneColumn(
  subject: Subject,
  fits: (column: Column) => boolean,
  make: (column: Column) => Change,
  reach: Reach = "any",
): Damaged | undefined {
  const { table, columns, draw } = subject;
  const candidates = [...columns.filter(fits)];
  while (candidates.length > 0) {
    const [column] = candidates.splice(draw.whole(0, candidates.length - 1), 1);
    if (column === undefined) return undefined;
    const change = make(column);
    const changed = new Map<number, Cell>();
    const possible = table.rows.flatMap((row, at) => {
      const value = row[column.index];
      if (value === null || value === undefined) return [];
      const result = change(value, { draw, column, row: at, table });
      if (result === undefined || result === value) return [];
      changed.set(at, result);
      return [at];
    });
    if (possible.length === 0) continue;
    const rows = new Set(chosen(possible, table.rows.length, draw, reach));
    const lines = table.rows.map((row, at) =>
      rows.has(at)
        ? { cells: row.with(column.index, changed.get(at) ?? null), damaged: true }
        : { cells: row, damaged: false },
    );
    return { lines, columns: [column.name] };
  }
  return undefined;
}

/** Rows to damage, out of those that can be: scattered ones, a single one, or a block. */
export function chosen(
  possible: readonly number[],
  rows: number,
  draw: Draw,
  reach: Reach = "any",
): readonly number[] {
  const count = rowsToDamage(draw, rows, 0.002 + draw.share() * 0.048);
  const form = draw.share();
  if (reach === "tail") {
    const from = Math.round(rows * (0.4 + draw.share() * 0.5));
    return possible.filter((row) => row >= from);
  }
  if (reach === "any" && draw.dose === undefined && form < 0.15) return [draw.pick(possible)];
  if (reach === "any" && form < 0.75) return draw.some(possible, count);
  const length = Math.max(reach === "block" ? 5 : 3, count);
  const start = draw.whole(0, Math.max(0, possible.length - length));
  return possible.slice(start, start + length);
}

/** A kind that changes whole rows where they stand: one row becomes none, one or several. */
export function rowKind(
  kind: string,
  variants: Readonly<Record<string, (subject: Subject) => Damaged | undefined>>,
): Kind {
  return { kind, variants };
}

export const intact = (table: Table): Line[] =>
  table.rows.map((cells) => ({ cells, damaged: false }));

export const isText = ({ kind }: Column): boolean => kind === "text" || kind === "category";
export const isNumber = ({ kind, distinct }: Column): boolean => kind === "number" && distinct > 1;
export const isMeasure = ({ kind, distinct }: Column): boolean => kind === "number" && distinct > 8;
export const isDate = ({ kind }: Column): boolean => kind === "date";
