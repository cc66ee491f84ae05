import {
  fieldOf,
  inColumn,
  inRecords,
  isNumber,
  isText,
  type Kind,
  named,
  ofText,
  type Subject,
  type Way,
  whole,
  withValue,
} from "./damage.ts";
import { isNamed, type Line, Token, write } from "./document.ts";

const everywhere = ({ document: { names } }: Subject): readonly string[] => names;

const rename = (change: (name: string) => string): Way =>
  named(
    inRecords(
      (subject) => {
        const found = whole(subject)?.[0];
        const after = found === undefined ? undefined : change(found);
        return found === undefined || after === undefined || after === found
          ? undefined
          : [found, after];
      },
      (fields, [before, after = ""]) =>
        fields.map(([name, value]) => [name === before ? after : name, value]),
      "itself",
    ),
  );

/** Names of the fields that hold objects. */
function nested({ document }: Subject): readonly string[] {
  return document.names.filter((name) => {
    const value = fieldOf(document.records[0] ?? [], name);
    return value !== null && typeof value === "object" && !Array.isArray(value);
  });
}

const inNested = (
  change: (inner: Record<string, unknown>, key: string) => Record<string, unknown> | undefined,
): Way =>
  named((subject) => {
    const names = nested(subject);
    if (names.length === 0) return undefined;
    const name = subject.draw.pick(names);
    const sample = fieldOf(subject.document.records[0] ?? [], name) as Record<string, unknown>;
    const key = subject.draw.pick(Object.keys(sample).filter((one) => sample[one] !== null));
    return inRecords(
      () => [name, `${name}.${key}`],
      (fields) => {
        const inner = fieldOf(fields, name) as Record<string, unknown>;
        if (inner?.[key] == null) return undefined;
        const after = change(inner, key);
        return after === undefined ? undefined : withValue(fields, name, after);
      },
      "itself",
    )(subject);
  });

/** Damage that only files with a name to each value can have. */
export const keyKinds: readonly Kind[] = [
  {
    kind: "key missing",
    seen: "all other records have it",
    variants: {
      "left out": named(
        inRecords(whole, (fields, [gone]) => fields.filter(([name]) => name !== gone), "itself"),
      ),
      null: named(
        inRecords(whole, (fields, [gone = ""]) => withValue(fields, gone, null), "itself"),
      ),
      "all but one": named(inRecords(everywhere, (fields) => fields.slice(0, 1), "itself")),
    },
  },
  {
    kind: "key renamed",
    seen: "two names of which each record has one, and one of them in nearly all",
    variants: {
      "in capitals": rename((name) => name.toUpperCase()),
      "with a space": rename((name) => `${name} `),
      "with a typo": rename((name) =>
        name.length < 4 ? `${name}_` : `${name.slice(0, -2)}${name.at(-1)}`,
      ),
      "with another word": rename((name) => `${name}_new`),
    },
  },
  {
    kind: "key twice",
    seen: "JSON has each name once in an object",
    variants: {
      "with another value": named(
        inRecords(
          whole,
          (fields, [name = ""], { document, draw }) => {
            const other = fieldOf(draw.pick(document.records), name);
            return other === fieldOf(fields, name) ? undefined : [...fields, [name, other]];
          },
          "itself",
        ),
      ),
    },
  },
  {
    kind: "value in a wrapper",
    seen: "structure among plain values",
    variants: {
      list: named(
        inRecords(
          whole,
          (fields, [name = ""]) => withValue(fields, name, [fieldOf(fields, name)]),
          "itself",
        ),
      ),
      object: named(
        inRecords(
          whole,
          (fields, [name = ""]) => withValue(fields, name, { value: fieldOf(fields, name) }),
          "itself",
        ),
      ),
      text: named(inColumn(isText, "itself", () => ofText((value) => JSON.stringify({ value })))),
    },
  },
  {
    kind: "nested field",
    seen: "all other records have it, and have a value of its type",
    variants: {
      missing: inNested((inner, key) =>
        Object.fromEntries(Object.entries(inner).filter(([name]) => name !== key)),
      ),
      renamed: inNested((inner, key) =>
        Object.fromEntries(
          Object.entries(inner).map(([name, value]) => [name === key ? `${name}s` : name, value]),
        ),
      ),
      "number as text": inNested((inner, key) =>
        typeof inner[key] === "number" ? { ...inner, [key]: `${inner[key]} ` } : undefined,
      ),
    },
  },
  {
    kind: "no number",
    seen: "what programs write of a division by nothing, among numbers",
    variants: Object.fromEntries(
      ["NaN", "Infinity", "-Infinity"].map((token) => [
        token,
        inColumn(
          isNumber,
          "itself",
          (_, { document }) =>
            () =>
              isNamed(document) ? new Token(token) : token,
        ),
      ]),
    ),
  },
  {
    kind: "broken syntax",
    seen: "no reader of the format takes it",
    variants: {
      "comma missing": named((subject) => broken(subject, (text) => text.replace(/, "/, ' "'))),
      "quotation mark missing": named((subject) =>
        broken(subject, (text) => text.replace(/": "/, '": ')),
      ),
      "single quotation marks": named((subject) =>
        broken(subject, (text) => text.replaceAll("'", "").replaceAll('"', "'")),
      ),
      "words of Python": named((subject) =>
        broken(subject, (text) => text.replace(/": ("[^"]*"|[\d.-]+|null)/, '": None')),
      ),
      "comma at the end": named((subject) => broken(subject, (text) => text.replace(/}$/, ",}"))),
    },
  },
];

/** Some records are no JSON. */
function broken(subject: Subject, change: (text: string) => string): ReturnType<Way> {
  const rows = new Set(
    subject.draw.some([...subject.document.records.keys()], subject.draw.whole(1, 3)),
  );
  const lines = subject.document.records.map((fields, at): Line => {
    const text = write(fields);
    const raw = rows.has(at) ? change(text) : text;
    return raw === text ? { fields, damaged: false } : { fields, raw, damaged: true };
  });
  return { lines, columns: subject.document.names };
}
