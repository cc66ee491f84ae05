import { rename } from "node:fs/promises";
import { join } from "node:path";
import type { Engine } from "../engine/engine.ts";
import { inSandbox } from "../study/sandbox.ts";
import type { Version } from "./outcome.ts";

/** Memory that the work may have, megabytes; beyond it DuckDB spills to the disk. */
const memoryLimitMb = 128;

interface SparingPlace {
  /** What is read. */
  readonly files: readonly string[];
  readonly output: string;
  readonly quarantine: string;
  /** A directory of the work's own, made and removed; on the same disk as the output. */
  readonly scratch: string;
}

/**
 * Makes a version of a dataset with little memory and one thread, in an engine of its own: slower, but other work on this node
 * takes nothing away from it, and what does not fit is spilled. The result is the same.
 *
 * @param work makes the version as the files that it is given; they appear in their places once it is whole
 * @throws QueryFailedError with what the engine says; InterruptedError when `signal` is aborted
 */
export function inLittleMemory(
  { files, output, quarantine, scratch }: SparingPlace,
  work: (engine: Engine, made: { output: string; quarantine: string }) => Promise<Version>,
  signal?: AbortSignal,
): Promise<Version> {
  const made = {
    output: join(scratch, "made.parquet"),
    quarantine: join(scratch, "aside.parquet"),
  };
  return inSandbox(
    { files, scratch, memoryLimitMb, spillLimitMb: 10_240, threads: 1, sql: "with little memory" },
    async (engine) => {
      const { quarantine: aside, ...version } = await work(engine, made);
      if (aside !== undefined) await rename(made.quarantine, quarantine);
      await rename(made.output, output);
      return { ...version, output, ...(aside === undefined ? {} : { quarantine }) };
    },
    signal,
  );
}
