import type { Engine, Row } from "../engine/engine.ts";
import { identifier, literal } from "../engine/sql.ts";
import { SourceEmptyError, SourceFormatError } from "../errors.ts";
import { type Source, scan } from "../source/source.ts";
import { findPlaceholders } from "./placeholders.ts";
import type { ColumnProfile, Profile } from "./profile-schema.ts";

/** Most columns of a table. */
const columnLimit = 500;
/** Most frequent values kept of each column. */
const topValues = 12;
/** Values looked at for placeholders: the rarest tokens are not among the most frequent values. */
const tokenLimit = 200;

/** Ways of writing dates and times that are tried, most usual first. */
export const dateFormats: readonly string[] = [
  "%Y-%m-%d",
  "%Y/%m/%d",
  "%d.%m.%Y",
  "%m/%d/%Y",
  "%d/%m/%Y",
  "%m/%d/%y",
  "%d-%b-%Y",
  "%d-%b-%y",
  "%d %b %Y",
  "%b %d %Y",
  "%b %d, %Y",
  "%B %d, %Y",
  "%d %B %Y",
  "%Y-%m-%d %H:%M:%S",
  "%Y-%m-%dT%H:%M:%S",
  "%Y-%m-%dT%H:%M:%SZ",
  "%Y/%m/%d %H:%M",
  "%m/%d/%Y %H:%M",
  "%m/%d/%y %H:%M",
];

/** Whether a format holds a time of day. */
export function hasTime(format: string): boolean {
  return format.includes("%H");
}

/**
 * Reads the whole file once per column and counts what is in it.
 *
 * @throws SourceFormatError when DuckDB can't read it as a table; SourceEmptyError without rows
 */
export async function profileSource(
  engine: Engine,
  source: Source,
  signal?: AbortSignal,
): Promise<Profile> {
  const described = await describeTable(engine, source, signal);
  if (described.length > columnLimit) {
    throw new SourceFormatError(
      source.path,
      `it has ${described.length} columns, more than ${columnLimit}`,
    );
  }
  const count = async (written: string, typed: string): Promise<Profile> => {
    const names = described.map(({ name }) => identifier(name)).join(", ");
    const [total] = await engine.rows(
      `SELECT count(*)::DOUBLE AS n, (count(*) - (SELECT count(*) FROM (SELECT DISTINCT ${names} FROM ${written})))::DOUBLE AS d FROM ${written}`,
      signal,
    );
    const rows = Number(total?.["n"] ?? 0);
    if (rows === 0) throw new SourceEmptyError(source.path);
    const columns: ColumnProfile[] = [];
    for (const { name, type } of described) {
      columns.push(await profileColumn(engine, { written, typed, name, storage: type }, signal));
    }
    return { source, rows, duplicates: Number(total?.["d"] ?? 0), columns };
  };
  // Parquet is quick to read again and again, and often too large to keep; the others are slow to parse.
  const written = scan(source, true);
  const typed = scan(source, false);
  if (source.format === "parquet") return count(written, typed);
  return engine.withTable(
    `SELECT * FROM ${written}`,
    (table) =>
      written === typed
        ? count(table, table)
        : engine.withTable(`SELECT * FROM ${typed}`, (other) => count(table, other), signal),
    signal,
  );
}

async function describeTable(
  engine: Engine,
  source: Source,
  signal: AbortSignal | undefined,
): Promise<readonly { readonly name: string; readonly type: string }[]> {
  try {
    const described = await engine.rows(`DESCRIBE SELECT * FROM ${scan(source, false)}`, signal);
    return described.map((row) => ({
      name: String(row["column_name"]),
      type: String(row["column_type"]),
    }));
  } catch (error) {
    if (error instanceof Error && error.name === "InterruptedError") throw error;
    const why = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    throw new SourceFormatError(source.path, why);
  }
}

/** A column's values as they are written. */
export function textOf(name: string, storage: string): string {
  const column = identifier(name);
  return storage === "JSON" ? `(${column} ->> '$')` : `CAST(${column} AS VARCHAR)`;
}

/** Where a column's values are: as they are written, and as DuckDB types them. */
interface ColumnPlace {
  readonly written: string;
  readonly typed: string;
  readonly name: string;
  readonly storage: string;
}

async function profileColumn(
  engine: Engine,
  { written, typed: typedTable, name, storage }: ColumnPlace,
  signal: AbortSignal | undefined,
): Promise<ColumnProfile> {
  const values = `(SELECT ${textOf(name, storage)} AS v FROM ${written})`;
  const dates = dateFormats.map(
    (format, index) => `count(try_strptime(v, ${literal(format)}))::DOUBLE AS f${index}`,
  );
  const [counts = {}] = await engine.rows(
    `SELECT count(*)::DOUBLE AS n, count(v)::DOUBLE AS present, approx_count_distinct(v)::DOUBLE AS u,
       count(*) FILTER (regexp_full_match(v, '-?(0|[1-9][0-9]{0,17})'))::DOUBLE AS i,
       count(*) FILTER (regexp_full_match(v, '-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?'))::DOUBLE AS d,
       count(*) FILTER (lower(v) IN ('true', 'false'))::DOUBLE AS b,
       count(*) FILTER (regexp_matches(v, '[\\p{L}\\p{N}]'))::DOUBLE AS w,
       count(*) FILTER (v <> trim(v))::DOUBLE AS p,
       ${dates.join(", ")}
     FROM ${values}`,
    signal,
  );
  const [extremes = {}] = await engine.rows(
    `SELECT CAST(min(${identifier(name)}) AS VARCHAR) AS low, CAST(max(${identifier(name)}) AS VARCHAR) AS high FROM ${typedTable}`,
    signal,
  );
  const frequent = await engine.rows(
    `SELECT v, count(*)::DOUBLE AS n FROM ${values} WHERE v IS NOT NULL GROUP BY v ORDER BY n DESC, v LIMIT ${topValues}`,
    signal,
  );
  const tokens = await engine.rows(
    `SELECT v, count(*)::DOUBLE AS n FROM ${values} WHERE length(trim(v)) <= 10 AND NOT regexp_full_match(v, '[0-9.]*') AND (NOT regexp_matches(v, '[\\p{L}\\p{N}]') OR length(trim(v)) <= 9) GROUP BY v ORDER BY n DESC, v LIMIT ${tokenLimit}`,
    signal,
  );
  const number = (key: string): number => Number(counts[key] ?? 0);
  const present = number("present");
  const found = dateFormats.flatMap((format, index): [string, number][] => {
    const count = number(`f${index}`);
    return count === 0 ? [] : [[format, count]];
  });
  const typed = Math.max(number("d"), ...found.map(([, count]) => count));
  const counted = (row: Row) => ({ value: String(row["v"]), rows: Number(row["n"]) });
  return {
    name,
    storage,
    nulls: number("n") - present,
    distinct: number("u"),
    kinds: storage === "JSON" ? await jsonKinds(engine, typedTable, name, signal) : {},
    integers: number("i"),
    decimals: number("d"),
    booleans: number("b"),
    dates: Object.fromEntries(found),
    padded: number("p"),
    placeholders: [
      ...findPlaceholders(tokens.map(counted), { present, worded: number("w"), typed }),
    ],
    min: textOrNull(extremes["low"]),
    max: textOrNull(extremes["high"]),
    top: frequent.map(counted),
  };
}

async function jsonKinds(
  engine: Engine,
  table: string,
  name: string,
  signal: AbortSignal | undefined,
): Promise<Record<string, number>> {
  const kinds = await engine.rows(
    `SELECT coalesce(json_type(${identifier(name)}), 'NULL') AS k, count(*)::DOUBLE AS n FROM ${table} GROUP BY 1`,
    signal,
  );
  return Object.fromEntries(kinds.map((row) => [String(row["k"]), Number(row["n"])]));
}

function textOrNull(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value);
}
