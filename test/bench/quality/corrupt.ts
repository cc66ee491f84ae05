import { columnsOf } from "./column.ts";
import { type Draw, drawing, isOfDose, rowsToDamage } from "./draw.ts";
import { type Line, rowCorruptions } from "./row-corruptions.ts";
import { type Cell, lineOf, type Table } from "./table.ts";
import { valueCorruptions } from "./value-corruptions.ts";

/** A damaged file and what was done to it. */
export interface Corrupted {
  readonly kind: string;
  /** In which way of its kind, where it has several. */
  readonly variant?: string;
  /** The file, as CSV. */
  readonly text: string;
  /** Columns that were damaged. */
  readonly columns: readonly string[];
  /** Numbers of the damaged rows, from 1. */
  readonly rows: ReadonlySet<number>;
}

/** Share of a file's rows that a corruption damages, lowest and highest. */
const strength = [0.002, 0.05] as const;

/** Every kind of corruption there is. */
export const kinds: readonly string[] = [...valueCorruptions, ...rowCorruptions].map(
  ({ kind }) => kind,
);

/** A table as a CSV file. */
export function written({ names, rows }: Table): string {
  return fileOf(
    names,
    rows.map((row) => ({ text: lineOf(row), damaged: false })),
  );
}

/**
 * Damages a table `count` times, each time anew and in one way, of as many kinds as the table allows.
 *
 * @param seed chooses kinds, columns, rows and strengths
 * @param dose share of the rows to damage; kinds that cannot are left out. Default: by chance
 */
export function corruptions(
  table: Table,
  count: number,
  seed: number,
  dose?: number,
): readonly Corrupted[] {
  const draw = drawing(seed, dose);
  const found: Corrupted[] = [];
  // Rounds over all kinds in an order of chance: a kind comes twice only after every other had its turn.
  for (let round = 0; round < 10 && found.length < count; round += 1) {
    for (const kind of shuffled(kinds, draw)) {
      if (found.length === count) break;
      const corrupted = corrupt(table, kind, draw);
      if (corrupted !== undefined && isOfDose(draw, table.rows.length, corrupted.rows.size))
        found.push(corrupted);
    }
  }
  return found;
}

function shuffled<T>(list: readonly T[], draw: Draw): readonly T[] {
  return list
    .map((one) => ({ one, key: draw.share() }))
    .sort((a, b) => a.key - b.key)
    .map(({ one }) => one);
}

function corrupt(table: Table, kind: string, draw: Draw): Corrupted | undefined {
  const columns = columnsOf(table);
  const [least, most] = strength;
  const share = least + (most - least) * draw.share();
  const count = rowsToDamage(draw, table.rows.length, share);
  const ofRows = rowCorruptions.find((one) => one.kind === kind);
  if (ofRows !== undefined) {
    const damage = ofRows.damage(table, columns, count, draw);
    return damage === undefined ? undefined : result(kind, table, damage.lines, damage.columns);
  }
  const ofValues = valueCorruptions.find((one) => one.kind === kind);
  const candidates = columns.filter((column) => ofValues?.applies(column));
  if (ofValues === undefined || candidates.length === 0) return undefined;
  const column = draw.pick(candidates);
  const order = shuffled(
    table.rows.map((_, index) => index),
    draw,
  );
  const changed = new Map<number, Cell>();
  for (const index of order) {
    if (changed.size === count) break;
    const value = table.rows[index]?.[column.index];
    if (value == null) continue;
    const after = ofValues.change(value, draw, column);
    if (after !== value) changed.set(index, after);
  }
  const lines = table.rows.map((row, index) => {
    const after = changed.get(index);
    const damaged = after !== undefined;
    return { text: lineOf(damaged ? row.with(column.index, after) : row), damaged };
  });
  return result(kind, table, lines, [column.name]);
}

function result(
  kind: string,
  table: Table,
  lines: readonly Line[],
  columns: readonly string[],
): Corrupted | undefined {
  const rows = new Set(lines.flatMap(({ damaged }, index) => (damaged ? [index + 1] : [])));
  return rows.size === 0 ? undefined : { kind, columns, rows, text: fileOf(table.names, lines) };
}

function fileOf(names: readonly string[], lines: readonly Line[]): string {
  return `${[lineOf(names), ...lines.map(({ text }) => text)].join("\n")}\n`;
}
