import { type Change, cellKind, isText, type Kind } from "./damage.ts";

const bytes = (text: string, encoding: "latin1" | "utf8"): string =>
  encoding === "latin1"
    ? Buffer.from(text, "utf8").toString("latin1")
    : Buffer.from(text, "latin1").toString("utf8");
const accents: Readonly<Record<string, string>> = {
  a: "á",
  e: "é",
  i: "í",
  o: "ö",
  u: "ü",
  n: "ñ",
};
/** The value with its first plain vowel accented, if there is one. */
const accented = (value: string): string | undefined =>
  /[aeioun]/.test(value) ? value.replace(/[aeioun]/, (one) => accents[one] ?? one) : undefined;
const once =
  (pattern: RegExp, by: Readonly<Record<string, string>>): Change =>
  (value) =>
    pattern.test(value) ? value.replace(pattern, (one) => by[one] ?? one) : undefined;
const inside =
  (piece: string): Change =>
  (value, { draw }) => {
    if (value.length < 2) return undefined;
    const at = draw.whole(1, value.length - 1);
    return value.slice(0, at) + piece + value.slice(at);
  };
const around =
  (before: string, after: string): Change =>
  (value) =>
    before + value + after;
const words = (value: string): readonly string[] => value.split(" ").filter((word) => word !== "");
const always =
  (text: string): Change =>
  () =>
    text;
const cut =
  (width: number): Change =>
  (value) =>
    value.length > width ? value.slice(0, width) : undefined;

/** Damage to texts, whatever they say. */
export const textKinds: readonly Kind[] = [
  cellKind("mojibake", isText, {
    once: (value) => {
      const text = accented(value);
      return text === undefined ? undefined : bytes(text, "latin1");
    },
    twice: (value) => {
      const text = accented(value);
      return text === undefined ? undefined : bytes(bytes(text, "latin1"), "latin1");
    },
    "question mark": (value) => (/[aeiou]/.test(value) ? value.replace(/[aeiou]/, "?") : undefined),
    replacement: (value) =>
      /[aeiou]/.test(value) ? value.replace(/[aeiou]/, "\uFFFD") : undefined,
  }),
  cellKind("homoglyph", isText, {
    cyrillic: once(/[aeocpx]/, { a: "а", e: "е", o: "о", c: "с", p: "р", x: "х" }),
    greek: once(/[oAEIO]/, { o: "ο", A: "Α", E: "Ε", I: "Ι", O: "Ο" }),
    fullwidth: once(
      /[A-Za-z]/,
      Object.fromEntries(
        [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"].map((one) => [
          one,
          String.fromCharCode(one.charCodeAt(0) + 0xfee0),
        ]),
      ),
    ),
  }),
  cellKind("invisible", isText, {
    "zero width": inside("\u200B"),
    "soft hyphen": inside("\u00AD"),
    "byte order mark": around("\uFEFF", ""),
    joiner: inside("\u2060"),
  }),
  cellKind("padding", isText, {
    trailing: around("", " "),
    leading: around("  ", ""),
    "no-break": around("", "\u00A0"),
    tab: around("\t", ""),
    doubled: (value) => (value.includes(" ") ? value.replace(" ", "  ") : undefined),
  }),
  cellKind("case", isText, {
    upper: (value) => value.toUpperCase(),
    lower: (value) => value.toLowerCase(),
    swapped: (value) =>
      [...value]
        .map((one) => (one === one.toUpperCase() ? one.toLowerCase() : one.toUpperCase()))
        .join(""),
  }),
  cellKind("plural", isText, {
    s: (value) =>
      /[a-z]$/i.test(value) ? (value.endsWith("s") ? value.slice(0, -1) : `${value}s`) : undefined,
    ending: (value) => (/[a-z]{4}$/.test(value) ? `${value}es` : undefined),
  }),
  cellKind("abbreviation", isText, {
    dotted: (value) => (/^[A-Za-z]{5}/.test(value) ? `${value.slice(0, 3)}.` : undefined),
    initials: (value) =>
      words(value).length > 1
        ? words(value)
            .map((word) => word[0]?.toUpperCase())
            .join("")
        : undefined,
    vowelless: (value) =>
      /[A-Za-z]{5}/.test(value) ? value[0] + value.slice(1).replace(/[aeiou]/g, "") : undefined,
  }),
  cellKind("ocr", isText, {
    letters: once(/[OolISB]/, { O: "0", o: "0", l: "1", I: "1", S: "5", B: "8" }),
    pairs: once(/rn|m|cl|d|w/, { rn: "m", m: "rn", cl: "d", d: "cl", w: "vv" }),
    digits: once(/[0158]/, { 0: "O", 1: "l", 5: "S", 8: "B" }),
  }),
  cellKind("cut", isText, {
    five: cut(5),
    eight: cut(8),
    twelve: cut(12),
    dots: (value) => (value.length > 8 ? `${value.slice(0, 6)}...` : undefined),
  }),
  cellKind("filler", () => true, {
    test: always("test"),
    asdf: always("asdf"),
    TBD: always("TBD"),
    dash: always("-"),
    question: always("?"),
    "n/a": always("n/a"),
    NULL: always("NULL"),
    None: always("None"),
    "#N/A": always("#N/A"),
    xxx: always("xxx"),
    unknown: always("to be determined"),
    "#REF!": always("#REF!"),
    nan: always("NaN"),
    undefined: always("undefined"),
    blank: always(" "),
  }),
  cellKind("markup", isText, {
    entity: (value) =>
      /[a-z]/.test(value) ? value.replace(/[a-z]/, (one) => `&#${one.charCodeAt(0)};`) : undefined,
    named: (value) => (value.includes(" ") ? value.replace(" ", "&nbsp;") : `${value}&amp;`),
    tag: around("<b>", "</b>"),
    break: around("", "<br/>"),
    percent: (value) => (value.includes(" ") ? value.replaceAll(" ", "%20") : undefined),
    backslash: (value) =>
      /[a-z]/.test(value)
        ? value.replace(/[a-z]/, (one) => `\\u00${one.charCodeAt(0).toString(16)}`)
        : undefined,
  }),
  cellKind("wrapped", isText, {
    json: (value) => JSON.stringify({ value }),
    list: (value) => `['${value}']`,
    "doubled quotes": around('""', '""'),
    apostrophes: around("'", "'"),
    curly: around("“", "”"),
    "stray quote": around('"', ""),
    brackets: around("[", "]"),
  }),
  cellKind("control", isText, {
    nul: inside("\u0000"),
    bell: inside("\u0007"),
    colour: around("\u001b[31m", "\u001b[0m"),
    "next line": around("", "\u0085"),
    substitute: around("", "\u001a"),
    "carriage return": around("", "\r"),
  }),
  cellKind("line break", isText, {
    inside: inside("\n"),
    after: around("", "\n"),
  }),
  cellKind("unicode form", isText, {
    decomposed: (value) => accented(value)?.normalize("NFD"),
    ligature: once(/fi|fl|ff/, { fi: "ﬁ", fl: "ﬂ", ff: "ﬀ" }),
    dash: once(/-/, { "-": "–" }),
    apostrophe: once(/'/, { "'": "’" }),
    accent: (value) => accented(value),
  }),
  cellKind("reordered", isText, {
    comma: (value) => {
      const [first, second, ...more] = words(value);
      return second === undefined || more.length > 0 ? undefined : `${second}, ${first}`;
    },
    reversed: (value) => {
      const all = words(value);
      return all.length < 2 ? undefined : [...all].reverse().join(" ");
    },
    backwards: (value) => (value.length > 2 ? [...value].reverse().join("") : undefined),
  }),
  cellKind("joint", isText, {
    hyphen: (value) => (/\w \w/.test(value) ? value.replaceAll(" ", "-") : undefined),
    underscore: (value) => (/\w \w/.test(value) ? value.replaceAll(" ", "_") : undefined),
    none: (value) => (/\w \w/.test(value) ? value.replaceAll(" ", "") : undefined),
    camel: (value) =>
      /\w[ _-]\w/.test(value)
        ? value.replace(/[ _-](\w)/g, (_, one: string) => one.toUpperCase())
        : undefined,
  }),
  cellKind("annotation", isText, {
    note: around("", " (see note)"),
    star: around("", "*"),
    reference: around("", " [1]"),
    question: around("", " ?"),
    label: (value, { column }) => `${column.name}: ${value}`,
  }),
  cellKind("stutter", isText, {
    word: (value) => `${value} ${value}`,
    glued: (value) => value + value,
    letter: (value) =>
      /[a-z]/.test(value) ? value.replace(/[a-z]/, (one) => one.repeat(4)) : undefined,
  }),
  cellKind("levels joined", ({ kind }) => kind === "category", {
    slash: (value, { column, draw }) => `${value}/${draw.pick(column.present)}`,
    and: (value, { column, draw }) => `${value} and ${draw.pick(column.present)}`,
    semicolon: (value, { column, draw }) => `${value};${draw.pick(column.present)}`,
  }),
  cellKind(
    "contact",
    ({ present }) =>
      present.length > 0 &&
      present.filter((value) => /@|:\/\/|^\+\d/.test(value)).length > present.length * 0.9,
    {
      "no at": (value) => (value.includes("@") ? value.replace("@", "") : undefined),
      "two ats": (value) => (value.includes("@") ? value.replace("@", "@@") : undefined),
      "comma for dot": (value) => (value.includes(".") ? value.replace(".", ",") : undefined),
      "no ending": (value) =>
        /\.[a-z]+$/.test(value) ? value.replace(/\.[a-z]+$/, "") : undefined,
      space: (value) => (/[@/]/.test(value) ? value.replace(/[@.]/, " ") : undefined),
      scheme: (value) => (value.includes("://") ? value.replace("://", ":/") : undefined),
      "digits lost": (value) => (/^\+\d/.test(value) ? value.slice(0, -3) : undefined),
      "other form": (value) =>
        /^\+\d/.test(value) ? value.replace(/^\+\d\d/, "0").replaceAll(" ", "-") : undefined,
    },
  ),
  cellKind("truth value", ({ distinct, kind }) => kind === "category" && distinct === 2, {
    yes: (_, { draw }) => draw.pick(["Yes", "No"]),
    digit: (_, { draw }) => draw.pick(["1", "0"]),
    letter: (_, { draw }) => draw.pick(["Y", "N"]),
    third: always("maybe"),
  }),
  cellKind(
    "code form",
    ({ present, distinct }) =>
      distinct > 8 && present.filter((value) => /^0\d+$/.test(value)).length > present.length / 50,
    {
      "zeros lost": (value) => (/^0\d/.test(value) ? value.replace(/^0+/, "") : undefined),
      "point zero": (value) => `${value}.0`,
      power: (value) =>
        value.length > 3 ? Number(value).toExponential(2).toUpperCase() : undefined,
      hash: (value) => `#${value}`,
    },
  ),
];
