import type { Engine } from "../engine/engine.ts";

/** A column as DuckDB sees it. */
export interface Column {
  readonly name: string;
  readonly type: string;
}

/** What is counted of rows. */
export interface RecordCounts {
  readonly rows: number;
  /** Rows that repeat an earlier one exactly. */
  readonly duplicates: number;
}

/** Counts the rows of a table, and those that repeat others. */
export async function countRecords(
  engine: Engine,
  table: string,
  signal?: AbortSignal,
): Promise<RecordCounts> {
  const [total] = await engine.rows(
    `SELECT count(*)::DOUBLE AS n, (count(*) - (SELECT count(*) FROM (SELECT DISTINCT * FROM ${table})))::DOUBLE AS d FROM ${table}`,
    signal,
  );
  return { rows: Number(total?.["n"] ?? 0), duplicates: Number(total?.["d"] ?? 0) };
}
