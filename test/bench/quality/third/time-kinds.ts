import type { Column } from "../column.ts";
import type { Damaged } from "../second/damage.ts";
import {
  each,
  inColumn,
  isDate,
  type Kind,
  type Subject,
  stretch,
  visible,
  type Way,
} from "./damage.ts";
import { rising } from "./relations.ts";

const day = 86_400_000;
const two = (value: number): string => String(value).padStart(2, "0");
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const spanish = [
  "Ene",
  "Feb",
  "Mar",
  "Abr",
  "May",
  "Jun",
  "Jul",
  "Ago",
  "Sep",
  "Oct",
  "Nov",
  "Dic",
];
const german = [
  "Januar",
  "Februar",
  "März",
  "April",
  "Mai",
  "Juni",
  "Juli",
  "August",
  "September",
  "Oktober",
  "November",
  "Dezember",
];

const pattern = /^(\d{4})([-/])(\d{2})[-/](\d{2})(?:([T ])(\d{2}):(\d{2})(.*))?$/;

/** A time that begins with the year, in milliseconds. */
function timeOf(value: string): number | undefined {
  const [all, year, , month, date, , hour = "0", minute = "0"] = pattern.exec(value) ?? [];
  if (all === undefined) return undefined;
  return Date.UTC(Number(year), Number(month) - 1, Number(date), Number(hour), Number(minute));
}

/** Another time, as a value writes it. */
function written(value: string, time: number): string {
  const [, , mark = "-", , , gap, , , rest = ""] = pattern.exec(value) ?? [];
  const at = new Date(time);
  const date = [
    String(at.getUTCFullYear()).padStart(4, "0"),
    two(at.getUTCMonth() + 1),
    two(at.getUTCDate()),
  ].join(mark);
  return gap === undefined
    ? date
    : `${date}${gap}${two(at.getUTCHours())}:${two(at.getUTCMinutes())}${rest}`;
}

const isPlain = ({ kind, present }: Column): boolean =>
  kind === "date" && present.every((value) => pattern.test(value));
const isTimed = (column: Column): boolean =>
  isPlain(column) &&
  column.present.some((value) => /[T ]\d\d:[0-5]\d/.test(value) && !/[T ]00:00/.test(value));

/** A column of times that rise by the same step nearly always. */
function regular({ columns, table }: Subject): (Column & { step: number }) | undefined {
  for (const column of columns.filter(isPlain)) {
    if (!rising(column, table.rows)) continue;
    const times = column.present.map((value) => timeOf(value) ?? 0);
    const steps = times.slice(1).map((time, at) => time - (times[at] ?? 0));
    const step = steps.toSorted((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 0;
    if (steps.filter((one) => one === step).length > steps.length * 0.9) return { ...column, step };
  }
  return undefined;
}

/** Times move by so much, from a row on or in a stretch of rows. */
const clock =
  (by: (step: number) => number | undefined, whole: boolean): Way =>
  (subject): Damaged | undefined => {
    const column = regular(subject);
    const place = stretch(subject, 8);
    const move = column === undefined ? undefined : by(column.step);
    if (column === undefined || place === undefined || move === undefined) return undefined;
    const rows = subject.table.rows.map((row, at) => {
      const value = row[column.index];
      if (value == null || at < place[0] || (!whole && at >= place[1])) return row;
      return row.with(column.index, written(value, (timeOf(value) ?? 0) + move));
    });
    // The step at the seam is another one: that is what gives it away.
    const lines = rows.map((cells, at) => ({ cells, damaged: cells !== subject.table.rows[at] }));
    return { lines, columns: [column.name] };
  };

/** A clock without a battery counts from its first day, each minute as long as it should be. */
const reset =
  (year: number): Way =>
  (subject) => {
    const { table, columns, draw } = subject;
    const from = Date.UTC(year, 0, 1);
    const fitting = columns.filter(
      (column) =>
        isPlain(column) &&
        column.distinct > 8 &&
        column.present.every((value) => Math.abs((timeOf(value) ?? 0) - from) > 400 * day),
    );
    const place = stretch(subject, 8);
    if (fitting.length === 0 || place === undefined) return undefined;
    const column = draw.pick(fitting);
    const first = timeOf(table.rows[place[0]]?.[column.index] ?? "") ?? from;
    const rows = table.rows.map((row, at) => {
      const value = row[column.index];
      if (value == null || at < place[0] || at >= place[1]) return row;
      return row.with(
        column.index,
        written(value, from + Math.max(0, (timeOf(value) ?? 0) - first)),
      );
    });
    const lines = rows.map((cells, at) => ({ cells, damaged: cells !== table.rows[at] }));
    return { lines, columns: [column.name] };
  };

/** Day and month change places wherever both can, in rows that follow one another. */
const turned: Way = (subject) => {
  const { table, columns, draw } = subject;
  const fitting = columns.filter(isPlain);
  const place = stretch(subject, 10);
  if (fitting.length === 0 || place === undefined) return undefined;
  const column = draw.pick(fitting);
  const rows = table.rows.map((row, at) => {
    const value = row[column.index];
    const [, year, mark, month, date] = pattern.exec(value ?? "") ?? [];
    if (value == null || at < place[0] || at >= place[1] || Number(date) > 12) return row;
    return row.with(column.index, `${year}${mark}${date}${mark}${month}${value.slice(10)}`);
  });
  return visible(subject, rows, [column]);
};

const parts = (value: string): readonly [string, number, number] | undefined => {
  const iso = pattern.exec(value);
  if (iso !== null) return [iso[1] ?? "", Number(iso[3]), Number(iso[4])];
  const [, month = "", date, year] = /^([A-Z][a-z]{2}) (\d{1,2}),? (\d{4})$/.exec(value) ?? [];
  return year === undefined ? undefined : [year, months.indexOf(month) + 1, Number(date)];
};

/** What happens to times. */
export const timeKinds: readonly Kind[] = [
  {
    kind: "clock moved",
    seen: "a regular step is longer or shorter once, or times run backward",
    variants: {
      "an hour back": clock((step) => (step <= day / 24 ? -3_600_000 : undefined), true),
      "an hour on": clock((step) => (step <= day / 24 ? 3_600_000 : undefined), true),
      "a day back": clock((step) => (step === day ? -day : undefined), true),
      "some steps back": clock((step) => -5 * step, true),
      "half a step": clock(
        (step) => (step >= 7_200_000 && step <= day / 2 ? step / 2 : undefined),
        false,
      ),
    },
  },
  {
    kind: "clock reset",
    seen: "times of another age in rows that follow one another",
    variants: { "1970": reset(1970), "1980": reset(1980), "2000": reset(2000) },
  },
  {
    kind: "day and month turned",
    seen: "days out of their order, or of months that the file has not",
    variants: { stretch: turned },
  },
  {
    kind: "time of day lost",
    seen: "eight rows or more in a row are of midnight, which hardly ever occurs",
    variants: {
      midnight: inColumn(
        isTimed,
        () => (value) => value.replace(/([T ])\d\d:\d\d/, "$100:00"),
        "stretch",
      ),
      "date only": inColumn(isTimed, () => (value) => value.slice(0, 10), "stretch"),
      noon: inColumn(
        isTimed,
        () => (value) => value.replace(/([T ])\d\d:\d\d/, "$112:00"),
        "stretch",
      ),
    },
  },
  {
    kind: "clock written otherwise",
    seen: "a time of day in another form than all others",
    variants: each(isTimed, {
      "half day": (value) => {
        const hour = Number(value.slice(11, 13));
        return `${value.slice(0, 11)}${hour % 12 === 0 ? 12 : hour % 12}:${value.slice(14, 16)} ${hour < 12 ? "AM" : "PM"}`;
      },
      dot: (value) => value.replace(/(\d\d):(\d\d)/, "$1.$2"),
      short: (value) =>
        /[T ]0\d:/.test(value) ? value.replace(/([T ])0(\d):/, "$1$2:") : undefined,
      "hour word": (value) => value.replace(/(\d\d):(\d\d).*/, "$1h$2"),
      zone: (value) => `${value} CEST`,
    }),
  },
  {
    kind: "month in another language",
    seen: "a word among dates that have another form",
    variants: each(isDate, {
      german: (value) => {
        const [year, month, date] = parts(value) ?? [];
        return year === undefined ? undefined : `${date}. ${german[(month ?? 1) - 1]} ${year}`;
      },
      spanish: (value) => {
        const [year, month, date] = parts(value) ?? [];
        return year === undefined ? undefined : `${date}-${spanish[(month ?? 1) - 1]}-${year}`;
      },
    }),
  },
  {
    kind: "another calendar",
    seen: "a date of another age, or in a form that no other row has",
    variants: each(isPlain, {
      buddhist: (value) => `${Number(value.slice(0, 4)) + 543}${value.slice(4)}`,
      "week date": (value) => {
        const time = timeOf(value) ?? 0;
        return `${value.slice(0, 4)}-W${two(Math.ceil(((time - Date.UTC(Number(value.slice(0, 4)), 0, 1)) / day + 1) / 7))}-1`;
      },
      "day of the year": (value) => {
        const time = timeOf(value) ?? 0;
        return `${value.slice(0, 4)}-${String(Math.floor((time - Date.UTC(Number(value.slice(0, 4)), 0, 1)) / day) + 1).padStart(3, "0")}`;
      },
      quarter: (value) => `Q${Math.ceil(Number(value.slice(5, 7)) / 3)} ${value.slice(0, 4)}`,
      heisei: (value) =>
        `H${Number(value.slice(0, 4)) - 1988}.${Number(value.slice(5, 7))}.${Number(value.slice(8, 10))}`,
    }),
  },
];
