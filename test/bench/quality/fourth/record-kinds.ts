import {
  doseOf,
  fieldOf,
  inRecords,
  isAny,
  isDate,
  isMeasure,
  isNumber,
  isText,
  isVisible,
  type Kind,
  named,
  numberLike,
  type Subject,
  shuffled,
  sound,
  stretch,
  type Way,
  whole,
  withValue,
} from "./damage.ts";
import { type Fields, isNamed, type Line, tableOf } from "./document.ts";

/** Values from a place on move by one place to the right or to the left, under the same names. */
const shifted =
  (by: 1 | -1, from: (names: readonly string[], subject: Subject) => number): Way =>
  (subject) => {
    const { names } = subject.document;
    if (names.length < 3) return undefined;
    const start = from(names, subject);
    const moved = (fields: Fields): Fields | undefined => {
      if (fields.length !== names.length) return undefined;
      const values = fields.map(([, value]) => value);
      const inner = values.slice(start);
      const turned =
        by === 1 ? [inner.at(-1), ...inner.slice(0, -1)] : [...inner.slice(1), inner[0]];
      // What falls off the end is lost, as when a field is left out or written twice.
      if (by === 1) turned[0] = null;
      else turned[turned.length - 1] = null;
      return fields.map(([name], at) => [name, at < start ? values[at] : turned[at - start]]);
    };
    return inRecords(() => names.slice(start), moved, "relations")(subject);
  };

/** Two values of a record are in each other's place. */
const exchanged: Way = (subject) => {
  const { columns, draw } = subject;
  if (columns.length < 2) return undefined;
  for (let attempt = 0; attempt < 8; attempt += 1) {
    const [one, other] = draw.some(columns, 2).map(({ name }) => name);
    if (one === undefined || other === undefined) return undefined;
    const change = (fields: Fields): Fields | undefined => {
      const [a, b] = [fieldOf(fields, one), fieldOf(fields, other)];
      if (a == null || b == null || a === b) return undefined;
      return withValue(withValue(fields, one, b), other, a);
    };
    const found = inRecords(() => [one, other], change, "relations")(subject);
    if (found !== undefined) return found;
  }
  return undefined;
};

/** No record of the file is there twice: a copy is remarkable. */
const allDiffer = ({ document }: Subject): boolean => {
  const texts = tableOf(document).rows.map((row) => row.join("\u0000"));
  return new Set(texts).size === texts.length && document.names.length >= 3;
};

/** Adds copies of records, and marks what was copied, too: nobody can tell which was first. */
const copied =
  (
    choose: (subject: Subject) => readonly number[],
    place: "after" | "end" | "together",
    change: (fields: Fields, subject: Subject) => Fields = (fields) => fields,
  ): Way =>
  (subject) => {
    if (!allDiffer(subject)) return undefined;
    const rows = choose(subject);
    const taken = new Set(rows);
    const copy = (at: number): Line => {
      const fields = subject.document.records[at] ?? [];
      return { fields: change(fields, subject), damaged: true };
    };
    const lines = subject.document.records.flatMap((fields, at): Line[] => {
      const line = { fields, damaged: taken.has(at) };
      if (place === "after" && taken.has(at)) return [line, copy(at)];
      return place === "together" && at === rows.at(-1) ? [line, ...rows.map(copy)] : [line];
    });
    const all = place === "end" ? [...lines, ...rows.map(copy)] : lines;
    return { lines: all, columns: subject.document.names };
  };

const some = (subject: Subject): readonly number[] =>
  subject.draw.some([...subject.document.records.keys()], doseOf(subject));
const block = (subject: Subject): readonly number[] => {
  const found = stretch(subject, 5);
  return found === undefined ? [] : [...subject.document.records.keys()].slice(...found);
};
const all = ({ document }: Subject): readonly number[] => [...document.records.keys()];

/** A copy that differs in one number by a little, or in a text by a space. */
const nearly = (fields: Fields, { columns, draw }: Subject): Fields => {
  const fitting = columns.filter(({ name }) => fieldOf(fields, name) != null);
  const column = draw.pick(fitting.length === 0 ? columns : fitting);
  const value = fieldOf(fields, column.name);
  if (column.kind === "number")
    return withValue(fields, column.name, numberLike(value, Number(value) * 1.001));
  return withValue(fields, column.name, typeof value === "string" ? `${value} ` : value);
};

/** A stretch of rows in a column that holds something everywhere. */
const inStretch =
  (
    least: number,
    change: (
      column: string,
      subject: Subject,
      from: number,
    ) => ((value: unknown) => unknown) | undefined,
  ): Way =>
  (subject) => {
    const [column] = whole(subject) ?? [];
    const found = stretch(subject, least);
    if (column === undefined || found === undefined) return undefined;
    const made = change(column, subject, found[0]);
    if (made === undefined) return undefined;
    const lines = subject.document.records.map((fields, at): Line => {
      if (at < found[0] || at >= found[1]) return { fields, damaged: false };
      const value = fieldOf(fields, column);
      const after = made(value);
      return { fields: withValue(fields, column, after), damaged: after !== value };
    });
    return { lines, columns: [column] };
  };

/** The same value again and again, in a column that hardly repeats. */
const stuck = inStretch(8, (name, { columns, document }, from) => {
  const column = columns.find((one) => one.name === name);
  if (column === undefined || !isMeasure(column)) return undefined;
  if (column.distinct < column.present.length / 3) return undefined;
  const value = fieldOf(document.records[from] ?? [], name);
  return () => value;
});

/** Records in another order, where the rows of the file follow a column. */
const disordered =
  (far: boolean): Way =>
  (subject) => {
    const { document, draw } = subject;
    const records = [...document.records];
    const count = Math.min(doseOf(subject), Math.floor(records.length / 4));
    const moved = new Set<number>();
    for (let done = 0; done < count; done += 1) {
      const one = draw.whole(0, records.length - 2);
      const other = far ? draw.whole(0, records.length - 1) : one + 1;
      if (one === other || moved.has(one) || moved.has(other)) continue;
      [records[one], records[other]] = [records[other] ?? [], records[one] ?? []];
      moved.add(one).add(other);
    }
    const lines = records.map((fields, at): Line => ({ fields, damaged: moved.has(at) }));
    const names = subject.columns.filter((column) => isDate(column) || isNumber(column));
    if (moved.size === 0 || !isVisible(subject, lines)) return undefined;
    return { lines, columns: names.map(({ name }) => name) };
  };

const inserted =
  (make: (subject: Subject) => Line): Way =>
  (subject) => {
    const { records } = subject.document;
    const places = new Set(
      subject.draw.some([...records.keys()].slice(1), subject.draw.whole(1, 3)),
    );
    const line = make(subject);
    const lines = sound(subject.document).flatMap((one, at) =>
      places.has(at) ? [line, one] : [one],
    );
    return { lines, columns: subject.document.names };
  };

/** One value takes the place of two, joined. */
const merged: Way = (subject) => {
  const { document, draw, columns } = subject;
  const texts = new Set(columns.filter(isText).map(({ name }) => name));
  const places = document.names.slice(0, -1).flatMap((name, at) => (texts.has(name) ? [at] : []));
  if (places.length === 0) return undefined;
  const at = draw.pick(places);
  const [one = "", other = ""] = [document.names[at], document.names[at + 1]];
  return inRecords(
    () => [one, other],
    (fields) => {
      const [a, b] = [fieldOf(fields, one), fieldOf(fields, other)];
      if (a == null || b == null || typeof b === "object") return undefined;
      return withValue(withValue(fields, one, `${a} ${b}`), other, null);
    },
    "itself",
  )(subject);
};

/** Damage to whole records. */
export const recordKinds: readonly Kind[] = [
  {
    kind: "shifted columns",
    seen: "values are of another kind or range than their column's",
    variants: {
      "all to the right": shifted(1, () => 0),
      "all to the left": shifted(-1, () => 0),
      "to the right from a column on": shifted(1, (names, { draw }) =>
        draw.whole(0, names.length - 2),
      ),
      "to the left from a column on": shifted(-1, (names, { draw }) =>
        draw.whole(0, names.length - 2),
      ),
    },
  },
  {
    kind: "duplicated rows",
    seen: "no other record of the file is there twice",
    variants: {
      exact: copied(some, "after"),
      "exact, at the end": copied(some, "end"),
      nearly: copied(some, "end", nearly),
      block: copied(block, "together"),
      "whole file twice": copied(all, "end"),
    },
  },
  {
    kind: "values exchanged",
    seen: "values are of another kind or range than their column's",
    variants: { "two in a record": exchanged },
  },
  {
    kind: "stretch of nothing",
    seen: "values are missing in rows that follow one another, in a column that is else always filled",
    variants: {
      null: inStretch(5, () => () => null),
      "in several columns": (subject) => {
        const found = stretch(subject, 5);
        const names = shuffled(subject.columns.filter(isAny), subject.draw)
          .slice(0, 3)
          .map(({ name }) => name);
        const full = subject.columns.filter(
          ({ present }) => present.length === subject.document.records.length,
        );
        if (found === undefined || !full.some(({ name }) => names.includes(name))) return undefined;
        const lines = subject.document.records.map((fields, at): Line => {
          const damaged = at >= found[0] && at < found[1];
          return {
            damaged,
            fields: damaged
              ? names.reduce((now, name) => withValue(now, name, null), fields)
              : fields,
          };
        });
        return { lines, columns: names };
      },
    },
  },
  {
    kind: "stuck value",
    seen: "the same number again and again, where numbers hardly repeat",
    variants: { stretch: stuck },
  },
  {
    kind: "order of records",
    seen: "rows leave the order that all others keep",
    variants: { far: disordered(true), neighbours: disordered(false) },
  },
  {
    kind: "foreign record",
    seen: "a record with none of the others' fields, or with other words in all of them",
    variants: {
      error: named(
        inserted(() => ({
          fields: [
            ["error", "timeout"],
            ["status", 504],
          ],
          damaged: true,
        })),
      ),
      empty: named(inserted(() => ({ fields: [], damaged: true }))),
      total: inserted(({ document, columns }) => {
        const fields = document.names.map((name, at) => {
          const column = columns.find((one) => one.name === name);
          const sum = column?.present.reduce((all, value) => all + Number(value), 0) ?? 0;
          const value = isNamed(document) ? sum : String(sum);
          if (at === 0) return [name, "TOTAL"] as const;
          return [name, column?.kind === "number" ? value : null] as const;
        });
        return { fields, damaged: true };
      }),
      test: inserted(({ document, columns }) => {
        const fields = document.names.map((name) => {
          const column = columns.find((one) => one.name === name);
          return [
            name,
            column?.kind === "number" ? (isNamed(document) ? 0 : "0") : "test",
          ] as const;
        });
        return { fields, damaged: true };
      }),
    },
  },
  {
    kind: "header again",
    seen: "a row that says the names of the columns",
    variants: {
      "as values": inserted(({ document }) => ({
        fields: document.names.map((name) => [name, name]),
        damaged: true,
      })),
    },
  },
  {
    kind: "two values in one",
    seen: "a value holds its neighbour's, which is missing",
    variants: { joined: merged },
  },
  {
    kind: "another delimiter",
    seen: "lines with a single field that holds what others have between delimiters",
    variants: Object.fromEntries(
      [";", "|"].map((mark) => [
        mark,
        (subject: Subject) => {
          if (isNamed(subject.document) || subject.document.names.length < 2) return undefined;
          if (subject.document.format === "parquet") return undefined;
          const rows = new Set(some(subject));
          const lines = subject.document.records.map((fields, at): Line => {
            const raw = fields.map(([, value]) => value ?? "").join(mark);
            return rows.has(at) ? { fields, raw, damaged: true } : { fields, damaged: false };
          });
          return { lines, columns: subject.document.names };
        },
      ]),
    ),
  },
];
