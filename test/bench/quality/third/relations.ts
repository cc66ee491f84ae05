import type { Column } from "../column.ts";
import type { Cell } from "../table.ts";

type Rows = readonly (readonly Cell[])[];
/** Whether a row contradicts what the whole undamaged table has in common. */
export type Breaks = (rows: Rows, at: number) => boolean;

const shape = (value: string): string =>
  value
    .replace(/\d+/g, "9")
    .replace(/\p{Lu}+/gu, "A")
    .replace(/\p{Ll}+/gu, "a");

/** Numbers as they are, dates by how they are written: both can be put in order. */
function rank({ kind }: Column, value: Cell | undefined): number | string | undefined {
  if (value == null) return undefined;
  if (kind === "number") return Number.isFinite(Number(value)) ? Number(value) : undefined;
  return kind === "date" && /^\d{4}/.test(value) ? value : undefined;
}

/** Values look like those of their column and lie between them. */
function ownLook(columns: readonly Column[]): readonly Breaks[] {
  return columns.map((column) => {
    if (column.kind === "number")
      return (rows, at) => {
        const value = rows[at]?.[column.index];
        return (
          value != null && !(Number(value) >= column.lowest && Number(value) <= column.highest)
        );
      };
    const shapes = new Set(column.present.map(shape));
    const known = shapes.size <= 12 ? shapes : undefined;
    const values = column.kind === "category" ? new Set(column.present) : undefined;
    return (rows, at) => {
      const value = rows[at]?.[column.index];
      if (value == null) return false;
      return (known !== undefined && !known.has(shape(value))) || values?.has(value) === false;
    };
  });
}

/** Half of the narrower range lies in the other one. */
function alike(low: Column, high: Column): boolean {
  const common = Math.min(low.highest, high.highest) - Math.max(low.lowest, high.lowest);
  return common > Math.min(low.highest - low.lowest, high.highest - high.lowest) / 2;
}

/** Columns of which one is never above the other, though their ranges overlap. */
export function ordered(
  columns: readonly Column[],
  rows: Rows,
): readonly (readonly [Column, Column])[] {
  return columns.flatMap((low) =>
    columns.flatMap((high) => {
      if (low === high || low.kind !== high.kind) return [];
      if (low.kind === "number" ? !alike(low, high) : low.kind !== "date") return [];
      const both = rows.filter((row) => {
        const [a, b] = [rank(low, row[low.index]), rank(high, row[high.index])];
        return a !== undefined && b !== undefined && a !== b;
      });
      const fits = both.every(
        (row) => (rank(low, row[low.index]) ?? 0) < (rank(high, row[high.index]) ?? 0),
      );
      return fits && both.length >= 20 && both.length > rows.length / 2
        ? [[low, high] as const]
        : [];
    }),
  );
}

function mostCommon({ present }: Column): number {
  const counts = new Map<string, number>();
  for (const value of present) counts.set(value, (counts.get(value) ?? 0) + 1);
  return Math.max(0, ...counts.values());
}

/** Columns of which the first says what is in the second, which is not nearly always the same. */
export function dependent(
  columns: readonly Column[],
  rows: Rows,
): readonly (readonly [Column, Column])[] {
  return columns.flatMap((cause) => {
    if (cause.distinct < 4 || cause.distinct * 2 > rows.length || cause.kind === "date") return [];
    return columns.flatMap((effect) => {
      if (cause === effect || effect.distinct < 3 || effect.distinct > cause.distinct) return [];
      if (mostCommon(effect) > rows.length / 2) return [];
      const known = new Map<Cell, Cell>();
      const holds = rows.every((row) => {
        const value = row[cause.index] ?? null;
        if (!known.has(value)) known.set(value, row[effect.index] ?? null);
        return known.get(value) === (row[effect.index] ?? null);
      });
      return holds ? [[cause, effect] as const] : [];
    });
  });
}

/** Columns whose steps from row to row are small against their range. */
function smooth(columns: readonly Column[], rows: Rows): readonly Breaks[] {
  return columns.flatMap(({ index, kind, lowest, highest, distinct }) => {
    if (kind !== "number" || distinct < 10 || rows.length < 30) return [];
    const step = (all: Rows, at: number): number =>
      Math.abs(Number(all[at]?.[index] ?? Number.NaN) - Number(all[at - 1]?.[index] ?? Number.NaN));
    let largest = 0;
    for (let at = 1; at < rows.length; at += 1) largest = Math.max(largest, step(rows, at) || 0);
    if (largest > (highest - lowest) / 5) return [];
    return [(all: Rows, at: number): boolean => at > 0 && step(all, at) > largest * 1.5];
  });
}

/** Columns that only rise from row to row. */
export function rising(column: Column, rows: Rows): boolean {
  return (
    rows.length >= 20 &&
    rows.every((row, at) => {
      const [before, here] = [
        rank(column, rows[at - 1]?.[column.index]),
        rank(column, row[column.index]),
      ];
      return here !== undefined && (at === 0 || (before !== undefined && before < here));
    })
  );
}

/** What holds in every row of an undamaged table, so that a row that breaks it can be seen. */
export function relations(columns: readonly Column[], rows: Rows): readonly Breaks[] {
  const inOrder = ordered(columns, rows).map(
    ([low, high]): Breaks =>
      (all, at) => {
        const [a, b] = [rank(low, all[at]?.[low.index]), rank(high, all[at]?.[high.index])];
        return a !== undefined && b !== undefined && a > b;
      },
  );
  const follows = dependent(columns, rows).map(([cause, effect]): Breaks => {
    const known = new Map(rows.map((row) => [row[cause.index], row[effect.index]]));
    return (all, at) => {
      const [value, other] = [all[at]?.[cause.index], all[at]?.[effect.index]];
      return known.has(value) && known.get(value) !== other;
    };
  });
  const rises = columns
    .filter((column) => rising(column, rows))
    .map(
      (column): Breaks =>
        (all, at) => {
          const [before, here] = [
            rank(column, all[at - 1]?.[column.index]),
            rank(column, all[at]?.[column.index]),
          ];
          return before !== undefined && here !== undefined && before >= here;
        },
    );
  return [...ownLook(columns), ...inOrder, ...follows, ...smooth(columns, rows), ...rises];
}
