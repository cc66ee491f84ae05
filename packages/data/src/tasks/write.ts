import { rename, rm } from "node:fs/promises";
import type { Engine } from "../engine/engine.ts";
import { parquet } from "../engine/sql.ts";

/**
 * Writes a query's rows to a Parquet file that appears whole or not at all. Several may write the
 * same file at once: each under a name of its own, and the last rename stays. Rows that the query only filters and changes
 * stay in the order in which it reads them, without being sorted: DuckDB sees to that, and versions are kept in order.
 *
 * @param attempt distinguishes writers of the same file
 */
export async function writeParquet(
  engine: Engine,
  query: string,
  path: string,
  attempt: string,
  signal?: AbortSignal,
): Promise<number> {
  const temporary = `${path}.${attempt}.tmp`;
  try {
    await engine.writeParquet(query, temporary, signal);
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
  return countRows(engine, path, signal);
}

export async function countRows(
  engine: Engine,
  path: string,
  signal?: AbortSignal,
): Promise<number> {
  const [row] = await engine.rows(`SELECT count(*)::DOUBLE AS n FROM ${parquet(path)}`, signal);
  return Number(row?.["n"] ?? 0);
}
