import { fileLiteral, identifier, parquet } from "../engine/sql.ts";
import type { Step } from "./step.ts";
import { stepSql, type TableColumn } from "./step-sql.ts";

/** A table of a pipeline as it lies on disk, in one or several Parquet files. */
export interface StoredTable {
  readonly files: readonly string[];
  /** What is read of it, in this order; a column that goes by another name in the files has `stored`. */
  readonly columns: readonly (TableColumn & { readonly stored?: string | null })[];
}

/** A table whose columns are known, but of which nothing is read. */
export function emptyTable(columns: readonly TableColumn[]): string {
  const values = columns.map(({ name, type }) => `CAST(NULL AS ${type}) AS ${identifier(name)}`);
  return `SELECT ${values.join(", ")} WHERE false`;
}

/** The SELECT that reads a table from its files, in its own names and types. */
export function storedTable({ files, columns }: StoredTable): string {
  const values = columns.map(({ name, type, stored = name }) => {
    const value = stored === null ? "NULL" : identifier(stored);
    return `CAST(${value} AS ${type}) AS ${identifier(name)}`;
  });
  return `SELECT ${values.join(", ")} FROM ${parquetFiles(files)}`;
}

/** The rows of several Parquet files with the same columns. */
export function parquetFiles(files: readonly string[]): string {
  const [only] = files;
  if (only !== undefined && files.length === 1) return parquet(only);
  return `read_parquet([${files.map(fileLiteral).join(", ")}], hive_partitioning = false)`;
}

/**
 * One query for several steps, each a table for the next.
 *
 * @param tables what the tables that are read stand for, by name
 * @param last the SELECT over these names that the whole gives
 */
export function withTables(tables: readonly (readonly [string, string])[], last: string): string {
  const named = tables.map(([name, sql]) => `${identifier(name)} AS (${sql}\n)`);
  return `WITH ${named.join(", ")} ${last}`;
}

/** A step's SELECT, its columns in the types that they were designed with. */
export function typedStep(
  step: Step,
  columnsOf: (table: string) => readonly TableColumn[],
  columns: readonly TableColumn[],
): string {
  return typed(stepSql(step, columnsOf), columns);
}

/** What a query gives, in these columns and types. */
export function typed(sql: string, columns: readonly TableColumn[]): string {
  const values = columns.map(
    ({ name, type }) => `CAST(${identifier(name)} AS ${type}) AS ${identifier(name)}`,
  );
  return `SELECT ${values.join(", ")} FROM (${sql}\n)`;
}
