import { rowsToDamage } from "../draw.ts";
import {
  type Change,
  cellKind,
  chosen,
  type Damaged,
  drawnKind,
  intact,
  isDate,
  type Kind,
  rowKind,
  type Subject,
} from "./damage.ts";

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const pad = (value: number): string => String(value).padStart(2, "0");

/** A date as the column writes it, taken apart. */
interface Written {
  readonly at: Date;
  /** Writes a time in the same way. */
  readonly write: (at: Date) => string;
}

function taken(value: string): Written | undefined {
  const iso = /^(\d{4})([-/])(\d{2})[-/](\d{2})(?:([T ])(\d{2}):(\d{2})(.*))?$/.exec(value);
  if (iso !== null) {
    const [, year, mark, month, day, gap, hour, minute, rest] = iso;
    const at = new Date(
      Date.UTC(
        Number(year),
        Number(month) - 1,
        Number(day),
        Number(hour ?? 0),
        Number(minute ?? 0),
      ),
    );
    const write = (time: Date): string => {
      const date = [
        String(time.getUTCFullYear()).padStart(4, "0"),
        pad(time.getUTCMonth() + 1),
        pad(time.getUTCDate()),
      ].join(mark);
      return gap === undefined
        ? date
        : `${date}${gap}${pad(time.getUTCHours())}:${pad(time.getUTCMinutes())}${rest}`;
    };
    return { at, write };
  }
  const worded = /^([A-Z][a-z]{2}) (\d{1,2})(,?) (\d{4})$/.exec(value);
  if (worded !== null) {
    const [, month = "", day, mark, year] = worded;
    const at = new Date(Date.UTC(Number(year), months.indexOf(month), Number(day)));
    const write = (time: Date): string =>
      `${months[time.getUTCMonth()]} ${time.getUTCDate()}${mark} ${time.getUTCFullYear()}`;
    return { at, write };
  }
  return undefined;
}

const moved =
  (move: (at: Date) => Date): Change =>
  (value) => {
    const date = taken(value);
    if (date === undefined) return undefined;
    const result = move(date.at);
    return Number.isFinite(result.getTime()) ? date.write(result) : undefined;
  };
const later = (hours: number): Change => moved((at) => new Date(at.getTime() + hours * 3_600_000));
const inYear = (change: (year: number) => number): Change =>
  moved((at) => {
    const result = new Date(at);
    result.setUTCFullYear(change(at.getUTCFullYear()));
    return result;
  });
const as =
  (write: (at: Date) => string): Change =>
  (value) => {
    const date = taken(value);
    return date === undefined ? undefined : write(date.at);
  };
const fixed = (year: number, month: number, day: number): Change =>
  moved(() => {
    const at = new Date(Date.UTC(2000, month - 1, day));
    at.setUTCFullYear(year);
    return at;
  });
const timed = ({ kind, present }: { kind: string; present: readonly string[] }): boolean =>
  kind === "date" && present.some((value) => /\d[T ]\d\d:/.test(value));

/** Rows of the table are in the order of this column, whole or in runs. */
function inOrder({ table, columns }: Subject): number | undefined {
  for (const column of columns.filter(isDate)) {
    const times = table.rows.map((row) => taken(row[column.index] ?? "")?.at.getTime());
    const steps = times
      .slice(1)
      .filter((time, at) => time !== undefined && time >= (times[at] ?? Number.POSITIVE_INFINITY));
    if (table.rows.length >= 30 && steps.length > table.rows.length * 0.95) return column.index;
  }
  return undefined;
}

function block(subject: Subject): readonly [number, number] {
  const { table, draw } = subject;
  const length = Math.max(4, rowsToDamage(draw, table.rows.length, 0.01 + 0.04 * draw.share()));
  const start = draw.whole(2, Math.max(2, table.rows.length - length - 3));
  return [start, start + length];
}

function dropped(subject: Subject): Damaged | undefined {
  const column = inOrder(subject);
  if (column === undefined) return undefined;
  const [from, to] = block(subject);
  const lines = intact(subject.table).map((line, at) => ({
    ...line,
    damaged: at === from - 1 || at === to,
  }));
  const kept = lines.filter((_, at) => at < from || at >= to);
  return { lines: kept, columns: [subject.table.names[column] as string] };
}

function reordered(subject: Subject, turn: "reversed" | "moved" | "repeated"): Damaged | undefined {
  const column = inOrder(subject);
  if (column === undefined) return undefined;
  const [from, to] = block(subject);
  const lines = intact(subject.table);
  const piece = lines.slice(from, to).map((line) => ({ ...line, damaged: true }));
  const columns =
    turn === "repeated" ? subject.table.names : [subject.table.names[column] as string];
  if (turn === "reversed")
    return { lines: [...lines.slice(0, from), ...piece.reverse(), ...lines.slice(to)], columns };
  if (turn === "repeated")
    return { lines: [...lines.slice(0, from), ...piece, ...piece, ...lines.slice(to)], columns };
  const others = [...lines.slice(0, from), ...lines.slice(to)];
  const target = (from + Math.round(others.length / 2)) % others.length;
  return { lines: [...others.slice(0, target), ...piece, ...others.slice(target)], columns };
}

/** Damage to dates and to series in time. */
export const timeKinds: readonly Kind[] = [
  drawnKind("time zone", timed, {
    "five hours": () => later(5),
    "eight hours back": () => later(-8),
    "half a day": () => later(12),
    "one hour": () => later(1),
  }),
  cellKind("day off", isDate, {
    next: later(24),
    "a week": later(24 * 7),
    "day before": later(-24),
  }),
  cellKind("year slip", isDate, {
    "century back": inYear((year) => year - 100),
    "century on": inYear((year) => year + 100),
    "two digits": inYear((year) => year % 100),
    "digits swapped": inYear((year) =>
      Number(`${Math.trunc(year / 100)}${year % 10}${Math.trunc((year % 100) / 10)}`),
    ),
    "a year on": inYear((year) => year + 1),
    "decade on": inYear((year) => year + 10),
    "five digits": as((at) => `2${at.toISOString().slice(0, 10)}`),
  }),
  cellKind("serial date", isDate, {
    excel: as((at) => String(Math.floor(at.getTime() / 86_400_000) + 25_569)),
    seconds: as((at) => String(at.getTime() / 1000)),
    milliseconds: as((at) => String(at.getTime())),
    "decimal year": as((at) => (at.getUTCFullYear() + at.getUTCMonth() / 12).toFixed(2)),
  }),
  cellKind("empty date", isDate, {
    epoch: fixed(1970, 1, 1),
    "nineteen hundred": fixed(1900, 1, 1),
    "end of time": fixed(9999, 12, 31),
    "year one": fixed(1, 1, 1),
    excel: fixed(1899, 12, 30),
    zeros: () => "0000-00-00",
  }),
  cellKind("future date", isDate, { near: fixed(2027, 5, 17), far: fixed(2093, 8, 2) }),
  cellKind("date form", isDate, {
    worded: as((at) => `${at.getUTCDate()} ${months[at.getUTCMonth()]} ${at.getUTCFullYear()}`),
    slashes: as(
      (at) => `${at.getUTCFullYear()}/${pad(at.getUTCMonth() + 1)}/${pad(at.getUTCDate())}.`,
    ),
    compact: as((at) => at.toISOString().slice(0, 10).replaceAll("-", "")),
    dots: as((at) => `${at.getUTCDate()}.${at.getUTCMonth() + 1}.${at.getUTCFullYear()}`),
    american: as((at) => `${at.getUTCMonth() + 1}/${at.getUTCDate()}/${at.getUTCFullYear()}`),
    zoned: as((at) => `${at.toISOString().slice(0, 10)}T00:00:00+02:00`),
    weekday: as((at) => at.toUTCString()),
    "two-digit": as(
      (at) =>
        `${pad(at.getUTCDate())}-${months[at.getUTCMonth()]}-${pad(at.getUTCFullYear() % 100)}`,
    ),
    "year only": as((at) => String(at.getUTCFullYear())),
    "month only": as((at) => at.toISOString().slice(0, 7)),
  }),
  cellKind("impossible day", isDate, {
    february: as((at) => `${at.getUTCFullYear()}-02-30`),
    month: as((at) => `${at.getUTCFullYear()}-13-${pad(at.getUTCDate())}`),
    zero: as((at) => `${at.getUTCFullYear()}-${pad(at.getUTCMonth() + 1)}-00`),
    hour: (value) => (/[T ]\d\d:/.test(value) ? value.replace(/([T ])\d\d:/, "$125:") : undefined),
  }),
  drawnKind(
    "one date",
    isDate,
    {
      repeated: ({ draw }, { present }) => {
        const value = draw.pick(present);
        return () => value;
      },
    },
    "block",
  ),
  rowKind("rows dropped", { block: dropped }),
  rowKind("order of rows", {
    reversed: (subject) => reordered(subject, "reversed"),
    moved: (subject) => reordered(subject, "moved"),
  }),
  rowKind("block repeated", {
    "in time": (subject) => reordered(subject, "repeated"),
    anywhere: (subject) => {
      const lines = intact(subject.table);
      const [from, to] = block(subject);
      if (lines.length < 20) return undefined;
      const piece = lines.slice(from, to).map((line) => ({ ...line, damaged: true }));
      return {
        lines: [...lines.slice(0, from), ...piece, ...lines.slice(to), ...piece],
        columns: subject.table.names,
      };
    },
  }),
  rowKind("end before start", {
    swapped: (subject) => {
      const { table, columns, draw } = subject;
      const pairs = columns.flatMap((low) =>
        columns.flatMap((high) => {
          if (low === high || low.kind !== high.kind || low.kind !== "date") return [];
          const both = table.rows.flatMap((row, at) => {
            const first = row[low.index];
            const second = row[high.index];
            return first == null || second == null ? [] : [{ at, first, second }];
          });
          const before = both.filter(({ first, second }) => first < second);
          return both.length > 20 && before.length === both.length
            ? [{ low, high, rows: both.map(({ at }) => at) }]
            : [];
        }),
      );
      if (pairs.length === 0) return undefined;
      const { low, high, rows } = draw.pick(pairs);
      const at = new Set(chosen(rows, table.rows.length, draw));
      const lines = intact(table).map((line, index) =>
        at.has(index)
          ? {
              cells: line.cells
                .with(low.index, line.cells[high.index] ?? null)
                .with(high.index, line.cells[low.index] ?? null),
              damaged: true,
            }
          : line,
      );
      return { lines, columns: [low.name, high.name] };
    },
  }),
];
