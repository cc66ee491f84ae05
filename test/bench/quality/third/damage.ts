import type { Column } from "../column.ts";
import { type Draw, rowsToDamage } from "../draw.ts";
import type { Damaged, Line } from "../second/damage.ts";
import type { Cell, Table } from "../table.ts";
import type { Breaks } from "./relations.ts";

/** What a way of damaging a table is given. */
export interface Subject {
  readonly table: Table;
  readonly columns: readonly Column[];
  readonly draw: Draw;
  /** What holds in the undamaged table. */
  readonly breaks: readonly Breaks[];
}

export type Way = (subject: Subject) => Damaged | undefined;

/** One kind of damage. */
export interface Kind {
  readonly kind: string;
  /** What gives it away to a careful reader who has only the damaged file. */
  readonly seen: string;
  /** Each does the kind in its own way; `undefined` where the table does not allow it. */
  readonly variants: Readonly<Record<string, Way>>;
}

/** What becomes of a cell; `undefined` where this cell cannot be damaged so. */
export type Change = (value: string, at: number) => Cell | undefined;

/** Few cells anywhere, rows that follow one another, or all from a row on. */
export type Reach = "loose" | "stretch" | "tail";

export type Fits = (column: Column) => boolean;

/** Changes cells of one column. The change is made once for a column: it knows the column, and draws once. */
export function inColumn(
  fits: Fits,
  make: (column: Column, subject: Subject) => Change | undefined,
  reach: Reach = "loose",
): Way {
  return (subject) => {
    const { table, columns, draw } = subject;
    for (const column of shuffled(columns.filter(fits), draw)) {
      const change = make(column, subject);
      if (change === undefined) continue;
      const after = table.rows.map((row, at) => {
        const value = row[column.index];
        const result = value == null ? undefined : change(value, at);
        return result === value ? undefined : result;
      });
      const possible = after.flatMap((result, at) => (result === undefined ? [] : [at]));
      const rows = new Set(chosen(possible, table.rows.length, draw, reach));
      if (rows.size === 0) continue;
      const lines = table.rows.map((row, at): Line => {
        const damaged = rows.has(at);
        return { cells: damaged ? row.with(column.index, after[at] ?? null) : row, damaged };
      });
      return { lines, columns: [column.name] };
    }
    return undefined;
  };
}

/** The same way for each value of a list. */
export function each(
  fits: Fits,
  changes: Readonly<Record<string, Change>>,
  reach: Reach = "loose",
): Kind["variants"] {
  return Object.fromEntries(
    Object.entries(changes).map(([name, change]) => [name, inColumn(fits, () => change, reach)]),
  );
}

/** Rows to damage, out of those that can be. */
export function chosen(
  possible: readonly number[],
  rows: number,
  draw: Draw,
  reach: Reach,
): readonly number[] {
  if (possible.length === 0) return [];
  if (reach === "tail") {
    const from = Math.round(rows * (0.4 + 0.45 * draw.share()));
    const kept = possible.filter((at) => at >= from);
    return kept.length >= 6 ? kept : [];
  }
  if (reach === "stretch") {
    const length = Math.min(
      Math.floor(rows / 3),
      Math.max(8, rowsToDamage(draw, rows, 0.01 + 0.04 * draw.share())),
    );
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const from = draw.whole(1, Math.max(1, rows - length - 1));
      const kept = possible.filter((at) => at >= from && at < from + length);
      if (kept.length >= 6) return kept;
    }
    return [];
  }
  const count = rowsToDamage(draw, rows, 0.03 * draw.share() ** 2);
  const single = draw.share() < 0.25 && draw.dose === undefined;
  return draw.some(possible, single ? 1 : count);
}

/** Where a stretch of rows begins and where it ends. */
export function stretch(
  { table, draw }: Subject,
  least: number,
): readonly [number, number] | undefined {
  const length = Math.max(least, rowsToDamage(draw, table.rows.length, 0.02 + 0.04 * draw.share()));
  if (length * 2 > table.rows.length) return undefined;
  const from = draw.whole(1, table.rows.length - length - 1);
  return [from, from + length];
}

/**
 * Rows as they became. `undefined` unless a fifth of the changed rows contradict what held in the table before: then
 * nobody could tell them from sound ones.
 */
export function visible(
  { table, breaks }: Subject,
  rows: readonly (readonly Cell[])[],
  columns: readonly Column[],
): Damaged | undefined {
  const lines = rows.map((cells, at): Line => {
    const before = table.rows[at];
    return { cells, damaged: cells.some((cell, index) => cell !== before?.[index]) };
  });
  const changed = lines.flatMap(({ damaged }, at) => (damaged ? [at] : []));
  const seen = changed.filter((at) => breaks.some((broken) => broken(rows, at)));
  if (changed.length === 0 || seen.length < Math.max(1, changed.length / 5)) return undefined;
  return { lines, columns: columns.map(({ name }) => name) };
}

export function shuffled<T>(list: readonly T[], draw: Draw): readonly T[] {
  const keyed = list.map((one) => ({ one, key: draw.share() }));
  return keyed.sort((a, b) => a.key - b.key).map(({ one }) => one);
}

export const sound = ({ rows }: Table): Line[] => rows.map((cells) => ({ cells, damaged: false }));
export const hurt = (cells: readonly Cell[]): Line => ({ cells, damaged: true });
export const raw = (text: string): Line => ({ cells: [], raw: () => text, damaged: true });

export const isAny: Fits = ({ present }) => present.length > 8;
export const isText: Fits = ({ kind, present }) =>
  (kind === "text" || kind === "category") &&
  present.filter((value) => /\p{L}{3}/u.test(value)).length > present.length * 0.7;
export const isCategory: Fits = (column) => column.kind === "category" && isText(column);
export const isMeasure: Fits = ({ kind, distinct }) => kind === "number" && distinct > 8;
/** A measure whose values hardly repeat. */
export const isVaried: Fits = (column) =>
  isMeasure(column) && column.distinct > column.present.length / 2 && column.present.length >= 40;
export const isDate: Fits = ({ kind }) => kind === "date";

export const mean = ({ present }: Column): number =>
  present.reduce((sum, value) => sum + Number(value), 0) / present.length;
export const deviation = (column: Column): number => {
  const middle = mean(column);
  const squares = column.present.reduce((sum, value) => sum + (Number(value) - middle) ** 2, 0);
  return Math.sqrt(squares / column.present.length);
};
/** With as many decimals as another value has. */
export function like(value: string, result: number): string | undefined {
  if (!Number.isFinite(result)) return undefined;
  return result.toFixed(Math.min(8, /\.(\d+)/.exec(value)?.[1]?.length ?? 0));
}
