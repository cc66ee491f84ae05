import type { Column } from "../column.ts";
import {
  type Change,
  each,
  inColumn,
  isAny,
  isCategory,
  isDate,
  isMeasure,
  isText,
  type Kind,
} from "./damage.ts";

const states =
  "Alabama AL,Alaska AK,Arizona AZ,Arkansas AR,California CA,Colorado CO,Connecticut CT,Delaware DE,Florida FL,Georgia GA,Hawaii HI,Idaho ID,Illinois IL,Indiana IN,Iowa IA,Kansas KS,Kentucky KY,Louisiana LA,Maine ME,Maryland MD,Massachusetts MA,Michigan MI,Minnesota MN,Mississippi MS,Missouri MO,Montana MT,Nebraska NE,Nevada NV,New Hampshire NH,New Jersey NJ,New Mexico NM,New York NY,North Carolina NC,North Dakota ND,Ohio OH,Oklahoma OK,Oregon OR,Pennsylvania PA,Rhode Island RI,South Carolina SC,South Dakota SD,Tennessee TN,Texas TX,Utah UT,Vermont VT,Virginia VA,Washington WA,West Virginia WV,Wisconsin WI,Wyoming WY"
    .split(",")
    .map((pair): readonly [string, string] => [pair.slice(0, -3), pair.slice(-2)]);
const turned = (
  pairs: readonly (readonly [string, string])[],
): readonly (readonly [string, string])[] => pairs.map(([one, other]) => [other, one]);

/** Words and what another system says for them. */
const vocabularies: Readonly<Record<string, ReadonlyMap<string, string>>> = {
  "states, short": new Map(states),
  "states, long": new Map(turned(states)),
  countries: new Map([
    ["USA", "United States"],
    ["Europe", "EU"],
    ["Japan", "JPN"],
    ["France", "FR"],
    ["Portugal", "PT"],
    ["Italy", "IT"],
    ["Belgium", "BE"],
    ["Austria", "AT"],
    ["Brazil", "BR"],
  ]),
  sexes: new Map([
    ["MALE", "M"],
    ["FEMALE", "F"],
    ["Male", "M"],
    ["Female", "F"],
    ["men", "male"],
    ["women", "female"],
  ]),
  sizes: new Map([
    ["Small", "S"],
    ["Medium", "M"],
    ["Large", "L"],
  ]),
  "times of day": new Map([
    ["Day", "day time"],
    ["Night", "night time"],
    ["Dusk", "evening"],
    ["Dawn", "morning"],
  ]),
  weather: new Map([
    ["rain", "rainy"],
    ["sun", "sunny"],
    ["snow", "snowy"],
    ["fog", "foggy"],
  ]),
};
const speaks =
  (words: ReadonlyMap<string, string>) =>
  ({ present, distinct }: Column): boolean =>
    distinct > 1 &&
    present.length > 8 &&
    present.filter((value) => words.has(value)).length > present.length * 0.8 &&
    ![...words.values()].some((value) => present.includes(value));

const hex = (value: string): string =>
  [...Buffer.from(value, "utf8")]
    .map((byte) => byte.toString(16).toUpperCase().padStart(2, "0"))
    .join("=");
const plain: Readonly<Record<string, string>> = {
  ä: "ae",
  ö: "oe",
  ü: "ue",
  Ä: "Ae",
  Ö: "Oe",
  Ü: "Ue",
  ß: "ss",
  ø: "o",
  å: "a",
  é: "e",
  è: "e",
  ç: "c",
};
/** Of a value that other rows have too. */
const ofRepeated =
  (change: (value: string) => string): ((column: Column) => Change) =>
  ({ present }) => {
    const counts = new Map<string, number>();
    for (const value of present) counts.set(value, (counts.get(value) ?? 0) + 1);
    return (value) => ((counts.get(value) ?? 0) >= 3 ? change(value) : undefined);
  };
const always =
  (text: string): Change =>
  () =>
    text;

const said = (...words: readonly string[]): Readonly<Record<string, Change>> =>
  Object.fromEntries(words.map((word) => [word, always(word)]));

/** What happens to words. */
export const textKinds: readonly Kind[] = [
  {
    kind: "transport encoding",
    seen: "a value is coded as it would be for the mail or for an address",
    variants: each(isText, {
      "quoted-printable": (value) =>
        /[aeiou]/.test(value) ? value.replace(/[aeiou]/, (one) => `=${hex(one)}`) : undefined,
      base64: (value) => Buffer.from(value, "utf8").toString("base64"),
      plus: (value) => (/\w \w/.test(value) ? value.replaceAll(" ", "+") : undefined),
      "utf-7": (value) => (/[aeiou]/.test(value) ? value.replace(/[aeiou]/, "+AOk-") : undefined),
      bytes: (value) => `b'${value}'`,
      "soft break": (value) =>
        value.length > 6 ? `${value.slice(0, 4)}=\n${value.slice(4)}` : undefined,
    }),
  },
  {
    kind: "template left",
    seen: "a placeholder of a program stands where its value should",
    variants: each(isAny, {
      braces: always("{{value}}"),
      dollar: always("$" + "{value}"),
      format: always("%s"),
      object: always("[object Object]"),
      optional: (value) => `Optional("${value}")`,
      angle: always("<null>"),
      merge: always("«Field1»"),
    }),
  },
  {
    kind: "word for nothing",
    seen: "a word that says that there is no value, in the words of another country or form",
    variants: {
      ...each(
        (column) => isCategory(column) || isMeasure(column) || isDate(column),
        said(
          "k.A.",
          "s/d",
          "sin dato",
          "(leer)",
          "no data",
          "non renseigné",
          "Select...",
          "...",
          "(blank)",
        ),
      ),
      ...each(
        (column) => isMeasure(column) || isDate(column),
        said("pending", "withheld", "not specified"),
      ),
    },
  },
  {
    kind: "two vocabularies",
    seen: "a category in words that the other rows say otherwise",
    variants: Object.fromEntries(
      Object.entries(vocabularies).map(([name, words]) => [
        name,
        inColumn(speaks(words), () => (value) => words.get(value)),
      ]),
    ),
  },
  {
    kind: "code for label",
    seen: "a category's number or code among names",
    variants: {
      number: inColumn(isCategory, ({ present }) => {
        const levels = [...new Set(present)].sort();
        return (value) => String(levels.indexOf(value) + 1);
      }),
      both: inColumn(isCategory, ({ present }) => {
        const levels = [...new Set(present)].sort();
        return (value) => `${levels.indexOf(value) + 1} - ${value}`;
      }),
      identity: inColumn(isCategory, (_, { draw }) => {
        const digits = (): string => draw.whole(0x1000, 0xffff).toString(16);
        return () =>
          `${digits()}${digits()}-${digits()}-4${digits().slice(1)}-a${digits().slice(1)}-${digits()}${digits()}${digits()}`;
      }),
    },
  },
  {
    kind: "accents written out",
    seen: "a name with letters spelled otherwise, which many rows spell alike",
    variants: {
      "written out": inColumn(
        isText,
        ofRepeated((value) => value.replace(/[äöüÄÖÜßøåéèç]/g, (one) => plain[one] ?? one)),
      ),
      stripped: inColumn(
        isText,
        ofRepeated((value) => value.normalize("NFD").replace(/\p{M}/gu, "")),
      ),
    },
  },
  {
    kind: "cut to a width",
    seen: "from a row on, texts end at one width, within a word",
    variants: {
      column: inColumn(
        (column) => isText(column) && column.distinct > 10,
        ({ present }) => {
          const lengths = present.map(({ length }) => length).sort((a, b) => a - b);
          const width = lengths[Math.floor(lengths.length * 0.4)] ?? 0;
          if (width < 5) return undefined;
          return (value) => (value.length > width ? value.slice(0, width) : undefined);
        },
        "tail",
      ),
    },
  },
  {
    kind: "dump residue",
    seen: "a program's way to write a value stands around it",
    variants: {
      ...each(isText, {
        cast: (value) => `'${value}'::text`,
        national: (value) => `N'${value}'`,
        key: (value) => `"name": "${value}"`,
      }),
      ...each(isMeasure, {
        decimal: (value) => `Decimal('${value}')`,
        numpy: (value) => `np.float64(${value})`,
        suffix: (value) => `${value}L`,
        cell: (value) => `[${value}]`,
      }),
      ...each(isDate, {
        timestamp: (value) => `Timestamp('${value}')`,
        date: (value) => {
          const [, year, month, day] = /^(\d{4}).(\d\d).(\d\d)/.exec(value) ?? [];
          return year === undefined
            ? undefined
            : `datetime.date(${year}, ${Number(month)}, ${Number(day)})`;
        },
      }),
      null: inColumn(isAny, () => always("\\N")),
    },
  },
  {
    kind: "pasted",
    seen: "a mark of a document or a chat stands before or after a value",
    variants: each(isText, {
      bullet: (value) => `• ${value}`,
      list: (value) => `1) ${value}`,
      smile: (value) => `${value} 🙂`,
      "right to left": (value) => `\u200F${value}`,
      quote: (value) => `> ${value}`,
      strike: (value) => `~~${value}~~`,
      who: (value) => `@${value}`,
    }),
  },
];
