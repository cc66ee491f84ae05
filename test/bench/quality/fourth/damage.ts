import type { Column } from "../column.ts";
import { type Draw, rowsToDamage } from "../draw.ts";
import type { Breaks } from "../third/relations.ts";
import { type Document, type Fields, isNamed, type Line, type Piece, tableOf } from "./document.ts";

/** What a way of damaging a file is given. */
export interface Subject {
  readonly document: Document;
  readonly columns: readonly Column[];
  readonly draw: Draw;
  /** What holds in every row of the undamaged file. */
  readonly breaks: readonly Breaks[];
  /** The undamaged file. */
  readonly pieces: readonly Piece[];
}

/** Damage to records, or to the bytes of the file. */
type Damaged = Records | Bytes;

interface Records {
  readonly lines: readonly Line[];
  readonly columns: readonly string[];
}

export interface Bytes {
  readonly bytes: Buffer;
  readonly columns: readonly string[];
  /** Damaged records, from 0. */
  readonly rows: readonly number[];
  /** That the file is refused in these words is right, too. */
  readonly refusal?: RegExp;
  /** Share of the file, as it is written in the end, that is left. */
  readonly kept?: number;
}

export type Way = (subject: Subject) => Damaged | undefined;

/** One kind of damage. */
export interface Kind {
  readonly kind: string;
  /** How a careful reader who has only the damaged file would see it. */
  readonly seen: string;
  /** Each does the kind in its own way; `undefined` where the file does not allow it. */
  readonly variants: Readonly<Record<string, Way>>;
}

export type Fits = (column: Column) => boolean;

/** What becomes of a value; `undefined` where this value cannot be damaged so. */
export type Change = (value: unknown, at: number) => unknown;

/** Shares of rows that scripts take; 0 stands for a single row. */
const doses = [0, 0.01, 0.02, 0.05, 0.1, 0.2] as const;

/** How many of a file's rows are damaged. */
export const doseOf = ({ draw, document }: Subject): number =>
  rowsToDamage(draw, document.records.length, draw.pick(doses));

/** How the change of a column's values is told from what the column holds. */
export type Sight =
  /** By itself: no value of a sound column looks so. */
  | "itself"
  /** A fifth of the changed rows contradict what held in every row before. */
  | "relations";

/** Changes values of one column in some rows. The change is made once for a column. */
export function inColumn(
  fits: Fits,
  sight: Sight,
  make: (column: Column, subject: Subject) => Change | undefined,
): Way {
  return (subject) => {
    const { document, columns, draw } = subject;
    const count = doseOf(subject);
    for (const column of shuffled(columns.filter(fits), draw)) {
      const change = make(column, subject);
      if (change === undefined) continue;
      const possible = document.records.flatMap((fields, at) => {
        const value = fieldOf(fields, column.name);
        if (value === null || value === undefined) return [];
        const after = change(value, at);
        return after === undefined || after === value ? [] : [[at, after] as const];
      });
      const chosen = new Map(draw.some(possible, count));
      if (chosen.size === 0) continue;
      const lines = document.records.map((fields, at): Line => {
        const damaged = chosen.has(at);
        return {
          fields: damaged ? withValue(fields, column.name, chosen.get(at)) : fields,
          damaged,
        };
      });
      if (sight === "itself" || isVisible(subject, lines)) return { lines, columns: [column.name] };
    }
    return undefined;
  };
}

/** The same way for each change of a list. */
export function each(
  fits: Fits,
  sight: Sight,
  changes: Readonly<Record<string, Change>>,
): Kind["variants"] {
  return Object.fromEntries(
    Object.entries(changes).map(([name, change]) => [name, inColumn(fits, sight, () => change)]),
  );
}

/** Whether a fifth of the changed rows contradict what held in every row before: else nobody could tell them from sound ones. */
export function isVisible({ document, breaks }: Subject, lines: readonly Line[]): boolean {
  const { rows } = tableOf(
    document,
    lines.map(({ fields }) => fields),
  );
  const changed = lines.flatMap(({ damaged }, at) => (damaged ? [at] : []));
  const seen = changed.filter((at) => breaks.some((broken) => broken(rows, at)));
  return seen.length >= Math.max(1, changed.length / 5);
}

export function fieldOf(fields: Fields, name: string): unknown {
  return fields.find(([own]) => own === name)?.[1];
}

export function withValue(fields: Fields, name: string, value: unknown): Fields {
  return fields.map(([own, before]) => [own, own === name ? value : before]);
}

/** Changes records as a whole, in as many rows as are drawn. `undefined` leaves a record out of those to choose from. */
export function inRecords(
  columns: (subject: Subject) => readonly string[] | undefined,
  change: (fields: Fields, names: readonly string[], subject: Subject) => Fields | undefined,
  sight: Sight,
): Way {
  return (subject) => {
    const names = columns(subject);
    if (names === undefined) return undefined;
    const possible = subject.document.records.flatMap((fields, at) => {
      const after = change(fields, names, subject);
      return after === undefined ? [] : [[at, after] as const];
    });
    const chosen = new Map(subject.draw.some(possible, doseOf(subject)));
    if (chosen.size === 0) return undefined;
    const lines = subject.document.records.map((fields, at): Line => {
      const after = chosen.get(at);
      return { fields: after ?? fields, damaged: after !== undefined };
    });
    return sight === "itself" || isVisible(subject, lines) ? { lines, columns: names } : undefined;
  };
}

export function shuffled<T>(list: readonly T[], draw: Draw): readonly T[] {
  const keyed = list.map((one) => ({ one, key: draw.share() }));
  return keyed.sort((a, b) => a.key - b.key).map(({ one }) => one);
}

export const sound = ({ records }: Document): Line[] =>
  records.map((fields) => ({ fields, damaged: false }));

/** Where a stretch of rows begins and where it ends. */
export function stretch(subject: Subject, least: number): readonly [number, number] | undefined {
  const rows = subject.document.records.length;
  const length = Math.max(least, doseOf(subject));
  if (length * 2 > rows) return undefined;
  const from = subject.draw.whole(1, rows - length - 1);
  return [from, from + length];
}

export const isAny: Fits = ({ present }) => present.length > 8;
export const isText: Fits = ({ kind, present }) =>
  (kind === "text" || kind === "category") &&
  present.length > 8 &&
  present.filter((value) => /\p{L}{3}/u.test(value)).length > present.length * 0.7;
export const isCategory: Fits = (column) => column.kind === "category" && isText(column);
export const isNumber: Fits = ({ kind, distinct }) => kind === "number" && distinct > 2;
export const isMeasure: Fits = ({ kind, distinct }) => kind === "number" && distinct > 8;
export const isDate: Fits = ({ kind }) => kind === "date";

/** A number in the type that the value had: in files of text, text. */
export function numberLike(value: unknown, result: number): unknown {
  const rounded = Number(result.toPrecision(10));
  return typeof value === "string" ? String(rounded) : rounded;
}

/** A change of texts. */
export const ofText =
  (change: (text: string, at: number) => string | undefined): Change =>
  (value, at) =>
    typeof value === "string" && value !== "" ? change(value, at) : undefined;

/** A change of numbers, whether the file has them as numbers or as text. */
export const ofNumber =
  (change: (number: number) => number | undefined): Change =>
  (value) => {
    if (typeof value === "object" || typeof value === "boolean" || value === "") return undefined;
    const result = change(Number(value));
    return result === undefined || !Number.isFinite(result) ? undefined : numberLike(value, result);
  };

/** Only in files that write names to values. */
export const named =
  (way: Way): Way =>
  (subject) =>
    isNamed(subject.document) ? way(subject) : undefined;

/** A column that every record has a value in. */
export function whole(subject: Subject): readonly string[] | undefined {
  const { columns, document, draw } = subject;
  const full = columns.filter(({ present }) => present.length === document.records.length);
  return full.length === 0 ? undefined : [draw.pick(full).name];
}
