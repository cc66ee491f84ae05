import type { Column } from "../column.ts";
import { type Change, cellKind, drawnKind, isMeasure, isNumber, type Kind } from "./damage.ts";

/** As many decimals as the value has, at most six. */
function like(value: string, result: number): string | undefined {
  if (!Number.isFinite(result)) return undefined;
  const decimals = /\.(\d+)/.exec(value)?.[1]?.length ?? 0;
  return result.toFixed(Math.min(6, decimals));
}
const times =
  (factor: number, more = 0): Change =>
  (value) =>
    Number(value) === 0 && more === 0 ? undefined : like(value, Number(value) * factor + more);
const grouped = (value: string, mark: string, point = "."): string | undefined => {
  const [whole = "", rest] = value.split(".");
  if (whole.replace("-", "").length < 4) return undefined;
  return whole.replace(/\B(?=(\d{3})+$)/g, mark) + (rest === undefined ? "" : point + rest);
};
const around =
  (before: string, after: string): Change =>
  (value) =>
    before + value + after;
const always =
  (text: string): Change =>
  (value) =>
    Number(value) === Number(text) ? undefined : text;
const mean = ({ present }: Column): number =>
  present.reduce((sum, value) => sum + Number(value), 0) / present.length;
const deviation = (column: Column): number => {
  const middle = mean(column);
  const squares = column.present.reduce((sum, value) => sum + (Number(value) - middle) ** 2, 0);
  return Math.sqrt(squares / column.present.length);
};
const isShare = (column: Column): boolean =>
  isMeasure(column) && column.lowest >= 0 && column.highest <= 1;
/** Two draws make one that is about normal, of deviation one. */
const normal = (first: number, second: number): number =>
  Math.sqrt(-2 * Math.log(1 - first)) * Math.cos(2 * Math.PI * second);

/** Damage to numbers. */
export const numberKinds: readonly Kind[] = [
  cellKind("decimal mark", isNumber, {
    comma: (value) => (value.includes(".") ? value.replace(".", ",") : undefined),
    "thousands comma": (value) => grouped(value, ","),
    "thousands dot": (value) => grouped(value, ".", ","),
    "thousands space": (value) => grouped(value, " "),
    apostrophe: (value) => grouped(value, "'"),
  }),
  cellKind("power of ten", isNumber, {
    lossy: (value) =>
      Math.abs(Number(value)) >= 100 ? Number(value).toExponential(1).toUpperCase() : undefined,
    times: (value) =>
      Math.abs(Number(value)) >= 100
        ? `${Number(value).toExponential(2).replace("e+", "x10^")}`
        : undefined,
  }),
  cellKind("currency mark", isNumber, {
    dollar: around("$", ""),
    euro: around("", " €"),
    code: around("USD ", ""),
    pound: around("£", ""),
  }),
  cellKind("unit text", isNumber, {
    kg: around("", " kg"),
    glued: around("", "km"),
    percent: around("", "%"),
    degrees: around("", "°C"),
    word: around("", " units"),
  }),
  cellKind("percent or fraction", isShare, { "times hundred": times(100) }),
  cellKind(
    "percent as fraction",
    ({ lowest, highest, ...rest }) =>
      isMeasure({ lowest, highest, ...rest }) && lowest >= 0 && highest <= 100 && highest > 20,
    {
      hundredth: (value) => (Number(value) === 0 ? undefined : String(Number(value) / 100)),
    },
  ),
  cellKind("other unit", isMeasure, {
    fahrenheit: times(1.8, 32),
    celsius: times(1 / 1.8, -32 / 1.8),
    pounds: times(2.20462),
    feet: times(3.28084),
    metres: times(0.3048),
    inches: times(2.54),
    miles: times(1.60934),
  }),
  cellKind("thousandfold", isMeasure, {
    thousand: times(1000),
    thousandth: (value) => (Number(value) === 0 ? undefined : String(Number(value) / 1000)),
    million: times(1_000_000),
    ten: times(10),
    hundred: times(100),
    "point lost": (value) =>
      /\.\d/.test(value) && Number(value) !== 0 ? value.replace(".", "") : undefined,
  }),
  cellKind("sign", isMeasure, {
    flipped: (value) =>
      Number(value) === 0 ? undefined : value.startsWith("-") ? value.slice(1) : `-${value}`,
    trailing: (value) => (Number(value) === 0 ? undefined : `${value.replace("-", "")}-`),
    parentheses: (value) => `(${value.replace("-", "")})`,
    "unicode minus": (value) => `−${value.replace("-", "")}`,
  }),
  drawnKind(
    "rounded",
    (column) => isMeasure(column) && column.highest - column.lowest > 50,
    {
      tens: () => (value) => String(Math.round(Number(value) / 10) * 10),
      hundreds: (_, column) => (value) =>
        column.highest > 2000 ? String(Math.round(Number(value) / 100) * 100) : undefined,
      wholes: () => (value) =>
        value.includes(".") ? String(Math.round(Number(value))) : undefined,
    },
    "block",
  ),
  drawnKind(
    "stuck value",
    isMeasure,
    {
      repeated: ({ draw }, { present }) => {
        const value = draw.pick(present);
        return () => value;
      },
      zero: () => () => "0",
    },
    "block",
  ),
  drawnKind("constant fill", isMeasure, {
    mean: (_, column) => (value) => like(value, mean(column)),
    "full mean": (_, column) => () => String(mean(column)),
    median: (_, { present }) => {
      const sorted = present.map(Number).sort((a, b) => a - b);
      return () => String(sorted[Math.floor(sorted.length / 2)]);
    },
  }),
  drawnKind(
    "level shift",
    isMeasure,
    {
      up: (_, column) => (value) => like(value, Number(value) + 3 * deviation(column)),
      down: (_, column) => (value) => like(value, Number(value) - 3 * deviation(column)),
      scaled: () => times(1.8),
    },
    "tail",
  ),
  drawnKind(
    "noise",
    isMeasure,
    {
      strong:
        ({ draw }, column) =>
        (value) =>
          like(value, Number(value) + 3 * deviation(column) * normal(draw.share(), draw.share())),
      uniform:
        ({ draw }, { lowest, highest }) =>
        (value) =>
          like(value, lowest + (highest - lowest) * draw.share()),
    },
    "block",
  ),
  cellKind("sentinel number", isMeasure, {
    nines: always("9999"),
    "minus nines": always("-9999"),
    "minus one": (value, { column }) =>
      column.lowest > -1 && Number(value) !== -1 ? "-1" : undefined,
    zero: (_, { column }) => (column.lowest > 0 ? "0" : undefined),
    "ninety-nine": (_, { column }) =>
      column.highest < 90 || column.lowest > 110 ? "99" : undefined,
    integer: always("2147483647"),
    short: always("65535"),
    huge: always("1e20"),
    infinity: () => "inf",
    "float max": always("3.4028235e38"),
    "minus nine nine nine": always("-99.9"),
  }),
  drawnKind("beyond the range", isMeasure, {
    above:
      ({ draw }, { lowest, highest }) =>
      (value) =>
        like(value, highest + (highest - lowest) * (0.3 + draw.share())),
    below:
      ({ draw }, { lowest, highest }) =>
      (value) =>
        like(value, lowest - (highest - lowest) * (0.3 + draw.share())),
    far:
      ({ draw }, { lowest, highest }) =>
      (value) =>
        like(value, highest + (highest - lowest) * (5 + 20 * draw.share())),
  }),
  cellKind("float dust", isNumber, {
    nines: (value) =>
      /\.\d/.test(value) && value.length < 12 ? `${value}0000000000001` : undefined,
    single: (value) => {
      const rough = String(Math.fround(Number(value)));
      return /\.\d/.test(value) && value.length < 8 && rough !== String(Number(value))
        ? rough
        : undefined;
    },
  }),
  cellKind("overflow", isMeasure, {
    byte: (value) =>
      Math.abs(Number(value)) >= 256 ? String(Math.trunc(Number(value)) % 256) : undefined,
    short: (value) =>
      Math.abs(Number(value)) >= 32768
        ? String((Math.trunc(Number(value)) % 65536) - 65536)
        : undefined,
    "two to the thirty-two": (value) =>
      /^\d+$/.test(value) && Number(value) > 0 ? String(4_294_967_296 - Number(value)) : undefined,
  }),
  cellKind("digits", isMeasure, {
    "last lost": (value) =>
      /\d{4}$/.test(value.replace(".", "")) ? value.slice(0, -1) : undefined,
    "first lost": (value) => (/^\d{3}/.test(value) ? value.slice(1) : undefined),
    doubled: (value) => (/^\d{2}/.test(value) ? value.replace(/^(\d)/, "$1$1") : undefined),
    swapped: (value) =>
      /^(\d)(?!\1)\d/.test(value) ? value.replace(/^(\d)(\d)/, "$2$1") : undefined,
    glued: (value, { table, row, column }) =>
      `${value}${table.rows[row + 1]?.[column.index] ?? ""}`,
  }),
  cellKind("qualified number", isNumber, {
    tilde: around("~", ""),
    below: around("<", ""),
    question: around("", "?"),
    circa: around("ca. ", ""),
    star: around("", "*"),
    range: (value) => `${value}-${Number(value) + 1}`,
    "plus or minus": around("", " ± 0.5"),
  }),
  cellKind("magnitude letter", isNumber, {
    k: (value) =>
      Math.abs(Number(value)) >= 1000 ? `${(Number(value) / 1000).toFixed(1)}k` : undefined,
    M: (value) =>
      Math.abs(Number(value)) >= 1e5 ? `${(Number(value) / 1e6).toFixed(1)}M` : undefined,
    words: (value) =>
      Math.abs(Number(value)) >= 1000 ? `${(Number(value) / 1000).toFixed(0)} thousand` : undefined,
  }),
  cellKind("number form", isNumber, {
    hexadecimal: (value) =>
      /^\d+$/.test(value) && Number(value) > 9
        ? `0x${Number(value).toString(16).toUpperCase()}`
        : undefined,
    "leading zeros": (value) => (/^[1-9]\d*$/.test(value) ? `00${value}` : undefined),
    plus: (value) => (/^\d/.test(value) ? `+${value}` : undefined),
    "point zero": (value) => (/^-?\d+$/.test(value) ? `${value}.0` : undefined),
    spaces: (value) => (value.length > 2 ? [...value].join(" ") : undefined),
    "letter o": (value) => (value.includes("0") ? value.replace("0", "O") : undefined),
    "letter l": (value) => (value.includes("1") ? value.replace("1", "l") : undefined),
    "other digits": (value) =>
      value.replace(/\d/g, (one) => String.fromCharCode(0x0660 + Number(one))),
    "two points": (value) => (value.includes(".") ? value.replace(".", "..") : undefined),
  }),
];
