import type { Column } from "./column.ts";
import type { Draw } from "./draw.ts";
import type { Cell } from "./table.ts";

/** Damage to single values of one column, in some rows. */
export interface ValueCorruption {
  readonly kind: string;
  applies(column: Column): boolean;
  /** The damaged value; the same one when this value can't be damaged so. */
  change(value: string, draw: Draw, column: Column): Cell;
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const letters = "abcdefghijklmnopqrstuvwxyz";
const isNumber = ({ kind, distinct }: Column): boolean => kind === "number" && distinct > 5;
const isWords = ({ kind, present }: Column): boolean =>
  (kind === "category" || kind === "text") &&
  present.filter((value) => /[A-Za-z]{3}/.test(value)).length > present.length * 0.8;
const isDate = ({ kind }: Column): boolean => kind === "date";
const isPositive = (column: Column): boolean => isNumber(column) && column.lowest > 0;

function written(value: number): string {
  return String(Number(value.toPrecision(12)));
}

function splice(value: string, at: number, remove: number, add: string): string {
  return value.slice(0, at) + add + value.slice(at + remove);
}

interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly rest: string;
  write(year: number | string, month: number, day: number): string;
}

function dayOf(value: string): Day | undefined {
  const two = (part: number): string => String(part).padStart(2, "0");
  const iso = /^(\d{4})([-/])(\d{2})[-/](\d{2})(.*)$/.exec(value);
  if (iso) {
    const [, year, mark = "-", month, day, rest = ""] = iso;
    const write: Day["write"] = (y, m, d) => `${y}${mark}${two(m)}${mark}${two(d)}${rest}`;
    return { year: Number(year), month: Number(month), day: Number(day), rest, write };
  }
  const worded = /^([A-Z][a-z]{2}) (\d{1,2}),? (\d{4})(.*)$/.exec(value);
  if (worded) {
    const [, month = "", day, year, rest = ""] = worded;
    const write: Day["write"] = (y, m, d) => `${months[m - 1] ?? `M${m}`} ${d} ${y}${rest}`;
    return { year: Number(year), month: months.indexOf(month) + 1, day: Number(day), rest, write };
  }
  return undefined;
}

const onDay =
  (change: (day: Day, draw: Draw) => string) =>
  (value: string, draw: Draw): string => {
    const day = dayOf(value);
    return day === undefined ? value : change(day, draw);
  };

function typo(value: string, draw: Draw): string {
  const at = draw.whole(1, value.length - 1);
  const letter = letters[draw.whole(0, 25)] as string;
  switch (draw.whole(0, 3)) {
    case 0:
      return splice(value, at, 1, letter);
    case 1:
      return splice(value, at, 1, "");
    case 2:
      return splice(value, at, 0, letter);
    default:
      return splice(value, at - 1, 2, `${value[at]}${value[at - 1]}`);
  }
}

const inWords = (
  kind: string,
  change: ValueCorruption["change"],
  applies: ValueCorruption["applies"] = isWords,
): ValueCorruption => ({ kind, applies, change });

const texts: readonly ValueCorruption[] = [
  inWords("typo", typo, (column) => isWords(column) && column.kind === "category"),
  inWords("case", (value, draw) =>
    draw.pick([
      value.toUpperCase(),
      value.toLowerCase(),
      (value[0] ?? "").toLowerCase() + value.slice(1),
    ]),
  ),
  inWords("whitespace", (value, draw) =>
    draw.pick([` ${value}`, `${value} `, `${value}\t`, value.replace(" ", "  ")]),
  ),
  inWords("mojibake", (value, draw) => {
    const at = draw.whole(0, value.length - 1);
    return splice(value, at, 1, draw.pick(["Ã©", "Ã¼", "â€™", "Â ", "Ã±"]));
  }),
  inWords("replacement-character", (value, draw) =>
    splice(value, draw.whole(0, value.length - 1), 1, "\uFFFD"),
  ),
  inWords("invisible-character", (value, draw) =>
    splice(
      value,
      draw.whole(0, value.length),
      0,
      draw.pick(["\u0007", "\u200B", "\uFEFF", "\u00A0", "\u001B"]),
    ),
  ),
  inWords("html", (value, draw) =>
    draw.pick([`${value}&nbsp;`, `<b>${value}</b>`, `&amp;${value}`, value.replace(" ", "&#32;")]),
  ),
  inWords("embedded-line", (value, draw) =>
    splice(value, draw.whole(1, value.length), 0, draw.pick(["\n", "\r\n", "\n- "])),
  ),
  inWords("embedded-delimiter", (value, draw) => `${value}${draw.pick([";", "|", ", n/k", '"'])}`),
  inWords(
    "two-valued-variant",
    (value, draw) =>
      draw.pick([value.slice(0, 1), value.slice(0, 1).toLowerCase(), "yes", "1", "T"]),
    ({ kind, distinct }) => kind === "category" && distinct <= 3,
  ),
];

const numbers: readonly ValueCorruption[] = [
  inWords("thousandfold", (value) => written(Number(value) * 1000), isNumber),
  inWords("inches", (value) => written(Number(value) * 2.54), isPositive),
  inWords("fahrenheit", (value) => written(Number(value) * 1.8 + 32), isNumber),
  inWords("percent", (value) => written(Number(value) / 100), isPositive),
  inWords("sign", (value) => written(-Number(value)), isPositive),
  inWords(
    "digit-slip",
    (value, draw) => {
      const [whole = "", rest] = value.split(".");
      const at = draw.whole(0, whole.length);
      const digits = splice(whole, at, 0, String(draw.whole(1, 9)));
      return rest === undefined ? digits : `${digits}.${rest}`;
    },
    isPositive,
  ),
  inWords("sentinel", (_value, draw) => draw.pick(["-999", "-9999", "999999", "-99999"]), isNumber),
  inWords("decimal-comma", (value) => value.replace(".", ","), isNumber),
  inWords(
    "thousands-separator",
    (value, draw) =>
      value.replace(/^(-?\d+)(\d{3})(\.|$)/, draw.pick(["$1,$2$3", "$1 $2$3", "$1'$2$3"])),
    (column) => isNumber(column) && column.highest >= 5000,
  ),
  inWords(
    "unit",
    (value, draw) => draw.pick([`${value} kg`, `$${value}`, `${value}%`, `~${value}`]),
    isNumber,
  ),
  inWords(
    "word-for-number",
    (_value, draw) => draw.pick(["N/A", "unknown", "?", "#REF!", "tbd"]),
    isNumber,
  ),
  inWords(
    "leading-zeros",
    (value) => value.replace(/^0+/, ""),
    ({ present }) => present.some((value) => /^0\d+$/.test(value)),
  ),
  inWords(
    "coordinate",
    (value, draw) =>
      draw.pick([written(Number(value) * 10 + 200), "999", written(Number(value) + 360)]),
    ({ name, kind }) => kind === "number" && /^(lat|lon|latitude|longitude)$/i.test(name),
  ),
];

const dates: readonly ValueCorruption[] = [
  inWords(
    "date-format",
    onDay(({ year, month, day, rest }, draw) =>
      draw.pick([
        `${day}.${month}.${year}${rest}`,
        `${month}/${day}/${year}${rest}`,
        `${day}-${months[month - 1]}-${year}`,
      ]),
    ),
    isDate,
  ),
  inWords(
    "day-month",
    onDay(({ year, month, day, write }) => write(year, day, month)),
    isDate,
  ),
  inWords(
    "impossible-date",
    onDay(({ year, write }, draw) => write(year, draw.pick([2, 13, 4]), draw.pick([30, 31]) + 1)),
    isDate,
  ),
  inWords(
    "future-date",
    onDay(({ year, month, day, write }, draw) => write(year + draw.whole(100, 900), month, day)),
    isDate,
  ),
  inWords(
    "sentinel-date",
    onDay(({ write }, draw) =>
      write(
        ...draw.pick<readonly [number, number, number]>([
          [1900, 1, 1],
          [1970, 1, 1],
          [9999, 12, 31],
        ]),
      ),
    ),
    isDate,
  ),
  inWords(
    "two-digit-year",
    onDay(({ year, month, day, write }) => write(String(year).slice(2), month, day)),
    isDate,
  ),
];

const anything: readonly ValueCorruption[] = [
  inWords(
    "null-word",
    (_value, draw) => draw.pick(["NULL", "None", "nan", "#N/A", "-"]),
    ({ present }) => present.length > 0,
  ),
  inWords(
    "shouted-junk",
    (_value, draw) => draw.pick(["asdf", "xxx", "test", "???", "12ab!"]),
    ({ kind }) => kind !== "text",
  ),
];

export const valueCorruptions: readonly ValueCorruption[] = [
  ...texts,
  ...numbers,
  ...dates,
  ...anything,
];
