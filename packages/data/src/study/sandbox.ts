import { mkdir, rm } from "node:fs/promises";
import { type Engine, openEngine } from "../engine/engine.ts";
import { DataError, InterruptedError, QueryFailedError } from "../errors.ts";

/** What work with somebody else's SQL may use. */
interface SandboxLimits {
  /** Files that can be read. Nothing else can. */
  readonly files: readonly string[];
  /** A directory of the work's own, for what does not fit into memory. It is made, and removed at the end. */
  readonly scratch: string;
  /** Memory, beyond which queries spill to `scratch`. Default 256. */
  readonly memoryLimitMb?: number;
  /** Disk for what they spill. Default 2048. */
  readonly spillLimitMb?: number;
  /** Default 1. */
  readonly threads?: number;
  /** What is run, for the words of errors. */
  readonly sql: string;
}

/**
 * Works in an engine of its own, which sees the given files and nothing else: no other files, no
 * network, no settings, no extensions.
 *
 * @throws QueryFailedError with what the engine says, InterruptedError when `signal` is aborted, and
 *   whatever `DataError` the work throws
 */
export async function inSandbox<Result>(
  { files, scratch, memoryLimitMb = 256, spillLimitMb = 2048, threads = 1, sql }: SandboxLimits,
  work: (engine: Engine) => Promise<Result>,
  signal?: AbortSignal,
): Promise<Result> {
  await mkdir(scratch, { recursive: true });
  try {
    const engine = await openEngine({
      readable: files,
      workspace: scratch,
      memoryLimitMb,
      spillLimitMb,
      threads,
    });
    try {
      return await work(engine);
    } finally {
      await engine.close();
    }
  } catch (error) {
    if (error instanceof DataError || signal?.aborted === true) throw asInterruption(error, signal);
    throw new QueryFailedError(sql, engineWords(error), { cause: error });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function asInterruption(error: unknown, signal: AbortSignal | undefined): unknown {
  if (error instanceof DataError || signal?.aborted !== true) return error;
  return new InterruptedError({ cause: error });
}

/** How much of the engine's words says what is wrong, before they list alternatives. */
const wordyLines = 2;
const wordyLine = 240;

/** What the engine says of an error, without what it lists after it. */
export function engineWords(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  const lines = said.split("\n").filter((line) => line.trim() !== "");
  return lines
    .slice(0, wordyLines)
    .map((line) => line.trim().slice(0, wordyLine))
    .join("; ");
}
