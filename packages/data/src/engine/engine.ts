import { rm } from "node:fs/promises";
import { resolve, sep } from "node:path";
import {
  type DuckDBConnection,
  DuckDBInstance,
  type DuckDBPreparedStatement,
  type Json,
} from "@duckdb/node-api";
import { InterruptedError, StatementForbiddenError } from "../errors.ts";
import { places } from "./places.ts";
import { makeSpill } from "./spill-folders.ts";
import { identifier, literal } from "./sql.ts";
import { Turns } from "./turns.ts";

/** What an engine may read, where it may write, and how much memory and disk it may take. */
export interface EngineOptions {
  /** Directories, or single files, that may be read. */
  readonly readable: readonly string[];
  /** Directory that may be read and written. */
  readonly workspace: string;
  /**
   * Directory in which the engine makes one of its own for what does not fit in memory, since DuckDB gives its files the
   * same names everywhere, and removes it at the end. Default: the workspace.
   */
  readonly spill?: string;
  /** What the directory is named after, for `removeDeadSpills`: letters, digits, `-` and `_`. Default `engine`. */
  readonly owner?: string;
  /** Memory for queries; beyond it they spill. Default 512. */
  readonly memoryLimitMb?: number;
  /** Disk that queries may spill to, megabytes; one that needs more fails. Default 10 240. */
  readonly spillLimitMb?: number;
  /** Default 2. */
  readonly threads?: number;
}

/** One row of a result: plain JSON data. 64-bit integers come as text: cast counts to DOUBLE. */
export type Row = Readonly<Record<string, Json>>;

/**
 * DuckDB in a sandbox: it reads only what it was given, writes only to the workspace, loads no
 * extensions, and its settings are locked.
 *
 * Its queries are this project's own. What a person or a model wrote goes through `runQuery`, which also
 * refuses what a locked DuckDB still does, such as `FROM enable_profiling(...)`.
 */
export interface Engine {
  /** Directory that it may read and write. */
  readonly workspace: string;
  /**
   * All rows of a query.
   *
   * @throws InterruptedError when `signal` is aborted while it runs; StatementForbiddenError when it
   *   is more than one statement, or one that does more than read
   */
  rows(sql: string, signal?: AbortSignal): Promise<readonly Row[]>;
  /**
   * Writes a query's rows to a Parquet file.
   *
   * @throws InterruptedError when `signal` is aborted while it runs; StatementForbiddenError when
   *   `path` is outside the workspace, or the query more than one statement
   */
  writeParquet(query: string, path: string, signal?: AbortSignal): Promise<void>;
  /**
   * Writes a query's rows to a file of another format, or to a folder of Parquet, CSV or NDJSON files.
   *
   * @throws as `writeParquet`
   */
  copy(query: string, path: string, how: CopyFormat, signal?: AbortSignal): Promise<void>;
  /** Reads a query's rows once into a table, for `work` that looks at them many times. */
  withTable<R>(
    query: string,
    work: (table: string) => Promise<R>,
    signal?: AbortSignal,
  ): Promise<R>;
  close(): Promise<void>;
}

/** How rows are written. */
interface CopyFormat {
  /** `json` is one array of objects, `ndjson` an object a line; CSV has a header. */
  readonly format: "parquet" | "csv" | "json" | "ndjson";
  /** Columns whose values name folders, `<column>=<value>/`; the path is then that of a new folder. Default: one file. */
  readonly partitionBy?: readonly string[];
}

const copyOptions: Readonly<Record<CopyFormat["format"], string>> = {
  parquet: "FORMAT parquet, COMPRESSION zstd",
  csv: "FORMAT csv, HEADER",
  json: "FORMAT json, ARRAY",
  ndjson: "FORMAT json",
};

/** Starts an engine. */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const { readable, memoryLimitMb = 512, spillLimitMb = 10_240, threads = 2 } = options;
  const workspace = resolve(options.workspace);
  const spill = await makeSpill(options.spill ?? workspace, options.owner ?? "engine");
  const instance = await DuckDBInstance.create(":memory:", {
    memory_limit: `${memoryLimitMb}MB`,
    threads: String(threads),
    temp_directory: spill,
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
  });
  const { directories, files } = await places([...readable, workspace]);
  const setup = await instance.connect();
  // Given with the others above it is shown, but not kept to.
  await setup.run(`SET max_temp_directory_size = '${spillLimitMb}MB'`);
  await setup.run(`SET allowed_directories = [${directories.map(literal).join(", ")}]`);
  await setup.run(`SET allowed_paths = [${files.map(literal).join(", ")}]`);
  await setup.run("SET enable_external_access = false");
  await setup.run("SET lock_configuration = true");
  setup.closeSync();
  return new SandboxedEngine(instance, workspace, spill, threads);
}

/** How often an interrupted query is interrupted again, until it stops. */
const interruptMs = 20;

class SandboxedEngine implements Engine {
  readonly #instance: DuckDBInstance;
  readonly workspace: string;
  readonly #spill: string;
  readonly #turns: Turns;
  #tables = 0;

  constructor(instance: DuckDBInstance, workspace: string, spill: string, concurrency: number) {
    this.#instance = instance;
    this.workspace = workspace;
    this.#spill = spill;
    this.#turns = new Turns(concurrency);
  }

  rows(sql: string, signal?: AbortSignal): Promise<readonly Row[]> {
    return this.#connected(signal, async (connection) => {
      await checkQuery(connection, sql);
      const reader = await (await prepareOne(connection, sql)).runAndReadAll();
      const names = reader.deduplicatedColumnNames();
      // The driver's own objects lose a column named `__proto__`.
      const named = (row: readonly Json[]) =>
        names.map((name, index) => [name, row[index] ?? null]);
      return reader.getRowsJson().map((row): Row => Object.fromEntries(named(row)));
    });
  }

  writeParquet(query: string, path: string, signal?: AbortSignal): Promise<void> {
    return this.copy(query, path, { format: "parquet" }, signal);
  }

  copy(
    query: string,
    path: string,
    { format, partitionBy = [] }: CopyFormat,
    signal?: AbortSignal,
  ): Promise<void> {
    return this.#connected(signal, async (connection) => {
      const target = resolve(path);
      if (!target.startsWith(this.workspace + sep)) {
        throw new StatementForbiddenError(query, `'${path}' is outside '${this.workspace}'`);
      }
      await checkQuery(connection, query);
      const folders =
        partitionBy.length === 0
          ? ""
          : `, PARTITION_BY (${partitionBy.map(identifier).join(", ")})`;
      // The line break keeps a comment at the query's end from reaching the target.
      const copy = `COPY (${query}\n) TO ${literal(target)} (${copyOptions[format]}${folders})`;
      await (await prepareOne(connection, copy)).run();
    });
  }

  async withTable<R>(
    query: string,
    work: (table: string) => Promise<R>,
    signal?: AbortSignal,
  ): Promise<R> {
    this.#tables += 1;
    const table = `once_${this.#tables}`;
    await this.#run(`CREATE TABLE ${table} AS ${query}`, signal, query);
    try {
      return await work(table);
    } finally {
      await this.#run(`DROP TABLE ${table}`);
    }
  }

  async close(): Promise<void> {
    this.#instance.closeSync();
    await rm(this.#spill, { recursive: true, force: true });
  }

  #run(sql: string, signal?: AbortSignal, query = "SELECT 1"): Promise<void> {
    return this.#connected(signal, async (connection) => {
      await checkQuery(connection, query);
      await (await prepareOne(connection, sql)).run();
    });
  }

  /** A connection of its own for each call, so that one can be interrupted without the others. */
  async #connected<R>(
    signal: AbortSignal | undefined,
    work: (connection: DuckDBConnection) => Promise<R>,
  ): Promise<R> {
    await this.#turns.take();
    try {
      const connection = await this.#instance.connect();
      // DuckDB forgets an interruption that comes while it plans, hence the repetition.
      let again: NodeJS.Timeout | undefined;
      const interrupt = (): void => {
        connection.interrupt();
        again ??= setInterval(interrupt, interruptMs);
      };
      signal?.addEventListener("abort", interrupt);
      try {
        signal?.throwIfAborted();
        return await work(connection);
      } finally {
        signal?.removeEventListener("abort", interrupt);
        clearInterval(again);
        connection.closeSync();
      }
    } catch (error) {
      if (signal?.aborted === true) throw new InterruptedError({ cause: error });
      throw error;
    } finally {
      this.#turns.pass();
    }
  }
}

/**
 * Lets only a single query pass. This looks at the syntax alone: already to prepare a statement can
 * have effects, as with EXPORT DATABASE, which makes its folder.
 */
async function checkQuery(connection: DuckDBConnection, sql: string): Promise<void> {
  const { count } = await connection.extractStatements(sql);
  if (count !== 1) throw new StatementForbiddenError(sql, `it is ${count} statements, not one`);
  await connection.extractStatements(`FROM (${sql}\n)`).catch((cause: unknown) => {
    throw new StatementForbiddenError(sql, "it does more than read", { cause });
  });
}

async function prepareOne(
  connection: DuckDBConnection,
  sql: string,
): Promise<DuckDBPreparedStatement> {
  return (await connection.extractStatements(sql)).prepare(0);
}
