import type { Column } from "../column.ts";
import type { Damaged, Line } from "../second/damage.ts";
import type { Cell } from "../table.ts";
import {
  chosen,
  hurt,
  isText,
  type Kind,
  raw,
  type Subject,
  sound,
  stretch,
  type Way,
} from "./damage.ts";

/** Puts lines after a row. */
const between =
  (make: (subject: Subject) => readonly Line[], often = false): Way =>
  (subject): Damaged | undefined => {
    const { table, draw } = subject;
    if (table.rows.length < 12) return undefined;
    const places = new Set(
      draw.some([...table.rows.keys()].slice(1, -1), often ? draw.whole(1, 4) : 1),
    );
    const lines = sound(table).flatMap((line, at) =>
      places.has(at) ? [line, ...make(subject)] : [line],
    );
    return { lines, columns: table.names };
  };

/** A record that somebody typed to try something. */
const tried = (text: string, number: string): Way =>
  between(({ columns, draw, table }) => {
    const like = draw.pick(table.rows);
    return [
      hurt(
        columns.map((column) => {
          if (isText(column)) return text;
          return column.kind === "number" ? number : (like[column.index] ?? null);
        }),
      ),
    ];
  });

const texts =
  (way: (subject: Subject) => Damaged | undefined): Way =>
  (subject) =>
    subject.columns.some(isText) ? way(subject) : undefined;

const rules: Readonly<Record<string, string>> = {
  affected: "(1000 rows affected)",
  frame: "+------------+------------+------------+",
  fine: "Query OK, 0 rows affected (0.02 sec)",
  warning: "WARNING: nulls introduced by coercion",
  more: "... 214 more rows ...",
  prompt: "mysql> select * from export;",
};

/** A text cell opens a quotation that never ends. */
const unclosed: Way = (subject) => {
  const { table, columns, draw } = subject;
  const fitting = columns.filter(
    (column) => isText(column) && column.present.length > table.rows.length / 2,
  );
  if (fitting.length === 0) return undefined;
  const { index } = draw.pick(fitting);
  const possible = table.rows.flatMap((row, at) => (row[index] == null ? [] : [at]));
  const at = draw.pick(possible);
  const lines = sound(table).map((line, row): Line => {
    if (row !== at) return line;
    const write = (all: (cells: readonly Cell[]) => string): string => {
      const before = index === 0 ? "" : all([...line.cells.slice(0, index), "x"]).slice(0, -1);
      return `${before}"${all(line.cells.slice(index))}`;
    };
    return { cells: [], raw: write, damaged: true };
  });
  return { lines, columns: table.names };
};

/** Quotation marks within a quoted value, escaped as programs do and files do not. */
const escaped: Way = (subject) => {
  const { table, columns, draw } = subject;
  const fitting = columns.filter((column) => isText(column));
  if (fitting.length === 0) return undefined;
  const column = draw.pick(fitting);
  const possible = table.rows.flatMap((row, at) =>
    /\w \w/.test(row[column.index] ?? "") ? [at] : [],
  );
  const rows = new Set(chosen(possible, table.rows.length, draw, "loose"));
  if (rows.size === 0) return undefined;
  const lines = sound(table).map((line, at): Line => {
    if (!rows.has(at)) return line;
    const value = (line.cells[column.index] ?? "").replace(/(\w) (\w+)/, '$1 \\"$2\\"');
    const write = (all: (cells: readonly Cell[]) => string): string =>
      all(line.cells.with(column.index, "\u0001")).replace("\u0001", `"${value}"`);
    return { cells: [], raw: write, damaged: true };
  });
  return { lines, columns: table.names };
};

/** From a row on, lines are written in another layout. */
const relaid =
  (
    write: (cells: readonly Cell[], all: (cells: readonly Cell[]) => string) => string,
    least: number,
  ): Way =>
  ({ table, draw }) => {
    if (table.names.length < least || table.rows.length < 12) return undefined;
    const from = Math.round(table.rows.length * (0.5 + 0.4 * draw.share()));
    const lines = sound(table).map(
      (line, at): Line =>
        at < from ? line : { cells: [], raw: (all) => write(line.cells, all), damaged: true },
    );
    return { lines, columns: table.names };
  };

/** A batch of rows once more, not quite as it was. */
const batch =
  (
    change: (cells: readonly Cell[], columns: readonly Column[], by: number) => readonly Cell[],
  ): Way =>
  (subject) => {
    const { table, columns } = subject;
    const place = stretch(subject, 6);
    const varied = columns.filter(({ distinct }) => distinct > table.rows.length / 3);
    if (place === undefined || varied.length < 2 || table.names.length < 4) return undefined;
    const lines = sound(table).map(
      (line, at): Line => ({ ...line, damaged: at >= place[0] && at < place[1] }),
    );
    const more = lines
      .slice(place[0], place[1])
      .map((line, at) => hurt(change(line.cells, columns, at)));
    const same = more.every(({ cells }, at) => `${cells}` === `${table.rows[place[0] + at]}`);
    return same ? undefined : { lines: [...lines, ...more], columns: table.names };
  };

/** What happens to records and to how they are written. */
export const recordKinds: readonly Kind[] = [
  {
    kind: "page break",
    seen: "a line that is no record, or the header, stands between records",
    variants: {
      line: between(() => [raw("Page 3 of 7")], true),
      "line and header": between(({ table }) => [raw("Page 3 of 7"), hurt(table.names)], true),
      carried: between(() => [raw("carried forward")]),
      feed: between(({ table }) => [
        hurt(table.names.map((name, at) => (at === 0 ? `\f${name}` : name))),
      ]),
    },
  },
  {
    kind: "console output",
    seen: "a line that a program said stands between records",
    variants: Object.fromEntries(
      Object.entries(rules).map(([name, text]) => [name, between(() => [raw(text)])]),
    ),
  },
  {
    kind: "test record",
    seen: "a record says of itself that it is a test, or is made of one word and one number",
    variants: {
      test: texts(tried("TEST", "1")),
      "do not use": texts(tried("DO NOT USE", "0")),
      somebody: texts(tried("Max Mustermann", "12345")),
      letters: texts(tried("aaaa", "111")),
    },
  },
  {
    kind: "quotes broken",
    seen: "a record swallows those after it, or has marks that no other has",
    variants: { unclosed, escaped },
  },
  {
    kind: "layout changed from a row on",
    seen: "from a row on, records have another number of fields or another mark between them",
    variants: {
      "a column more": relaid((cells, all) => all([...cells, "new"]), 2),
      "a column less": relaid((cells, all) => all(cells.slice(0, -1)), 3),
      "another mark": relaid(
        (cells, all) =>
          all(["", ""]).includes(";") ? cells.join("|") : cells.map((cell) => cell ?? "").join(";"),
        3,
      ),
      "mark at the end": relaid((cells, all) => all([...cells, null]), 2),
    },
  },
  {
    kind: "batch again",
    seen: "a run of rows is there twice but for the decimals, or but for its spelling",
    variants: {
      rounded: batch((cells, columns) =>
        cells.map((cell, at) =>
          columns[at]?.kind === "number" && cell?.includes(".")
            ? String(Math.round(Number(cell) * 10) / 10)
            : cell,
        ),
      ),
      shouted: batch((cells, columns) =>
        cells.map((cell, at) =>
          columns[at] !== undefined && isText(columns[at]) ? (cell?.toUpperCase() ?? null) : cell,
        ),
      ),
    },
  },
];
