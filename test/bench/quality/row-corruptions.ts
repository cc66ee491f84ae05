import type { Column } from "./column.ts";
import type { Draw } from "./draw.ts";
import { type Cell, lineOf, type Table } from "./table.ts";

/** A row of a damaged file. */
export interface Line {
  readonly text: string;
  readonly damaged: boolean;
}

/** What damage to whole rows makes of a table. */
interface Damage {
  readonly lines: readonly Line[];
  /** Columns whose values were damaged. */
  readonly columns: readonly string[];
}

/** Damage that takes several columns, several rows, or the file's layout. */
export interface RowCorruption {
  readonly kind: string;
  /** @param count rows to damage, as far as the kind can choose */
  damage(table: Table, columns: readonly Column[], count: number, draw: Draw): Damage | undefined;
}

type Cells = readonly Cell[];
const sound = (cells: Cells): Line => ({ text: lineOf(cells), damaged: false });
const broken = (cells: Cells): Line => ({ text: lineOf(cells), damaged: true });
const indexes = ({ rows }: Table): readonly number[] => rows.map((_, index) => index);

/** Changes whole rows where they stand. */
function inPlace(
  table: Table,
  chosen: readonly number[],
  change: (row: Cells, index: number) => Cells,
  names: readonly string[],
): Damage {
  const set = new Set(chosen);
  return {
    columns: names,
    lines: table.rows.map((row, index) => {
      if (!set.has(index)) return sound(row);
      const changed = change(row, index);
      return changed.every((cell, at) => cell === row[at]) ? sound(row) : broken(changed);
    }),
  };
}

/** Puts further rows among the others. `source` is the row that each was made of, which counts as damaged too. */
function inserted(
  table: Table,
  chosen: readonly number[],
  make: (row: Cells) => Cells,
  draw: Draw,
  names: readonly string[],
): Damage {
  const set = new Set(chosen);
  const after = new Map<number, Cells[]>();
  for (const index of chosen) {
    const place = draw.whole(index, table.rows.length - 1);
    after.set(place, [...(after.get(place) ?? []), make(table.rows[index] as Cells)]);
  }
  const lines = table.rows.flatMap((row, index) => [
    set.has(index) ? broken(row) : sound(row),
    ...(after.get(index) ?? []).map(broken),
  ]);
  return { lines, columns: names };
}

function block(table: Table, count: number, draw: Draw): readonly number[] {
  const length = Math.max(Math.min(5, table.rows.length), count);
  const from = draw.whole(0, Math.max(0, table.rows.length - length));
  return indexes(table).slice(from, from + length);
}

export const rowCorruptions: readonly RowCorruption[] = [
  {
    kind: "stuck",
    damage: (table, columns, count, draw) => {
      const candidates = columns.filter(
        ({ kind, distinct, present }) => kind === "number" && distinct > present.length / 4,
      );
      if (candidates.length === 0) return undefined;
      const { index, name } = draw.pick(candidates);
      const rows = block(table, count, draw);
      const value = table.rows[rows[0] ?? 0]?.[index] ?? null;
      if (value === null) return undefined;
      return inPlace(table, rows, (row) => row.with(index, value), [name]);
    },
  },
  {
    kind: "missing-block",
    damage: (table, columns, count, draw) => {
      const candidates = columns.filter(({ present }) => present.length > table.rows.length * 0.95);
      if (candidates.length === 0) return undefined;
      const { index, name } = draw.pick(candidates);
      return inPlace(table, block(table, count, draw), (row) => row.with(index, null), [name]);
    },
  },
  {
    kind: "shifted-column-block",
    damage: (table, columns, count, draw) => {
      const candidates = columns.filter(({ distinct, present }) => distinct > present.length / 4);
      if (candidates.length === 0) return undefined;
      const { index, name } = draw.pick(candidates);
      const rows = block(table, count, draw);
      return inPlace(
        table,
        rows,
        (row, at) => row.with(index, table.rows[at - 1]?.[index] ?? null),
        [name],
      );
    },
  },
  {
    kind: "shifted-cells",
    damage: (table, _columns, count, draw) => {
      if (table.names.length < 3) return undefined;
      const from = draw.whole(0, table.names.length - 2);
      const rows = draw.some(indexes(table), count);
      const shift = (row: Cells): Cells => [...row.slice(0, from), null, ...row.slice(from, -1)];
      return inPlace(table, rows, shift, table.names.slice(from));
    },
  },
  {
    kind: "swapped-columns",
    damage: (table, columns, count, draw) => {
      const [one, other] = draw.some(
        columns.filter(({ distinct }) => distinct > 5),
        2,
      );
      if (one === undefined || other === undefined) return undefined;
      const swap = (row: Cells): Cells =>
        row.with(one.index, row[other.index] ?? null).with(other.index, row[one.index] ?? null);
      return inPlace(table, draw.some(indexes(table), count), swap, [one.name, other.name]);
    },
  },
  {
    kind: "swapped-coordinates",
    damage: (table, columns, count, draw) => {
      const one = columns.find(({ name }) => /^lat(itude)?$/i.test(name));
      const other = columns.find(({ name }) => /^lon(gitude)?$/i.test(name));
      if (one === undefined || other === undefined) return undefined;
      const swap = (row: Cells): Cells =>
        row.with(one.index, row[other.index] ?? null).with(other.index, row[one.index] ?? null);
      return inPlace(table, draw.some(indexes(table), count), swap, [one.name, other.name]);
    },
  },
  {
    kind: "duplicate-row",
    damage: (table, _columns, count, draw) =>
      table.names.length < 3
        ? undefined
        : inserted(table, draw.some(indexes(table), count), (row) => row, draw, table.names),
  },
  {
    kind: "near-duplicate-row",
    damage: (table, columns, count, draw) => {
      const words = columns.filter(({ kind }) => kind === "text" || kind === "category");
      const numbers = columns.filter(({ kind }) => kind === "number");
      if (table.names.length < 4 || words.length + numbers.length === 0) return undefined;
      const { index, kind } = draw.pick([...words, ...numbers]);
      const make = (row: Cells): Cells => {
        const value = row[index];
        if (value == null) return row;
        return row.with(index, kind === "number" ? String(Number(value) + 1) : `${value}.`);
      };
      return inserted(table, draw.some(indexes(table), count), make, draw, table.names);
    },
  },
  {
    kind: "duplicate-key",
    damage: (table, columns, count, draw) => {
      const keys = columns.filter(
        ({ present, distinct, kind }) =>
          kind !== "number" && distinct === table.rows.length && present.length === distinct,
      );
      if (keys.length === 0) return undefined;
      const { index, name } = draw.pick(keys);
      const rows = draw.some(indexes(table), count);
      const taken = new Map(rows.map((row) => [row, draw.whole(0, table.rows.length - 1)]));
      const originals = new Set(taken.values());
      const { lines } = inPlace(
        table,
        rows,
        (row, at) => row.with(index, table.rows[taken.get(at) ?? at]?.[index] ?? null),
        [name],
      );
      return {
        columns: [name],
        lines: lines.map((line, at) => ({ ...line, damaged: line.damaged || originals.has(at) })),
      };
    },
  },
  {
    kind: "repeated-header",
    damage: (table, _columns, _count, draw) => {
      const at = draw.whole(1, table.rows.length - 1);
      const lines = table.rows.map(sound);
      return {
        lines: [...lines.slice(0, at), broken(table.names), ...lines.slice(at)],
        columns: table.names,
      };
    },
  },
  {
    kind: "total-row",
    damage: (table, columns, _count, draw) => {
      if (!columns.some(({ kind }) => kind === "number")) return undefined;
      const word = draw.pick(["Total", "TOTAL", "Sum", "Grand total"]);
      const cells = columns.map(({ kind, index }) => {
        if (index === 0) return word;
        if (kind !== "number") return null;
        return String(
          Number(table.rows.reduce((sum, row) => sum + Number(row[index] ?? 0), 0).toFixed(2)),
        );
      });
      return { lines: [...table.rows.map(sound), broken(cells)], columns: table.names };
    },
  },
  {
    kind: "footer",
    damage: (table, _columns, _count, draw) => {
      const note = draw.pick([
        "Source: annual report, 2019",
        "(c) Bureau of Records",
        "-- end of file --",
        "* preliminary figures",
      ]);
      return {
        lines: [...table.rows.map(sound), { text: note, damaged: true }],
        columns: table.names,
      };
    },
  },
  {
    kind: "cut-line",
    damage: (table, _columns, _count, draw) => {
      const last = table.rows.length - 1;
      const text = lineOf(table.rows[last] ?? []);
      const cut = text.slice(0, draw.whole(1, Math.max(1, text.lastIndexOf(","))));
      return {
        lines: table.rows.map((row, at) =>
          at === last ? { text: cut, damaged: true } : sound(row),
        ),
        columns: table.names,
      };
    },
  },
  {
    kind: "surplus-value",
    damage: (table, _columns, count, draw) => {
      if (table.names.length < 2) return undefined;
      const chosen = new Set(draw.some(indexes(table), count));
      const split = (row: Cells): string => {
        const cells = row.map((cell) => lineOf([cell]));
        const at = draw.whole(0, cells.length - 1);
        return cells.toSpliced(at, 0, draw.pick(["x", "0", ""])).join(",");
      };
      return {
        lines: table.rows.map((row, at) =>
          chosen.has(at) ? { text: split(row), damaged: true } : sound(row),
        ),
        columns: table.names,
      };
    },
  },
];
