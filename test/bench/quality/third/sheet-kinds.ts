import type { Column } from "../column.ts";
import type { Damaged, Line } from "../second/damage.ts";
import type { Cell } from "../table.ts";
import {
  type Change,
  each,
  hurt,
  inColumn,
  isAny,
  isMeasure,
  isText,
  isVaried,
  type Kind,
  type Subject,
  shuffled,
  sound,
  stretch,
  visible,
  type Way,
} from "./damage.ts";

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** A number that a spreadsheet takes for a day and a month. */
const dated =
  (write: (day: number, month: number) => string): Change =>
  (value) => {
    const [, day, month] = /^(\d{1,2})\.0?(\d{1,2})$/.exec(value) ?? [];
    const [d, m] = [Number(day), Number(month)];
    return d >= 1 && d <= 28 && m >= 1 && m <= 12 ? write(d, m) : undefined;
  };
const two = (value: number): string => String(value).padStart(2, "0");

const isCode = ({ present, distinct, kind }: Column): boolean =>
  kind !== "date" &&
  distinct > 8 &&
  present.every(
    (value) => /^[A-Z0-9]{3,12}$/i.test(value) && value.length === present[0]?.length,
  ) &&
  present.some((value) => /\d/.test(value));

/** Values that a fill handle makes of the first one. */
const dragged: Way = (subject) => {
  const { table, columns, draw } = subject;
  const counts = (value: string): number => Number(/(\d+)$/.exec(value)?.[1] ?? Number.NaN);
  const fits = (column: Column): boolean =>
    isVaried(column) || (isText(column) && column.distinct > 20 && column.kind === "text");
  for (const column of shuffled(columns.filter(fits), draw)) {
    const place = stretch(subject, 8);
    if (place === undefined) return undefined;
    const [from, to] = place;
    const first = table.rows[from]?.[column.index];
    if (first == null || Number.isNaN(counts(first))) continue;
    const alreadyCounts = table.rows.filter((row, at) => {
      const before = table.rows[at - 1]?.[column.index];
      const here = row[column.index];
      return before != null && here != null && counts(here) - counts(before) === 1;
    });
    if (alreadyCounts.length > table.rows.length / 20) continue;
    const made = (by: number): string =>
      column.kind === "number"
        ? String(Number((Number(first) + by).toFixed(6)))
        : first.replace(/(\d+)$/, (digits) =>
            String(Number(digits) + by).padStart(digits.length, "0"),
          );
    const lines = sound(table).map(
      (line, at): Line =>
        at <= from || at >= to ? line : hurt(line.cells.with(column.index, made(at - from))),
    );
    return { lines, columns: [column.name] };
  }
  return undefined;
};

/** Moves one column against the others, from a row on. */
function moved(subject: Subject, by: number, whole: boolean): Damaged | undefined {
  const { table, columns, draw } = subject;
  for (const column of shuffled(
    columns.filter(({ distinct }) => distinct > 5),
    draw,
  )) {
    const place = stretch(subject, 12);
    if (place === undefined) return undefined;
    const [from, to] = whole ? [place[0], table.rows.length] : place;
    const rows = table.rows.map((row, at) => {
      if (at < from || at >= to) return row;
      const source = at - by;
      const inside = whole ? source >= from : source >= 0;
      return row.with(column.index, inside ? (table.rows[source]?.[column.index] ?? null) : null);
    });
    const damaged = visible(subject, rows, [column]);
    if (damaged !== undefined) return damaged;
  }
  return undefined;
}

function exchanged(subject: Subject, tail: boolean): Damaged | undefined {
  const { table, columns, draw } = subject;
  const pairs = columns.flatMap((one, at) =>
    columns
      .slice(at + 1)
      .flatMap((other) => (one.distinct > 2 && other.distinct > 2 ? [[one, other] as const] : [])),
  );
  for (const [one, other] of shuffled(pairs, draw).slice(0, 6)) {
    const place = stretch(subject, 8);
    if (place === undefined) return undefined;
    const [from, to] = tail
      ? [Math.max(place[0], Math.round(table.rows.length / 2)), table.rows.length]
      : place;
    const rows = table.rows.map((row, at) =>
      at < from || at >= to
        ? row
        : row.with(one.index, row[other.index] ?? null).with(other.index, row[one.index] ?? null),
    );
    const damaged = visible(subject, rows, [one, other]);
    if (damaged !== undefined) return damaged;
  }
  return undefined;
}

const sortedAlone: Way = (subject) => {
  const { table, columns, draw } = subject;
  for (const column of shuffled(
    columns.filter(({ distinct }) => distinct > 8),
    draw,
  )) {
    const place = stretch(subject, 15);
    if (place === undefined) return undefined;
    const [from, to] = place;
    const values = table.rows.slice(from, to).map((row) => row[column.index] ?? null);
    const order = (a: Cell, b: Cell): number =>
      column.kind === "number" ? Number(a) - Number(b) : String(a) < String(b) ? -1 : 1;
    const sorted = values.toSorted(order);
    const rows = table.rows.map((row, at) =>
      at < from || at >= to ? row : row.with(column.index, sorted[at - from] ?? null),
    );
    const damaged = visible(subject, rows, [column]);
    if (damaged !== undefined) return damaged;
  }
  return undefined;
};

/** A cell holds its neighbour's value too, which is empty. */
const joined: Way = (subject) => {
  const { table, columns, draw } = subject;
  const pairs = columns.flatMap((one, at) => {
    const other = columns[at + 1];
    const full = other !== undefined && other.present.length > table.rows.length * 0.95;
    return full ? [[one, other] as const] : [];
  });
  if (pairs.length === 0) return undefined;
  const [one, other] = draw.pick(pairs);
  const mark = draw.pick([" ", ", ", "\t", " / "]);
  const possible = table.rows.flatMap((row, at) =>
    row[one.index] != null && row[other.index] != null ? [at] : [],
  );
  const rows = new Set(draw.some(possible, draw.whole(1, 6)));
  const lines = sound(table).map((line, at): Line => {
    const both = `${line.cells[one.index]}${mark}${line.cells[other.index]}`;
    return rows.has(at) ? hurt(line.cells.with(one.index, both).with(other.index, null)) : line;
  });
  return { lines, columns: [one.name, other.name] };
};

const formulas: Readonly<Record<string, string>> = {
  lookup: "=VLOOKUP(A2,Sheet2!A:B,2,0)",
  sum: "=B2+C2",
  name: "#NAME?",
  division: "#DIV/0!",
  narrow: "########",
  number: "Err:502",
};

/** What spreadsheets do to cells and columns. */
export const sheetKinds: readonly Kind[] = [
  {
    kind: "number turned date",
    seen: "a date stands among numbers",
    variants: each(isMeasure, {
      worded: dated((day, month) => `${day}-${months[month - 1]}`),
      whole: dated((day, month) => `2026-${two(month)}-${two(day)} 00:00:00`),
      dotted: dated((day, month) => `${two(day)}. ${months[month - 1]}`),
    }),
  },
  {
    kind: "code mangled",
    seen: "codes of one width have another form here",
    variants: each(isCode, {
      "zeros lost": (value) => (/^0\d/.test(value) ? value.replace(/^0+/, "") : undefined),
      float: (value) => (/^0\d+$/.test(value) ? `${Number(value)}.0` : undefined),
      apostrophe: (value) => `'${value}`,
      formula: (value) => `="${value}"`,
      notation: (value) =>
        /^\d{5,}$/.test(value) ? Number(value).toExponential(2).replace("e+", "E+0") : undefined,
    }),
  },
  {
    kind: "formula left",
    seen: "a formula or its error stands where a value should",
    variants: Object.fromEntries(
      Object.entries(formulas).map(([name, text]) => [name, inColumn(isAny, () => () => text)]),
    ),
  },
  {
    kind: "fill handle",
    seen: "values that never follow one another count up by one, row for row",
    variants: { series: dragged },
  },
  {
    kind: "copied down",
    seen: "names that hardly repeat are the same in eight rows or more",
    variants: {
      first: inColumn(
        (column) => isText(column) && column.distinct > column.present.length * 0.5,
        ({ present }, { draw }) => {
          const value = draw.pick(present);
          return () => value;
        },
        "stretch",
      ),
    },
  },
  {
    kind: "sorted alone",
    seen: "rows contradict what holds between columns or from row to row",
    variants: { stretch: sortedAlone },
  },
  {
    kind: "column slipped",
    seen: "rows contradict what holds between columns or from row to row",
    variants: {
      "up to the end": (subject) => moved(subject, -1, true),
      "down to the end": (subject) => moved(subject, 1, true),
      "three rows late": (subject) => moved(subject, 3, false),
    },
  },
  {
    kind: "columns exchanged",
    seen: "values have another column's look, range or order",
    variants: {
      stretch: (subject) => exchanged(subject, false),
      "from a row on": (subject) => exchanged(subject, true),
    },
  },
  {
    kind: "two cells in one",
    seen: "the next cell is empty and its value stands here",
    variants: { neighbour: joined },
  },
];
