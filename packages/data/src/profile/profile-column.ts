import type { Engine, Row } from "../engine/engine.ts";
import { identifier, literal } from "../engine/sql.ts";
import { longestValue } from "./bound-columns.ts";
import type { Column } from "./count-records.ts";
import { dateFormats, resembles } from "./date-formats.ts";
import { findPlaceholders } from "./placeholders.ts";
import type { ColumnProfile } from "./profile-schema.ts";

/** Most frequent values kept of each column. */
const topValues = 12;
/** Values looked at for placeholders: the rarest tokens are not among the most frequent values. */
const tokenLimit = 200;

/** Share of a column's values that must be numbers for its distribution to be one of numbers. */
const numericShare = 0.8;
/** Quantiles kept: every twentieth part. */
const quantileCount = 21;

/** A column's values as they are written. */
export function textOf(name: string, storage: string): string {
  const column = identifier(name);
  return storage === "JSON" ? `(${column} ->> '$')` : `CAST(${column} AS VARCHAR)`;
}

/** A condition that holds where a value `v` is written as a number. */
const isNumber = "regexp_full_match(v, '-?(0|[1-9][0-9]{0,17})(\\.[0-9]+)?([eE][-+]?[0-9]+)?')";

/** All of a column's profile that takes its values one by one. */
export type ColumnCounts = Omit<ColumnProfile, "min" | "max">;

/**
 * Reads a column once, and then looks only at the values that differ.
 *
 * @param table holds the column's values as they are written
 */
export function countColumn(
  engine: Engine,
  table: string,
  { name, type }: Column,
  signal?: AbortSignal,
): Promise<ColumnCounts> {
  return engine.withTable(
    `SELECT v, count(*) AS n FROM (SELECT ${textOf(name, type)} AS v FROM ${table}) GROUP BY v`,
    (values) => countValues(engine, values, { table, name, storage: type }, signal),
    signal,
  );
}

/** @param values table of distinct values `v`, each with its number of rows `n` */
async function countValues(
  engine: Engine,
  values: string,
  { table, name, storage }: Pick<ColumnCounts, "name" | "storage"> & { readonly table: string },
  signal: AbortSignal | undefined,
): Promise<ColumnCounts> {
  const rowsWhere = (condition: string): string =>
    `coalesce(sum(n) FILTER (${condition}), 0)::DOUBLE`;
  const dates = dateFormats.map((format, index) => {
    const reads = `CASE WHEN ${resembles("v", format)} THEN try_strptime(v, ${literal(format)}) IS NOT NULL ELSE false END`;
    return `${rowsWhere(reads)} AS f${index}`;
  });
  const [counts = {}] = await engine.rows(
    `SELECT ${rowsWhere("v IS NULL")} AS nulls, ${rowsWhere("v IS NOT NULL")} AS present, count(v)::DOUBLE AS u,
       ${rowsWhere("regexp_full_match(v, '-?(0|[1-9][0-9]{0,17})')")} AS i,
       ${rowsWhere(isNumber)} AS d,
       ${rowsWhere("lower(v) IN ('true', 'false')")} AS b,
       ${rowsWhere(`regexp_matches(v, '[0-9]') AND NOT ${isNumber}`)} AS g,
       ${rowsWhere("regexp_matches(v, '[\\p{L}\\p{N}]')")} AS w,
       ${rowsWhere("v <> trim(v)")} AS p,
       ${dates.join(", ")}
     FROM ${values}`,
    signal,
  );
  const frequent = await engine.rows(
    `SELECT v, n::DOUBLE AS n FROM ${values} WHERE length(v) <= ${longestValue} ORDER BY n DESC, v LIMIT ${topValues}`,
    signal,
  );
  const tokens = await engine.rows(
    `SELECT v, n::DOUBLE AS n FROM ${values} WHERE length(trim(v)) <= 10 AND NOT regexp_full_match(v, '[0-9.]*') AND (NOT regexp_matches(v, '[\\p{L}\\p{N}]') OR length(trim(v)) <= 9) ORDER BY n DESC, v LIMIT ${tokenLimit}`,
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
  const quantiles =
    present > 0 && number("d") >= present * numericShare
      ? await quantilesOf(engine, table, textOf(name, storage), signal)
      : undefined;
  return {
    ...(quantiles === undefined ? {} : { quantiles }),
    name,
    storage,
    nulls: number("nulls"),
    distinct: number("u"),
    kinds: storage === "JSON" ? await jsonKinds(engine, table, name, signal) : {},
    integers: number("i"),
    decimals: number("d"),
    booleans: number("b"),
    figured: number("g"),
    dates: Object.fromEntries(found),
    padded: number("p"),
    placeholders: [
      ...findPlaceholders(tokens.map(counted), { present, worded: number("w"), typed }),
    ],
    top: frequent.map(counted),
  };
}

async function quantilesOf(
  engine: Engine,
  table: string,
  text: string,
  signal: AbortSignal | undefined,
): Promise<number[] | undefined> {
  const places = Array.from({ length: quantileCount }, (_, at) => at / (quantileCount - 1));
  const [row] = await engine.rows(
    `SELECT quantile_disc(TRY_CAST(${text} AS DOUBLE), [${places.join(", ")}]) AS q FROM ${table}`,
    signal,
  );
  const found = row?.["q"];
  const numbers = Array.isArray(found) ? found.map(Number) : [];
  return numbers.length > 0 && numbers.every(Number.isFinite) ? numbers : undefined;
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
