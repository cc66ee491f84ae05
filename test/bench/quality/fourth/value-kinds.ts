import type { Column } from "../column.ts";
import {
  type Change,
  each,
  type Fits,
  inColumn,
  isAny,
  isCategory,
  isDate,
  isMeasure,
  isNumber,
  isText,
  type Kind,
  numberLike,
  ofNumber,
  ofText,
  type Subject,
} from "./damage.ts";

const letters = "abcdefghijklmnopqrstuvwxyz";
const keyboard = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];
const splice = (text: string, at: number, remove: number, add: string): string =>
  text.slice(0, at) + add + text.slice(at + remove);

/** Places of letters, as scripts choose them: anywhere in the word. */
function letterIn({ draw }: Subject, text: string): number | undefined {
  const places = [...text.matchAll(/[A-Za-z]/g)].map(({ index }) => index);
  return places.length < 4 ? undefined : draw.pick(places);
}

type Slip = (text: string, at: number, subject: Subject) => string;

function neighbour(letter: string, { draw }: Subject): string {
  const row = keyboard.find((keys) => keys.includes(letter.toLowerCase())) ?? letters;
  const at = row.indexOf(letter.toLowerCase());
  const near = row[draw.share() < 0.5 && at > 0 ? at - 1 : at + 1] ?? row[at - 1] ?? "x";
  return letter === letter.toLowerCase() ? near : near.toUpperCase();
}

const slips: Readonly<Record<string, Slip>> = {
  "letters swapped": (text, at) => {
    const from = Math.min(at, text.length - 2);
    return splice(text, from, 2, `${text[from + 1]}${text[from]}`);
  },
  "letter dropped": (text, at) => splice(text, at, 1, ""),
  "letter doubled": (text, at) => splice(text, at, 0, text[at] ?? ""),
  "letter replaced": (text, at, { draw }) => splice(text, at, 1, letters[draw.whole(0, 25)] ?? "x"),
  "neighbouring key": (text, at, subject) =>
    splice(text, at, 1, neighbour(text[at] ?? "", subject)),
};

const typo = (slip: Slip | undefined): Kind["variants"][string] =>
  inColumn(isCategory, "itself", (column, subject) => {
    const known = new Set(column.present);
    const chosen = Object.values(slips);
    return ofText((text) => {
      const at = letterIn(subject, text);
      if (at === undefined) return undefined;
      const after = (slip ?? subject.draw.pick(chosen))(text, at, subject);
      return known.has(after) ? undefined : after;
    });
  });

/** A value of a sentinel that the column does not hold; dates and numbers must lie outside what it holds. */
const sentinel = (text: string): Kind["variants"][string] => {
  const asNumber = /^-?\d+$/.test(text);
  const fits: Fits = (column) => {
    if (column.present.length < 20 || column.present.includes(text)) return false;
    if (/^\d{4}-/.test(text))
      return column.kind === "date" && column.present.every((value) => /^\d{4}-/.test(value));
    if (asNumber)
      return isNumber(column) && (Number(text) > column.highest || Number(text) < column.lowest);
    return text !== "" || (isAny(column) && column.kind !== "date");
  };
  return inColumn(fits, text === "" || asNumber ? "relations" : "itself", () => (value) => {
    return asNumber && typeof value === "number" ? Number(text) : text;
  });
};

/** Empty texts, in a column that always holds something, of a file that tells them from nothing. */
const emptied = inColumn(isAny, "itself", (column, { document }) => {
  const whole = column.present.length === document.records.length;
  return whole && document.format !== "csv" && document.format !== "tsv" ? () => "" : undefined;
});

interface Day {
  readonly year: string;
  readonly month: number;
  readonly day: number;
  write(year: string, month: number, day: number): string;
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function dayOf(text: string): Day | undefined {
  const two = (part: number): string => String(part).padStart(2, "0");
  const iso = /^(\d{4})([-/])(\d\d)[-/](\d\d)(.*)$/.exec(text);
  if (iso) {
    const [, year = "", mark, month, day, rest] = iso;
    const write: Day["write"] = (y, m, d) => `${y}${mark}${two(m)}${mark}${two(d)}${rest}`;
    return { year, month: Number(month), day: Number(day), write };
  }
  const american = /^(\d{1,2})\/(\d{1,2})\/(\d{2,4})(.*)$/.exec(text);
  if (american) {
    const [, month, day, year = "", rest] = american;
    return {
      year,
      month: Number(month),
      day: Number(day),
      write: (y, m, d) => `${m}/${d}/${y}${rest}`,
    };
  }
  const worded = /^([A-Z][a-z]{2}) (\d{1,2}),? (\d{4})(.*)$/.exec(text);
  if (!worded) return undefined;
  const [, month = "", day, year = "", rest] = worded;
  const write: Day["write"] = (y, m, d) => `${months[m - 1] ?? m} ${d} ${y}${rest}`;
  return { year, month: months.indexOf(month) + 1, day: Number(day), write };
}

const onDay = (change: (day: Day) => string | undefined): Change =>
  ofText((text) => {
    const day = dayOf(text);
    return day === undefined ? undefined : change(day);
  });

const turned = onDay(({ year, month, day, write }) => write(year, day, month));

const text = (change: (text: string, subject: Subject) => string | undefined, fits = isText) =>
  inColumn(fits, "itself", (column, subject) => {
    const known = new Set(column.present);
    return ofText((value) => {
      const after = change(value, subject);
      return after === undefined || known.has(after) ? undefined : after;
    });
  });

/** Numbers written so that they are none. */
const decorated = (write: (number: number, value: unknown) => string | undefined) =>
  inColumn(isNumber, "itself", () => (value) => {
    return value === "" || typeof value === "object" ? undefined : write(Number(value), value);
  });

/** The middle and the spread of a column. */
function moments({ present }: Column): readonly [number, number] {
  const mean = present.reduce((sum, value) => sum + Number(value), 0) / present.length;
  const squares = present.reduce((sum, value) => sum + (Number(value) - mean) ** 2, 0);
  return [mean, Math.sqrt(squares / present.length)];
}

const noisy = (strength: number): Kind["variants"][string] =>
  inColumn(isMeasure, "relations", (column, { draw }) => {
    const [, spread] = moments(column);
    // Twelve evenly distributed numbers add up to one that is nearly normal.
    const normal = (): number =>
      Array.from({ length: 12 }, () => draw.share()).reduce((sum, one) => sum + one, -6);
    return (value) => numberLike(value, Number(value) + normal() * strength * spread);
  });

const confusions: readonly (readonly [RegExp, string])[] = [
  [/0/, "O"],
  [/1/, "l"],
  [/5/, "S"],
  [/8/, "B"],
];

/** Damage to single values, such as a plain script does it. */
export const valueKinds: readonly Kind[] = [
  {
    kind: "typo",
    seen: "the value is one or two letters from another of its column that is much more frequent",
    variants: {
      ...Object.fromEntries(Object.entries(slips).map(([name, slip]) => [name, typo(slip)])),
      any: typo(undefined),
    },
  },
  {
    kind: "swapped day and month",
    seen: "months above 12, days that leave the order of the rows, or days in a column that has only one day a month",
    variants: {
      "where the day is above 12, too": inColumn(isDate, "relations", () => turned),
      "where a date comes of it": inColumn(isDate, "relations", () =>
        onDay(({ year, month, day, write }) => (day > 12 ? undefined : write(year, day, month))),
      ),
    },
  },
  {
    kind: "mixed units",
    seen: "values leave the range, the order of two columns, or the steps from row to row",
    variants: Object.fromEntries(
      Object.entries({
        "inches to centimetres": (value: number) => value * 2.54,
        "kilometres to miles": (value: number) => value * 0.621371,
        "times 1000": (value: number) => value * 1000,
        "divided by 1000": (value: number) => value / 1000,
        "pounds to kilograms": (value: number) => value * 0.453592,
        "celsius to fahrenheit": (value: number) => value * 1.8 + 32,
        "times 100": (value: number) => value * 100,
      }).map(([name, change]) => [name, inColumn(isMeasure, "relations", () => ofNumber(change))]),
    ),
  },
  {
    kind: "sentinel",
    seen: "one and the same value, outside the others' range or of another kind, in column that has it not otherwise",
    variants: {
      ...Object.fromEntries(
        ["-999", "-9999", "9999", "99999", "0", "-1", "1900-01-01", "1970-01-01", "9999-12-31"].map(
          (value) => [value, sentinel(value)],
        ),
      ),
      ...Object.fromEntries(
        ["N/A", "NULL", "unknown", "-", "?", "none"].map((word) => [word, sentinel(word)]),
      ),
      "empty text": emptied,
    },
  },
  {
    kind: "number as text",
    seen: "text among numbers",
    variants: {
      "in quotation marks": decorated((_, value) =>
        typeof value === "number" ? String(value) : undefined,
      ),
      "with a unit": decorated((number) => `${number} kg`),
      "with a currency": decorated((number) => `$${number}`),
      percent: decorated((number) => `${number}%`),
      "thousands separated": decorated((number) =>
        Math.abs(number) >= 1000 ? number.toLocaleString("en-US") : undefined,
      ),
      "decimal comma": decorated((number) =>
        Number.isInteger(number) ? undefined : String(number).replace(".", ","),
      ),
      "in words": decorated((number) =>
        Number.isInteger(number) && number >= 0 && number < 10
          ? "zero one two three four five six seven eight nine".split(" ")[number]
          : undefined,
      ),
      "letters for digits": decorated((number) => {
        const digits = String(number);
        const [from, to] = confusions.find(([digit]) => digit.test(digits)) ?? [];
        return from === undefined || to === undefined ? undefined : digits.replace(from, to);
      }),
    },
  },
  {
    kind: "outlier",
    seen: "the value is far outside the others",
    variants: Object.fromEntries(
      [5, 10, 100].map((times) => [
        `${times} standard deviations`,
        inColumn(isMeasure, "relations", (column) => {
          const [mean, spread] = moments(column);
          return (value) => numberLike(value, Math.round(mean + times * spread));
        }),
      ]),
    ),
  },
  {
    kind: "noise",
    seen: "values leave the range or the steps from row to row, with more decimals than others",
    variants: { weak: noisy(0.5), strong: noisy(3) },
  },
  {
    kind: "sign",
    seen: "negative values in a column that has none",
    variants: each(
      ({ lowest, ...column }) => isMeasure({ lowest, ...column }) && lowest >= 0,
      "relations",
      {
        flipped: ofNumber((value) => (value === 0 ? undefined : -value)),
      },
    ),
  },
  {
    kind: "text added",
    seen: "some values have at an end what others have not",
    variants: {
      suffix: text((value, { draw }) => `${value}${draw.pick(["_x", "*", "!!", "_old"])}`),
      "one suffix": inColumn(isText, "itself", (_, { draw }) => {
        const added = draw.pick([" (copy)", "#1", "_dup", ";"]);
        return ofText((value) => `${value}${added}`);
      }),
      "digits within": text((value, subject) => {
        const at = letterIn(subject, value);
        return at === undefined
          ? undefined
          : splice(value, at, 0, String(subject.draw.whole(10, 99)));
      }, isCategory),
    },
  },
  {
    kind: "case and spaces",
    seen: "the same value once more, written otherwise",
    variants: {
      "upper case": text((value) => value.toUpperCase(), isCategory),
      "lower case": text((value) => value.toLowerCase(), isCategory),
      "space before": text((value) => ` ${value}`),
      "space after": text((value) => `${value} `),
      "case at random": text(
        (value, { draw }) =>
          [...value]
            .map((one) => (draw.share() < 0.5 ? one.toUpperCase() : one.toLowerCase()))
            .join(""),
        isCategory,
      ),
    },
  },
  {
    kind: "date written otherwise",
    seen: "dates in another form than their column's",
    variants: each(isDate, "itself", {
      "month first": onDay(({ year, month, day, write }) => {
        const after = `${month}/${day}/${year}`;
        return write(year, month, day).startsWith(after) ? undefined : after;
      }),
      "seconds since 1970": onDay(({ year, month, day }) =>
        String(Date.UTC(Number(year), month - 1, day) / 1000),
      ),
      "impossible day": onDay(({ year, write }) => write(year, 2, 31)),
      "far future": onDay(({ month, day, write, year }) =>
        year.length === 4 ? write(String(Number(year) + 900), month, day) : undefined,
      ),
      "year alone": onDay(({ year }) => year),
    }),
  },
  {
    kind: "residue of escaping",
    seen: "marks of another language within text",
    variants: {
      html: text((value) => value.replace(/ |$/, "&nbsp;")),
      tags: text((value) => `<p>${value}</p>`),
      backslashes: text((value) => `\\"${value}\\"`),
      "line end": text((value) => `${value}\\n`),
      "percent signs": text((value) =>
        value.includes(" ") ? value.replaceAll(" ", "%20") : undefined,
      ),
      "python bytes": text((value) => `b'${value}'`),
    },
  },
  {
    kind: "text gone wrong",
    seen: "no other value looks so",
    variants: {
      reversed: text((value) => [...value].reverse().join(""), isCategory),
      "keys at random": text(
        (_, { draw }) => Array.from({ length: 8 }, () => letters[draw.whole(0, 25)]).join(""),
        isCategory,
      ),
      "cut to three letters": text(
        (value) => (value.length > 5 ? value.slice(0, 3) : undefined),
        isCategory,
      ),
      "letters by digits": text(
        (value) => value.replace(/o/gi, "0").replace(/l/g, "1").replace(/e/g, "3"),
        isCategory,
      ),
    },
  },
  {
    kind: "another category",
    seen: "the category contradicts what other columns say of it",
    variants: {
      "of the same column": inColumn(
        ({ kind }) => kind === "category",
        "relations",
        (column, { draw }) => {
          const values = [...new Set(column.present)];
          return (value) => (typeof value === "string" ? draw.pick(values) : undefined);
        },
      ),
    },
  },
];
