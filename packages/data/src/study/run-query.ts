import { rename } from "node:fs/promises";
import { join } from "node:path";
import type { Engine } from "../engine/engine.ts";
import { identifier, parquet } from "../engine/sql.ts";
import { QueryResultTooLargeError } from "../errors.ts";
import { checkQuery } from "./allowed-query.ts";
import { inSandbox } from "./sandbox.ts";
import type { ColumnKind, Table } from "./table.ts";

/** A query over a few files, and what it may use. */
export interface QueryInput {
  /** One SELECT. It calls its files by the names in `sources`. */
  readonly sql: string;
  /** Parquet files by name. Nothing else can be reached. */
  readonly sources: Readonly<Record<string, string>>;
  /** A directory of the query's own, for what does not fit into memory. It is made, and removed at the end. */
  readonly scratch: string;
  /** Rows kept; with more the result says that it is cut. Default 10 000. */
  readonly rowLimit?: number;
  /**
   * A Parquet file to put the result in, which appears whole; what is returned then are its first rows.
   * More rows than `rowLimit` are an error then. Default: none is written.
   */
  readonly output?: string;
  /** Memory, beyond which the query spills to `scratch`. Default 256. */
  readonly memoryLimitMb?: number;
  /** Disk for what it spills. Default 2048. */
  readonly spillLimitMb?: number;
  /** Default 1. */
  readonly threads?: number;
}

/** Largest result, bytes of text. */
const resultLimit = 8 * 1024 * 1024;
/** Rows that are returned of a result that is written to a file. */
const shownRows = 20;
/** Most columns of a result. */
const columnLimit = 50;

/**
 * Runs one SELECT that somebody wrote, a person or a model, in an engine of its own: it sees the given
 * files as tables and nothing else, no other files, no network, no settings, no extensions.
 *
 * The same query over the same files gives the same table, as far as the query says so itself: without
 * ORDER BY the order of rows is the engine's.
 *
 * @throws StatementForbiddenError before any of it runs, when it is not one SELECT over the sources;
 *   QueryFailedError with what the engine says; QueryResultTooLargeError; InterruptedError when
 *   `signal` is aborted
 */
export async function runQuery(input: QueryInput, signal?: AbortSignal): Promise<Table> {
  const { sources, ...limits } = input;
  const sql = input.sql.replace(/[;\s]+$/, "");
  return inSandbox(
    { ...limits, files: Object.values(sources), sql },
    async (engine) => {
      await checkQuery(engine, sql, Object.keys(sources), signal);
      return readRows(engine, { ...input, sql }, signal);
    },
    signal,
  );
}

async function readRows(
  engine: Engine,
  { sql, sources, scratch, output, rowLimit = 10_000 }: QueryInput,
  signal: AbortSignal | undefined,
): Promise<Table> {
  const names = Object.entries(sources).map(
    ([name, path]) => `${identifier(name)} AS (FROM ${parquet(path)})`,
  );
  const tables = names.length === 0 ? "" : `WITH ${names.join(", ")} `;
  const file = join(scratch, "rows.parquet");
  // Through a file, so that a result beyond any measure is noticed before it is in this process.
  await engine.writeParquet(
    `${tables}SELECT * FROM (${sql}\n) LIMIT ${rowLimit + 1}`,
    file,
    signal,
  );
  const rows = parquet(file);
  const [count] = await engine.rows(`SELECT count(*)::DOUBLE AS n FROM ${rows}`, signal);
  const truncated = Number(count?.["n"] ?? 0) > rowLimit;
  if (output !== undefined && truncated) {
    throw new QueryResultTooLargeError(sql, `more than ${rowLimit} rows`, `${rowLimit}`);
  }
  const described = await engine.rows(`DESCRIBE FROM ${rows}`, signal);
  if (described.length > columnLimit) {
    throw new QueryResultTooLargeError(sql, `${described.length} columns`, `${columnLimit}`);
  }
  const columns = described.map((row) => {
    const type = String(row["column_type"]);
    return { name: String(row["column_name"]), type, kind: kindOf(type) };
  });
  const values = columns.map(
    ({ name, type }, index) => `${plain(identifier(name), type)} AS c${index}`,
  );
  const query = `SELECT ${values.join(", ")} FROM (FROM ${rows} LIMIT ${output === undefined ? rowLimit : shownRows})`;
  const sizes = columns.map((_, index) => `coalesce(strlen(CAST(c${index} AS VARCHAR)), 0)`);
  const [size] = await engine.rows(
    `SELECT coalesce(sum(${sizes.join(" + ")}), 0)::DOUBLE AS bytes FROM (${query})`,
    signal,
  );
  const bytes = Number(size?.["bytes"] ?? 0);
  if (bytes > resultLimit) {
    throw new QueryResultTooLargeError(sql, `${bytes} bytes`, `${resultLimit}`);
  }
  const found = await engine.rows(query, signal);
  if (output !== undefined) await rename(file, output);
  return {
    columns,
    rows: found.map((row) =>
      columns.map(({ kind }, index) => {
        const value = row[`c${index}`];
        if (value === null || value === undefined) return null;
        return kind === "number" ? Number(value) : String(value);
      }),
    ),
    truncated,
  };
}

function kindOf(type: string): ColumnKind {
  if (/^(U?((TINY|SMALL|BIG|HUGE)INT|INTEGER)|FLOAT|DOUBLE|DECIMAL\(\d+,\d+\))$/.test(type))
    return "number";
  if (/^(DATE|TIMESTAMP(_S|_MS|_NS| WITH TIME ZONE)?)$/.test(type)) return "time";
  return "text";
}

/** A value as plain data: what no number can say, and what no calendar has, becomes nothing. */
function plain(column: string, type: string): string {
  switch (kindOf(type)) {
    case "number":
      return `CASE WHEN isfinite(CAST(${column} AS DOUBLE)) THEN CAST(${column} AS DOUBLE) END`;
    case "time": {
      const format = type === "DATE" ? "%Y-%m-%d" : "%Y-%m-%dT%H:%M:%SZ";
      const time = type.endsWith("ZONE")
        ? `(${column} AT TIME ZONE 'UTC')`
        : `CAST(${column} AS TIMESTAMP)`;
      return `CASE WHEN isfinite(${time}) AND year(${time}) BETWEEN 1 AND 9999 THEN strftime(${time}, '${format}') END`;
    }
    case "text":
      return `CAST(${column} AS VARCHAR)`;
  }
}
