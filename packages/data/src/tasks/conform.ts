import { rm } from "node:fs/promises";
import type { Engine } from "../engine/engine.ts";
import { identifier, literal, parquet } from "../engine/sql.ts";
import { KeyConflictError, RowCountError } from "../errors.ts";
import { type StoredTable, storedTable } from "../pipeline/chain.ts";
import { dataTypeOf, storedAs } from "../pipeline/data-type.ts";
import { castOf } from "../schema/cast.ts";
import type { ColumnType } from "../schema/column-schema.ts";
import type { OutputColumn } from "../target/target.ts";
import { type Reason, recordOf, type Version } from "./outcome.ts";
import { writeParquet } from "./write.ts";

interface ConformInput {
  readonly table: StoredTable;
  readonly columns: readonly OutputColumn[];
  /** What becomes of rows that have the same key. */
  readonly onConflict: "quarantine" | "keep-first" | "fail";
  readonly output: string;
  readonly quarantine: string;
  readonly attempt: string;
}

/** Keys that are told of when rows share them. */
const exampleLimit = 5;

/**
 * Brings a table into the form of the target: every row that stays has a value of the right type in each
 * column, one where there must be one, and a key of its own. The others are set aside with the reason
 * and the whole record. Rows are numbered (`_row`) in the order of their key, or else of all columns,
 * so that the same rows give the same file.
 *
 * @throws KeyConflictError when rows share a key and `onConflict` is `fail`
 */
export async function conformTable(
  engine: Engine,
  { table, columns, onConflict, output, quarantine, attempt }: ConformInput,
  signal?: AbortSignal,
): Promise<Version> {
  const keys = columns.flatMap(({ key }, index) => (key ? [`c${index}`] : []));
  const judged = `${output}.${attempt}.judged`;
  try {
    const total = await writeParquet(engine, judgedRows(table, columns), judged, attempt, signal);
    const rows = withTwins(judged, keys, onConflict);
    if (onConflict === "fail" && keys.length > 0)
      await refuseTwins(engine, rows, columns, keys, signal);
    const kept = columns.map(({ name }, index) => `c${index} AS ${identifier(name)}`);
    const count = await writeParquet(
      engine,
      `SELECT _row, ${kept.join(", ")} FROM (${rows}) WHERE why IS NULL ORDER BY _row`,
      output,
      attempt,
      signal,
    );
    const quarantined = total - count;
    if (quarantined === 0) {
      return { output, rows: count, quarantined, duplicates: 0, reasons: [] };
    }
    const record = `CAST(record AS VARCHAR)`;
    const found = await writeParquet(
      engine,
      `SELECT _row, why AS reason, blamed AS "column", was AS "value", ${record} AS record FROM (${rows}) WHERE why IS NOT NULL ORDER BY _row`,
      quarantine,
      attempt,
      signal,
    );
    if (found !== quarantined) throw new RowCountError("conform", quarantined, found);
    const reasons = await reasonsIn(engine, quarantine, signal);
    return { output, quarantine, rows: count, quarantined, duplicates: 0, reasons };
  } finally {
    await rm(judged, { force: true });
  }
}

/** Reasons in a file of rows that were set aside, the most frequent first. */
async function reasonsIn(
  engine: Engine,
  quarantine: string,
  signal: AbortSignal | undefined,
): Promise<Reason[]> {
  const counted = await engine.rows(
    `SELECT reason, "column" AS c, count(*)::DOUBLE AS n FROM ${parquet(quarantine)} GROUP BY ALL ORDER BY n DESC, reason, c`,
    signal,
  );
  return counted.map((row) => ({
    reason: String(row["reason"]),
    ...(row["c"] === null ? {} : { column: String(row["c"]) }),
    rows: Number(row["n"]),
    action: "quarantined" as const,
  }));
}

/** Each row with its values in the right types (`c0`, `c1`, …), and why it cannot stay. */
function judgedRows(table: StoredTable, columns: readonly OutputColumn[]): string {
  const readings = columns.map(readingOf);
  const names = columns.flatMap(({ name, given }) => (given === undefined ? [] : [name]));
  const order = [
    ...columns.flatMap(({ name, key, given }) => (key && given !== undefined ? [name] : [])),
    ...table.columns.map(({ name }) => name),
  ].map(identifier);
  const numbered = `SELECT row_number() OVER (ORDER BY ${order.join(", ")}) AS _row, * FROM (${storedTable(table)})`;
  const values = readings.map(({ value }, index) => `${value} AS c${index}`);
  const faults = readings.flatMap(({ faults: own }) => own);
  const pick = (what: (fault: Fault) => string) =>
    faults.length === 0
      ? "CAST(NULL AS VARCHAR)"
      : `CASE ${faults.map((fault) => `WHEN coalesce(${fault.when}, false) THEN ${what(fault)}`).join(" ")} END`;
  const record = names.length === 0 ? "'{}'" : recordOf(names);
  return `SELECT _row, ${values.join(", ")}, ${pick(({ why }) => literal(why))} AS why, ${pick(({ column }) => literal(column))} AS blamed, ${pick(({ text }) => text)} AS was, ${record} AS record FROM (${numbered}) ORDER BY _row`;
}

interface Fault {
  readonly when: string;
  readonly why: string;
  readonly column: string;
  readonly text: string;
}

function readingOf(column: OutputColumn): {
  readonly value: string;
  readonly faults: readonly Fault[];
} {
  const { name, type, nullable, given } = column;
  const stored = storedAs(type);
  if (given === undefined) {
    const value = column.default == null ? "NULL" : `${literal(String(column.default))}`;
    return { value: `CAST(${value} AS ${stored})`, faults: [] };
  }
  const own = identifier(name);
  const text = `CAST(${own} AS VARCHAR)`;
  const value = `CAST(${convert(own, dataTypeOf(given), type)} AS ${stored})`;
  const faults: Fault[] = [
    {
      when: `${own} IS NOT NULL AND ${value} IS NULL`,
      why: `not ${article(type)} ${type}`,
      column: name,
      text,
    },
  ];
  if (!nullable) {
    faults.push({ when: `${own} IS NULL`, why: "there must be a value", column: name, text });
  }
  return { value, faults };
}

/** An expression that is null where a value has no form in the type. */
function convert(value: string, from: string, to: string): string {
  const stored = storedAs(to as OutputColumn["type"]);
  if (from === to) return value;
  if (to === "json") return `to_json(${value})`;
  if (from === "json" && to === "text") return `CAST(${value} AS VARCHAR)`;
  if (from === "text" && !to.startsWith("decimal(")) {
    return castOf({ ...plainColumn, type: to as ColumnType }, `trim(${value})`);
  }
  if (to === "integer" && from !== "boolean") {
    const cast = `TRY_CAST(${value} AS BIGINT)`;
    // A fraction is no integer, and is not rounded to one.
    return `CASE WHEN CAST(${cast} AS DOUBLE) = CAST(${value} AS DOUBLE) THEN ${cast} END`;
  }
  if (from === "timestamp" && to === "date") {
    const cast = `TRY_CAST(${value} AS DATE)`;
    return `CASE WHEN CAST(${cast} AS TIMESTAMP) = ${value} THEN ${cast} END`;
  }
  return `TRY_CAST(${value} AS ${stored})`;
}

const plainColumn = { name: "", nullable: true, placeholders: [], confidence: 1, evidence: "" };

const sharedKey = "several rows have the same key";

/** The judged rows, of which those that share a key have a reason too. */
function withTwins(
  judged: string,
  keys: readonly string[],
  onConflict: ConformInput["onConflict"],
): string {
  const table = parquet(judged);
  if (keys.length === 0) return `SELECT * FROM ${table}`;
  const over = `OVER (PARTITION BY why IS NULL, ${keys.join(", ")}`;
  const twin =
    onConflict === "keep-first" ? `row_number() ${over} ORDER BY _row)` : `count(*) ${over})`;
  const why = onConflict === "keep-first" ? "an earlier row has the same key" : sharedKey;
  const text = `concat_ws(', ', ${keys.map((key) => `CAST(${key} AS VARCHAR)`).join(", ")})`;
  return `SELECT * REPLACE (CASE WHEN why IS NULL AND twin > 1 THEN ${literal(why)} ELSE why END AS why, CASE WHEN why IS NULL AND twin > 1 THEN 'key' ELSE blamed END AS blamed, CASE WHEN why IS NULL AND twin > 1 THEN ${text} ELSE was END AS was) FROM (SELECT *, ${twin} AS twin FROM ${table})`;
}

async function refuseTwins(
  engine: Engine,
  rows: string,
  columns: readonly OutputColumn[],
  keys: readonly string[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const twins = await engine.rows(
    `SELECT was, count(*)::DOUBLE AS n, (sum(count(*)) OVER ())::DOUBLE AS total FROM (${rows}) WHERE why = ${literal(sharedKey)} GROUP BY ${keys.join(", ")}, was ORDER BY was LIMIT ${exampleLimit}`,
    signal,
  );
  const [first] = twins;
  if (first === undefined) return;
  const names = columns.flatMap(({ key, name }) => (key ? [name] : []));
  const examples = twins.map((row) => ({ key: String(row["was"]), rows: Number(row["n"]) }));
  throw new KeyConflictError(names, Number(first["total"]), examples);
}

function article(type: string): string {
  return /^[aeio]/.test(type) ? "an" : "a";
}
