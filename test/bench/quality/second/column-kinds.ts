import type { Column } from "../column.ts";
import type { Cell } from "../table.ts";
import {
  chosen,
  type Damaged,
  drawnKind,
  intact,
  isMeasure,
  isNumber,
  isText,
  type Kind,
  rowKind,
  type Subject,
} from "./damage.ts";

/** Changes cells of several columns in rows that are drawn. */
function inRows(
  { table, draw }: Subject,
  damaged: readonly Column[],
  change: (cells: readonly Cell[], at: number) => readonly Cell[] | undefined,
): Damaged | undefined {
  const results = table.rows.map((cells, at) => {
    const result = change(cells, at);
    return result === undefined || result.every((cell, index) => cell === cells[index])
      ? undefined
      : result;
  });
  const possible = results.flatMap((result, at) => (result === undefined ? [] : [at]));
  if (possible.length === 0) return undefined;
  const rows = new Set(chosen(possible, table.rows.length, draw));
  const lines = intact(table).map((line, at) =>
    rows.has(at) ? { cells: results[at] ?? line.cells, damaged: true } : line,
  );
  return { lines, columns: damaged.map(({ name }) => name) };
}

function swapped(
  subject: Subject,
  fits: (first: Column, second: Column) => boolean,
): Damaged | undefined {
  const { columns, draw } = subject;
  const pairs = columns.flatMap((first, at) =>
    columns.slice(at + 1).flatMap((second) => (fits(first, second) ? [{ first, second }] : [])),
  );
  if (pairs.length === 0) return undefined;
  const { first, second } = draw.pick(pairs);
  return inRows(subject, [first, second], (cells) =>
    cells
      .with(first.index, cells[second.index] ?? null)
      .with(second.index, cells[first.index] ?? null),
  );
}

/** Pairs of columns where the first one says what is in the second. */
function dependent({ table, columns }: Subject): readonly (readonly [Column, Column])[] {
  const texts = columns.filter(({ distinct }) => distinct > 3 && distinct * 2 < table.rows.length);
  return texts.flatMap((cause) =>
    columns.flatMap((effect) => {
      if (cause === effect || effect.distinct < 3 || effect.distinct > cause.distinct) return [];
      const known = new Map<Cell, Cell>();
      const holds = table.rows.every((row) => {
        const value = row[cause.index] ?? null;
        const other = row[effect.index] ?? null;
        if (!known.has(value)) known.set(value, other);
        return known.get(value) === other;
      });
      return holds ? [[cause, effect] as const] : [];
    }),
  );
}

/** Three columns of which one is the sum of two others. */
function sums({ table, columns }: Subject): readonly (readonly Column[])[] {
  const measures = columns.filter(isMeasure).slice(0, 12);
  return measures.flatMap((sum) =>
    measures.flatMap((first, at) =>
      measures.slice(at + 1).flatMap((second) => {
        if (first === sum || second === sum) return [];
        const fits = table.rows.filter((row) => {
          const [a, b, c] = [first, second, sum].map(({ index }) =>
            Number(row[index] ?? Number.NaN),
          );
          return Math.abs((a as number) + (b as number) - (c as number)) < 0.51;
        });
        return fits.length > table.rows.length * 0.98 ? [[first, second, sum]] : [];
      }),
    ),
  );
}

const keys = ({ columns, table }: Subject): readonly Column[] =>
  columns.filter(
    ({ distinct, present, kind }) =>
      distinct === table.rows.length &&
      present.length === distinct &&
      distinct > 8 &&
      (kind !== "number" || present.every((value) => /^\d+$/.test(value))),
  );

/** Columns whose values all are keys of another one. */
function references(subject: Subject): readonly Column[] {
  return subject.columns.filter((column) =>
    keys(subject).some((key) => {
      const known = new Set(key.present);
      return (
        key !== column && column.distinct > 3 && column.present.every((value) => known.has(value))
      );
    }),
  );
}

const same = (first: Column, second: Column): boolean => first.kind === second.kind;

/** Damage that shows between columns. */
export const columnKinds: readonly Kind[] = [
  rowKind("columns swapped", {
    "of one kind": (subject) =>
      swapped(
        subject,
        (first, second) => same(first, second) && first.distinct > 3 && second.distinct > 3,
      ),
    "of different kinds": (subject) => swapped(subject, (first, second) => !same(first, second)),
    "a neighbour": (subject) =>
      swapped(subject, (first, second) => second.index === first.index + 1 && first.distinct > 2),
  }),
  rowKind("latitude and longitude", {
    swapped: (subject) =>
      swapped(subject, (first, second) =>
        /^lat/i.test(first.name)
          ? /^lo?n/i.test(second.name)
          : /^lo?n/i.test(first.name) && /^lat/i.test(second.name),
      ),
    sign: (subject) => {
      const places = subject.columns.filter(
        ({ name, kind }) => /^(lat|lo?n)/i.test(name) && kind === "number",
      );
      if (places.length === 0) return undefined;
      const one = subject.draw.pick(places);
      return inRows(subject, [one], (cells) => {
        const value = cells[one.index];
        return value == null ? undefined : cells.with(one.index, String(-Number(value)));
      });
    },
    zero: (subject) => {
      const places = subject.columns.filter(
        ({ name, kind }) => /^(lat|lo?n)/i.test(name) && kind === "number",
      );
      return places.length < 2
        ? undefined
        : inRows(subject, places, (cells) =>
            places.reduce<readonly Cell[]>((all, { index }) => all.with(index, "0"), cells),
          );
    },
  }),
  rowKind("copied column", {
    "of one kind": (subject) => {
      const { columns, draw } = subject;
      const pairs = columns.flatMap((from) =>
        columns.flatMap((to) =>
          from !== to && same(from, to) && to.distinct > 3 && from.distinct > 3
            ? [{ from, to }]
            : [],
        ),
      );
      if (pairs.length === 0) return undefined;
      const { from, to } = draw.pick(pairs);
      return inRows(subject, [to], (cells) => cells.with(to.index, cells[from.index] ?? null));
    },
    "of another kind": (subject) => {
      const { columns, draw } = subject;
      const pairs = columns.flatMap((from) =>
        columns.flatMap((to) => (from !== to && !same(from, to) ? [{ from, to }] : [])),
      );
      if (pairs.length === 0) return undefined;
      const { from, to } = draw.pick(pairs);
      return inRows(subject, [to], (cells) =>
        cells[from.index] == null ? undefined : cells.with(to.index, cells[from.index] ?? null),
      );
    },
  }),
  rowKind("dependency broken", {
    exchanged: (subject) => {
      const pairs = dependent(subject);
      if (pairs.length === 0) return undefined;
      const [, effect] = subject.draw.pick(pairs);
      return inRows(subject, [effect], (cells) =>
        cells.with(effect.index, subject.draw.pick(effect.present)),
      );
    },
    cause: (subject) => {
      const pairs = dependent(subject);
      if (pairs.length === 0) return undefined;
      const [cause] = subject.draw.pick(pairs);
      return inRows(subject, [cause], (cells) =>
        cells.with(cause.index, subject.draw.pick(cause.present)),
      );
    },
  }),
  rowKind("sum broken", {
    sum: (subject) => {
      const all = sums(subject);
      if (all.length === 0) return undefined;
      const found = subject.draw.pick(all);
      const damaged = subject.draw.pick(found);
      const factor = 0.5 + subject.draw.share();
      return inRows(subject, [damaged], (cells) => {
        const value = Number(cells[damaged.index] ?? 0);
        return value === 0
          ? undefined
          : cells.with(damaged.index, String(Math.round(value * factor)));
      });
    },
  }),
  rowKind("key repeated", {
    "of a neighbour": (subject) => {
      const all = keys(subject);
      if (all.length === 0) return undefined;
      const key = subject.draw.pick(all);
      return inRows(subject, [key], (cells, at) =>
        at === 0
          ? undefined
          : cells.with(key.index, subject.table.rows[at - 1]?.[key.index] ?? null),
      );
    },
    missing: (subject) => {
      const all = keys(subject);
      if (all.length === 0) return undefined;
      const key = subject.draw.pick(all);
      return inRows(subject, [key], (cells) => cells.with(key.index, null));
    },
  }),
  rowKind("reference broken", {
    unknown: (subject) => {
      const all = references(subject);
      if (all.length === 0) return undefined;
      const column = subject.draw.pick(all);
      return inRows(subject, [column], (cells) => {
        const value = cells[column.index];
        return value == null
          ? undefined
          : cells.with(column.index, value.replace(/\d(?=\d?$)/, "9").replace(/^(\D*)\d/, "$17"));
      });
    },
  }),
  rowKind("missing", {
    cells: (subject) => {
      const whole = subject.columns.filter(
        ({ present }) => present.length === subject.table.rows.length,
      );
      if (whole.length === 0) return undefined;
      const column = subject.draw.pick(whole);
      return inRows(subject, [column], (cells) => cells.with(column.index, null));
    },
    "several columns": (subject) => {
      const whole = subject.columns.filter(
        ({ present }) => present.length === subject.table.rows.length,
      );
      if (whole.length < 4) return undefined;
      const damaged = subject.draw.some(whole, 3);
      return inRows(subject, damaged, (cells) =>
        damaged.reduce<readonly Cell[]>((all, { index }) => all.with(index, null), cells),
      );
    },
  }),
  rowKind("one row late", {
    block: (subject) => {
      const { columns, draw, table } = subject;
      const candidates = columns.filter(({ distinct }) => distinct > 8);
      if (candidates.length === 0 || table.rows.length < 20) return undefined;
      const column = draw.pick(candidates);
      const from = draw.whole(1, Math.max(1, table.rows.length - 12));
      const lines = intact(table).map((line, at) => {
        if (at < from || at > from + 10) return line;
        const cells = line.cells.with(column.index, table.rows[at - 1]?.[column.index] ?? null);
        return { cells, damaged: true };
      });
      return { lines, columns: [column.name] };
    },
  }),
  drawnKind("other category", ({ kind, distinct }) => kind === "category" && distinct > 1, {
    one: ({ draw }, { present }) => {
      const value = draw.pick(present);
      return () => value;
    },
    new: () => () => "Zeta",
    foreign: ({ columns, draw }, column) => {
      const others = columns.filter(
        (one) => isText(one) && one !== column && one.present.length > 0,
      );
      const value = others.length === 0 ? "Other" : draw.pick(draw.pick(others).present);
      return () => value;
    },
  }),
  rowKind("text in a number", {
    "of a text column": (subject) => {
      const numbers = subject.columns.filter(isNumber);
      const texts = subject.columns.filter(isText);
      if (numbers.length === 0 || texts.length === 0) return undefined;
      const number = subject.draw.pick(numbers);
      const text = subject.draw.pick(texts);
      return inRows(subject, [number], (cells) =>
        cells[text.index] == null ? undefined : cells.with(number.index, cells[text.index] ?? null),
      );
    },
  }),
  rowKind("header off by one", {
    right: ({ table }) =>
      turned(table.names, (names) => [names.at(-1) ?? "", ...names.slice(0, -1)], intact(table)),
    left: ({ table }) =>
      turned(table.names, (names) => [...names.slice(1), names[0] ?? ""], intact(table)),
  }),
];

function turned(
  names: readonly string[],
  turn: (names: readonly string[]) => readonly string[],
  lines: Damaged["lines"],
): Damaged | undefined {
  if (names.length < 3) return undefined;
  const header = turn(names);
  return { lines: lines.map((line) => ({ ...line, damaged: true })), columns: header, header };
}
