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
  const allowed = [...readable, workspace].map((path) => literal(path.endsWith("/") ? path : `${path}/`));
  await setup.run(`SET allowed_directories = [${allowed.join(", ")}]`);
  await setup.run("SET enable_external_access = false");
  await setup.run("SET lock_configuration = true");
  setup.closeSync();
  return new SandboxedEngine(instance);
}

class SandboxedEngine implements Engine {
  readonly #instance: DuckDBInstance;

  constructor(instance: DuckDBInstance) {
    this.#instance = instance;
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

  async close(): Promise<void> {
    this.#instance.closeSync();
  }

  /** A connection of its own for each call, so that one can be interrupted without the others. */
  async #connected<R>(
    signal: AbortSignal | undefined,
    work: (connection: DuckDBConnection) => Promise<R>,
  ): Promise<R> {
    signal?.throwIfAborted();
    const connection = await this.#instance.connect();
    const interrupt = (): void => connection.interrupt();
    signal?.addEventListener("abort", interrupt);
    try {
      return await work(connection);
    } catch (error) {
      if (signal?.aborted === true) throw new InterruptedError({ cause: error });
      throw error;
    } finally {
      signal?.removeEventListener("abort", interrupt);
      connection.closeSync();
    }
  }
}
