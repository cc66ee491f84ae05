import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance, type Json } from "@duckdb/node-api";
import { InterruptedError } from "../errors.ts";
import { literal } from "./sql.ts";

export interface EngineOptions {
  /** Directories that may be read. */
  readonly readable: readonly string[];
  /** Directory that may be read and written. */
  readonly workspace: string;
  /** Memory for queries; beyond it they spill to the workspace. Default 512. */
  readonly memoryLimitMb?: number;
  /** Default 2. */
  readonly threads?: number;
}

/** One row of a result: plain JSON data. 64-bit integers come as text: cast counts to DOUBLE. */
export type Row = Readonly<Record<string, Json>>;

/**
 * DuckDB in a sandbox: it reads and writes only what it was given, loads no extensions, and its
 * settings are locked.
 */
export interface Engine {
  /** All rows of a query. @throws InterruptedError when `signal` is aborted while it runs */
  rows(sql: string, signal?: AbortSignal): Promise<readonly Row[]>;
  /** Runs a statement for its effect. */
  run(sql: string, signal?: AbortSignal): Promise<void>;
  /** Reads a query's rows once into a table, for `work` that looks at them many times. */
  withTable<R>(
    query: string,
    work: (table: string) => Promise<R>,
    signal?: AbortSignal,
  ): Promise<R>;
  close(): Promise<void>;
}

/** Starts an engine. */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const { readable, workspace, memoryLimitMb = 512, threads = 2 } = options;
  const spill = join(workspace, "spill");
  await mkdir(spill, { recursive: true });
  const instance = await DuckDBInstance.create(":memory:", {
    memory_limit: `${memoryLimitMb}MB`,
    threads: String(threads),
    temp_directory: spill,
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
  });
  const setup = await instance.connect();
  const allowed = [...readable, workspace].map((path) =>
    literal(path.endsWith("/") ? path : `${path}/`),
  );
  await setup.run(`SET allowed_directories = [${allowed.join(", ")}]`);
  await setup.run("SET enable_external_access = false");
  await setup.run("SET lock_configuration = true");
  setup.closeSync();
  return new SandboxedEngine(instance, threads);
}

class SandboxedEngine implements Engine {
  readonly #instance: DuckDBInstance;
  readonly #turns: Turns;
  #tables = 0;

  constructor(instance: DuckDBInstance, concurrency: number) {
    this.#instance = instance;
    this.#turns = new Turns(concurrency);
  }

  rows(sql: string, signal?: AbortSignal): Promise<readonly Row[]> {
    return this.#connected(signal, async (connection) => {
      const reader = await connection.runAndReadAll(sql);
      return reader.getRowObjectsJson();
    });
  }

  run(sql: string, signal?: AbortSignal): Promise<void> {
    return this.#connected(signal, async (connection) => {
      await connection.run(sql);
    });
  }

  async withTable<R>(
    query: string,
    work: (table: string) => Promise<R>,
    signal?: AbortSignal,
  ): Promise<R> {
    this.#tables += 1;
    const table = `once_${this.#tables}`;
    await this.run(`CREATE TABLE ${table} AS ${query}`, signal);
    try {
      return await work(table);
    } finally {
      await this.run(`DROP TABLE ${table}`);
    }
  }

  async close(): Promise<void> {
    this.#instance.closeSync();
  }

  /** A connection of its own for each call, so that one can be interrupted without the others. */
  async #connected<R>(
    signal: AbortSignal | undefined,
    work: (connection: DuckDBConnection) => Promise<R>,
  ): Promise<R> {
    await this.#turns.take();
    const connection = await this.#instance.connect();
    const interrupt = (): void => connection.interrupt();
    signal?.addEventListener("abort", interrupt);
    try {
      signal?.throwIfAborted();
      return await work(connection);
    } catch (error) {
      if (signal?.aborted === true) throw new InterruptedError({ cause: error });
      throw error;
    } finally {
      signal?.removeEventListener("abort", interrupt);
      connection.closeSync();
      this.#turns.pass();
    }
  }
}

/**
 * Lets a few in at a time, in the order they came. Queries share the engine's memory, so more of them
 * at once than there are threads would not be quicker, but might run out of it.
 */
class Turns {
  #free: number;
  readonly #waiting: Array<() => void> = [];

  constructor(free: number) {
    this.#free = free;
  }

  take(): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return Promise.resolve();
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  pass(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}
