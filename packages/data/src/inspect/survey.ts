import type { Engine, Row } from "../engine/engine.ts";
import { identifier, literal } from "../engine/sql.ts";
import { hasTime } from "../profile/date-formats.ts";
import { countColumn, textOf } from "../profile/profile-column.ts";
import type { ColumnProfile, Profile } from "../profile/profile-schema.ts";
import { numberedScan } from "../source/scan.ts";
import type { Source } from "../source/source.ts";
import { inspectionRules } from "./inspection-rules.ts";
import { nestedFields } from "./nested-fields.ts";
import { type Amount, amountOf, amountPatterns, hasDecimalComma } from "./numbers/amounts.ts";
import { rowsAtMost } from "./suspicion.ts";
import { isNothing } from "./text/nothing.ts";

/** Numbers as they are written in files. */
export const numberPattern = "[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?";
/** Numbers with a sign around them that says about how much or of what, in SQL's regular expressions (RE2). */
const qualified = `[~<>≈±$€£(*]\\s?${numberPattern}[)]?|${numberPattern}\\s?[?*%)]`;
/** What is written of a day: three parts, of which one has four digits or two have letters. */
export const dateLike =
  "[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}.*|[0-9]{1,2}[-/. ]([0-9]{1,2}|[A-Za-z]{3,9})[-/., ]+([0-9]{4}|[0-9]{2}).*|[A-Za-z]{3,9}[. ][0-9]{1,2},? [0-9]{2,4}.*";
/** Values between marks, as programs write lists into one cell. */
const listed = "(,[^,]+)+,|(;[^;]+)+;|([|][^|]+)+[|]";
/** Share of a column from which on it is one of lists. */
const listShare = 0.9;
/** Digits after a leading zero make a code, not a number, from this share of a column on. */
const codeShare = 0.005;
/**
 * Most values that are looked at, whatever the number of columns: 375,000 rows of four columns. Of larger
 * tables blocks of rows are, in even distances, so that neighbours stay together.
 */
const valueLimit = 1_500_000;
/** Rows of a block. */
const blockRows = 5000;
/** Most columns that are inspected; the rest is only profiled. */
const columnLimit = 100;

/** A column as the inspection sees it. */
export interface SurveyColumn {
  readonly index: number;
  readonly name: string;
  /** What nearly all values read as. `code` is text without spaces that is nearly never repeated or has digits. */
  readonly kind: "number" | "date" | "words";
  /** Of dates: as for strptime. */
  readonly format: string | undefined;
  readonly timed: boolean;
  /** Column of the survey's table with the texts; nothing where they are empty. */
  readonly text: string;
  /** With the numbers, or days since 1970-01-01 of dates; nothing where a text does not read so. */
  readonly number: string;
  readonly present: number;
  readonly distinct: number;
  /** Values of several words. */
  readonly spaced: number;
  /** Values are lists as text, between marks: `,nc,us,`. They are neither categories nor names of groups. */
  readonly lists: boolean;
  /** Values that are positive or zero as numbers. */
  readonly positive: number;
  readonly lowest: number;
  readonly highest: number;
}

/** A column of JSON whose values have several types. */
export interface TypedColumn {
  readonly name: string;
  /** Its value as the file has it, in SQL. */
  readonly value: string;
  /** Column of the survey's table with the texts. */
  readonly text: string;
  /** Values by type of JSON, as DuckDB calls it. */
  readonly kinds: Readonly<Record<string, number>>;
}

/** A table prepared for inspection. */
export interface Survey {
  readonly engine: Engine;
  readonly source: Source;
  /** Holds `_row` from 1, and for each column `c0`, `c1`, … and `n0`, `n1`, …. */
  readonly table: string;
  /** Rows that are looked at. */
  readonly rows: number;
  readonly columns: readonly SurveyColumn[];
  readonly typed: readonly TypedColumn[];
  readonly signal: AbortSignal | undefined;
}

/** A column to be surveyed, or a field within one. */
interface Place {
  readonly column: ColumnProfile;
  /** Its value as the file has it, in SQL. */
  readonly value: string;
}

/** Reads the file once into a table of texts and numbers, for `work` to inspect. Fields of objects are columns of their own. */
export async function withSurvey<R>(
  engine: Engine,
  profile: Profile,
  work: (survey: Survey) => Promise<R>,
  limit: number = valueLimit,
  signal?: AbortSignal,
): Promise<R> {
  const table = numberedScan(profile.source);
  const flat = profile.columns
    .filter(isFlat)
    .map((column): Place => ({ column, value: identifier(column.name) }));
  const known = new Set(profile.columns.map(({ name }) => name.toLowerCase()));
  const fields = profile.columns
    .filter(({ storage }) => storage.startsWith("STRUCT("))
    .flatMap(({ name, storage }) => nestedFields(name, storage))
    .filter(({ name }) => !known.has(name.toLowerCase()))
    .slice(0, Math.max(0, columnLimit - flat.length));
  if (fields.length === 0)
    return surveyed(
      engine,
      profile,
      { table, places: flat.slice(0, columnLimit) },
      work,
      limit,
      signal,
    );
  const values = fields.map(({ name, value }) => `${value} AS ${identifier(name)}`);
  const own = flat.map(({ value }) => value);
  return engine.withTable(
    `SELECT _row, ${[...own, ...values].join(", ")} FROM ${table}`,
    async (flattened) => {
      const counted: Place[] = [];
      for (const { name, type, value } of fields) {
        const counts = await countColumn(engine, flattened, { name, type }, signal);
        counted.push({ column: { ...counts, min: null, max: null }, value });
      }
      const places = [...flat, ...counted];
      return surveyed(engine, profile, { table: flattened, places }, work, limit, signal);
    },
    signal,
  );
}

function surveyed<R>(
  engine: Engine,
  profile: Profile,
  { table: from, places }: { readonly table: string; readonly places: readonly Place[] },
  work: (survey: Survey) => Promise<R>,
  limit: number,
  signal: AbortSignal | undefined,
): Promise<R> {
  const columns = places.map(({ column }) => column);
  // What DuckDB takes the values of delimited files for does not change how they are written.
  const delimited = profile.source.format === "csv" || profile.source.format === "tsv";
  const texts = columns.map(
    ({ name, storage }, index) =>
      `nullif(${plainText(name, delimited ? "VARCHAR" : storage)}, '') AS c${index}`,
  );
  return engine.withTable(
    `SELECT _row${["", ...texts].join(", ")} FROM ${from} WHERE ${inspected(profile.rows, columns.length, limit)}`,
    async (raw) => {
      const readings = await readingsOf(engine, raw, columns, signal);
      const numbers = columns.map((column, index) => {
        const kind = kindOf(column, readings, index);
        return `${numberOf(kind, `c${index}`)} AS n${index}`;
      });
      return engine.withTable(
        `SELECT *${["", ...numbers].join(", ")} FROM ${raw}`,
        async (table) => {
          const [signs = {}] =
            columns.length === 0
              ? []
              : await engine.rows(
                  `SELECT ${columns.map((_, index) => `count(*) FILTER (n${index} >= 0)::DOUBLE AS p${index}, min(n${index})::DOUBLE AS l${index}, max(n${index})::DOUBLE AS h${index}`).join(", ")} FROM ${table}`,
                  signal,
                );
          const looked = columns.map((column, index): SurveyColumn => {
            const kind = kindOf(column, readings, index);
            return {
              index,
              name: column.name,
              kind: kind.kind,
              format: kind.format,
              timed: kind.format !== undefined && hasTime(kind.format),
              text: `c${index}`,
              number: `n${index}`,
              present: Number(readings[`p${index}`]),
              distinct: Number(readings[`d${index}`]),
              spaced: Number(readings[`s${index}`]),
              lists: Number(readings[`i${index}`]) >= Number(readings[`p${index}`]) * listShare,
              positive: Number(signs[`p${index}`] ?? 0),
              lowest: Number(signs[`l${index}`] ?? 0),
              highest: Number(signs[`h${index}`] ?? 0),
            };
          });
          return work({
            engine,
            source: profile.source,
            table,
            rows: Number(readings["rows"] ?? profile.rows),
            columns: looked,
            typed: places.flatMap(({ column: { name, storage, kinds }, value }, index) =>
              storage === "JSON" ? [{ name, value, text: `c${index}`, kinds }] : [],
            ),
            signal,
          });
        },
        signal,
      );
    },
    signal,
  );
}

/** A condition for the rows that are looked at: all, or blocks of them in even distances. */
function inspected(rows: number, columns: number, limit: number): string {
  const step = Math.ceil((rows * Math.max(1, columns)) / limit);
  return step <= 1 ? "true" : `((_row - 1) // ${blockRows}) % ${step} = 0`;
}

/** Lists and maps are not inspected, and of objects their fields; a few among others are, as they are written. */
function isFlat({ storage, kinds }: ColumnProfile): boolean {
  if (/[[(]|^MAP/.test(storage)) return false;
  const nested = (kinds["OBJECT"] ?? 0) + (kinds["ARRAY"] ?? 0);
  const present = Object.values(kinds).reduce((sum, count) => sum + count, 0);
  return nested <= present * inspectionRules["value-type"].thresholds.most;
}

/** Doubles are shown as in the file: DuckDB writes 5 as 5.0. */
function plainText(name: string, storage: string): string {
  const text = textOf(name, storage);
  return /^(DOUBLE|FLOAT)$/.test(storage)
    ? `regexp_replace(${text}, '[.]0$', '')`
    : storage === "DATE" || storage.startsWith("TIMESTAMP")
      ? `CAST(${identifier(name)} AS VARCHAR)`
      : text;
}

async function readingsOf(
  engine: Engine,
  raw: string,
  columns: readonly ColumnProfile[],
  signal: AbortSignal | undefined,
): Promise<Row> {
  const counts = columns.map((_, index) => {
    const text = `c${index}`;
    return [
      `count(${text})::DOUBLE AS p${index}`,
      `count(DISTINCT ${text})::DOUBLE AS d${index}`,
      `count(*) FILTER (regexp_full_match(trim(${text}), ${literal(numberPattern)}))::DOUBLE AS n${index}`,
      `count(*) FILTER (regexp_full_match(${text}, '0[0-9]+'))::DOUBLE AS z${index}`,
      `count(*) FILTER (contains(trim(${text}), ' '))::DOUBLE AS s${index}`,
      `count(*) FILTER (regexp_full_match(${text}, ${literal(listed)}))::DOUBLE AS i${index}`,
      `count(*) FILTER (regexp_full_match(trim(${text}), ${literal(amountPatterns.marked)}))::DOUBLE AS m${index}`,
      `count(*) FILTER (regexp_full_match(trim(${text}), ${literal(amountPatterns.separated)}))::DOUBLE AS g${index}`,
      `count(*) FILTER (${hasDecimalComma(text)})::DOUBLE AS k${index}`,
      `count(*) FILTER (regexp_matches(trim(${text}), '^[-+]?[0-9]{4}'))::DOUBLE AS l${index}`,
      `count(*) FILTER (${isNothing(text, "any")})::DOUBLE AS v${index}`,
      `count(*) FILTER (${isNearlyNumber(text)})::DOUBLE AS q${index}`,
      `count(*) FILTER (regexp_full_match(trim(${text}), ${literal(amountPatterns.separated)}) AND contains(${text}, ',') AND ${hasDecimalComma(text)})::DOUBLE AS e${index}`,
      `count(*) FILTER (regexp_full_match(trim(${text}), ${literal(dateLike)}))::DOUBLE AS t${index}`,
    ].join(", ");
  });
  if (counts.length === 0) return {};
  const [row = {}] = await engine.rows(
    `SELECT count(*)::DOUBLE AS rows, ${counts.join(", ")} FROM ${raw}`,
    signal,
  );
  return row;
}

/** Not a plain number, but one in another way of writing. */
function isNearlyNumber(text: string): string {
  const ways = [amountPatterns.marked, amountPatterns.separated, qualified];
  return `NOT regexp_full_match(trim(${text}), ${literal(numberPattern)}) AND regexp_full_match(trim(${text}), ${literal(ways.map((way) => `(?:${way})`).join("|"))})`;
}

interface Kind {
  readonly kind: SurveyColumn["kind"];
  readonly format: string | undefined;
  /** Of numbers that are written with marks. */
  readonly amount?: Amount;
}

function kindOf(column: ColumnProfile, readings: Row, index: number): Kind {
  const of = (key: string): number => Number(readings[`${key}${index}`] ?? 0);
  const { most, nearly } = inspectionRules.unreadable.thresholds;
  const enough = Math.max(1, of("p") - rowsAtMost(of("p"), most));
  // What is nearly a number, or stands for nothing, among numbers does not make them words.
  const isMostly = (read: number, alike: number): boolean =>
    read >= enough || (read >= of("p") * (1 - nearly) && alike + of("v") >= enough);
  // A decimal comma says nothing about thousands, where most others have a point.
  const grouped = of("g") - of("n") - (of("e") < of("g") * 0.5 ? of("e") : 0);
  // Where thousands are separated, what is written without a mark is smaller.
  const separates =
    grouped > rowsAtMost(of("p"), inspectionRules["number-form"].thresholds.most) &&
    of("l") * 10 <= grouped;
  if (
    !separates &&
    isMostly(of("n"), of("n") + of("q")) &&
    of("z") <= Math.max(1, of("p") * codeShare)
  )
    return { kind: "number", format: undefined };
  const [best] = Object.entries(column.dates).sort((a, b) => b[1] - a[1]);
  if (best !== undefined && isMostly(best[1], of("t"))) return { kind: "date", format: best[0] };
  if (column.storage === "DATE") return { kind: "date", format: "%Y-%m-%d" };
  if (column.storage.startsWith("TIMESTAMP")) return { kind: "date", format: "%Y-%m-%d %H:%M:%S" };
  const amount = (["m", "g"] as const).find((key) => of(key) >= enough);
  if (amount !== undefined && of("z") <= Math.max(1, of("p") * codeShare)) {
    const as = amount === "m" ? "marked" : "separated";
    return {
      kind: "number",
      format: undefined,
      amount: { as, comma: of("k") >= of(amount) * 0.5 },
    };
  }
  return { kind: "words", format: undefined };
}

function numberOf({ kind, format, amount }: Kind, text: string): string {
  if (amount !== undefined) return amountOf(amount, text);
  switch (kind) {
    case "number":
      return `CASE WHEN regexp_full_match(trim(${text}), ${literal(numberPattern)}) THEN TRY_CAST(trim(${text}) AS DOUBLE) END`;
    case "date":
      return `epoch(try_strptime(${text}, ${literal(format ?? "")})) / 86400`;
    case "words":
      return "CAST(NULL AS DOUBLE)";
  }
}
