import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { cleanFile } from "./clean-file.test-support.ts";
import { engineInFolder } from "./engine/engine.test-support.ts";
import { parquet } from "./engine/sql.ts";

const referenceTime = Date.UTC(2026, 10, 21);
const runs = 25;

const { engine, folder: directory } = await engineInFolder();

/** Names that this package uses itself, that SQL uses, and that JavaScript's objects have already. */
const awkward = [
  ...["_row", "_ROW", "v", "n", "t", "a", "A", "b", "c0", "d", "r", "y", "reason", "column"],
  ...["value", "record", "once_1", "select", "FROM", "group by", "*", "COLUMNS(*)", "null"],
  ...['"', '""', "'", "a'b", 'x"; DROP TABLE once_1; --', "/*", "--", "$x", "%s", "a.b", "a|b"],
  ...["", " ", "  padded  ", "é", "日本語", "😀", "İ", "ı", "\u202egnp", "a\tb", "a\\b", "a,b"],
  ...[
    "__proto__",
    "constructor",
    "toString",
    "hasOwnProperty",
    "long".repeat(500),
    "column2",
    "C2",
  ],
];
const name = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...awkward) },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 8 }) },
);

const text = fc.oneof(
  fc.constantFrom(
    ...["'; DROP TABLE once_1; --", '"', "'", "", " ", ".", "-", "n/a", "NULL", "nan", "inf"],
    ...["true", "no", "1", "-0", "007", "1.5", "1e400", "9223372036854775808", "1".repeat(40)],
    ...["2024-02-30", "2024-02-29", "1/2/03", "2999-12-31", "{}", "[1,", '{"a":1}', "a,b", "x\ny"],
    ...["__proto__", "😀", "\u202e", "x".repeat(5000), "0x1F", "1_000", "$1", "%Y"],
  ),
  fc.string({ unit: "grapheme", maxLength: 12 }),
);
/** Columns of one kind, mostly, so that types are proposed and single values fail. */
const kind = fc.constantFrom<fc.Arbitrary<unknown>>(
  text,
  fc.oneof({ weight: 9, arbitrary: fc.integer() }, { weight: 1, arbitrary: text }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constantFrom("2024-01-01", "2024-12-31", "1999-05-06"),
  fc.constant(null),
);

interface Sheet {
  readonly names: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

const sheet = fc.uniqueArray(name, { minLength: 2, maxLength: 7 }).chain((names) =>
  fc.tuple(...names.map(() => kind)).chain((kinds) =>
    fc.record<Sheet>({
      names: fc.constant(names),
      rows: fc.array(fc.tuple(...kinds.map((one) => fc.option(one, { freq: 8 }))), {
        minLength: 1,
        maxLength: 40,
      }),
    }),
  ),
);

const wellFormed = (sheetOf: Sheet): boolean => !/\p{Surrogate}/u.test(JSON.stringify(sheetOf));

let files = 0;
async function clean(content: string, extension: string) {
  files += 1;
  const file = join(directory, `f${files}.${extension}`);
  writeFileSync(file, content);
  const cleaned = await cleanFile(engine, {
    file,
    readable: [directory],
    directory,
    referenceTime,
  });
  const { data } = cleaned.published.files;
  const columns = await engine.rows(`DESCRIBE FROM ${parquet(data)}`);
  return { ...cleaned, columns: columns.map((row) => String(row["column_name"])) };
}

type Cleaned = Awaited<ReturnType<typeof clean>>;

function expectNothingLost({ published, profile, columns }: Cleaned, rows: number): void {
  const { source, kept, quarantined, duplicates } = published.rows;
  expect([source, kept + quarantined + duplicates]).toEqual([rows, rows]);
  expect(columns).toEqual(profile.columns.map((column) => column.name));
}

/** A name as it is documented to appear: itself, or with a number when it is taken. */
function isMapped(from: string, to: string | undefined): boolean {
  return to === from || (to?.startsWith(`${from}_`) === true && /_\d+$/.test(to));
}

function expectNamesKept({ columns }: Cleaned, names: readonly string[]): void {
  for (const [index, from] of names.entries()) {
    const to = columns[index];
    if (from.trim() === "") continue;
    const mapped = isMapped(from, to) || isMapped(from.trim(), to);
    expect([from, to, mapped]).toEqual([from, to, true]);
  }
}

function hasBlank({ names }: Sheet): boolean {
  return names.some((one) => one.trim() === "");
}

function csvOf({ names, rows }: Sheet): string {
  const cell = (value: unknown) =>
    value === null ? "" : `"${String(value).replaceAll('"', '""')}"`;
  return `${[names, ...rows].map((row) => row.map(cell).join(",")).join("\n")}\n`;
}

function jsonOf({ names, rows }: Sheet): string {
  const record = (row: readonly unknown[]) =>
    `{${names.map((key, index) => `${JSON.stringify(key)}:${JSON.stringify(row[index] ?? null)}`).join(",")}}`;
  return `[${rows.map(record).join(",\n")}]`;
}

test("no row of a JSON file is lost, whatever its columns are called and its values are", async () => {
  await fc.assert(
    fc.asyncProperty(sheet.filter(wellFormed), async (generated) => {
      fc.pre(!generated.names.some((one) => one.includes("\0")));
      // DuckDB refuses these two together: it calls the one without a name like the other.
      fc.pre(!(generated.names.includes("") && generated.names.some((one) => /^c\d+$/i.test(one))));
      const cleaned = await clean(jsonOf(generated), "json");
      expectNothingLost(cleaned, generated.rows.length);
      for (const [index, from] of generated.names.entries()) {
        if (from !== "")
          expect([from, isMapped(from, cleaned.columns[index])]).toEqual([from, true]);
      }
    }),
    { numRuns: runs },
  );
});

test("no row of a CSV file is lost, whatever its columns are called and its values are", async () => {
  await fc.assert(
    fc.asyncProperty(sheet.filter(wellFormed), async (generated) => {
      const content = csvOf(generated);
      fc.pre(!content.includes("\0"));
      // Without a row of another type, nothing tells the first line from the others.
      const rows = [...generated.rows, generated.names.map((_, index) => index + 0.5)];
      const cleaned = await clean(csvOf({ ...generated, rows }), "csv");
      // A first line that leaves a name out may be taken for a row: then it is kept as one.
      const isRow = hasBlank(generated) && cleaned.published.rows.source > rows.length;
      expectNothingLost(cleaned, rows.length + (isRow ? 1 : 0));
      if (!isRow) expectNamesKept(cleaned, generated.names);
    }),
    { numRuns: runs },
  );
});
