import { rename, rm, stat } from "node:fs/promises";
import type { Engine } from "../engine/engine.ts";
import { numberedScan, scan } from "./scan.ts";
import type { Source } from "./source.ts";

/** Where the copy of a large file is kept. */
export interface Landing {
  /** Path of the copy, in the engine's workspace; named after what the file holds, since one that is there is taken. */
  readonly path: string;
  /** Distinguishes those who might write it at once. */
  readonly attempt: string;
}

/**
 * Copies a file to Parquet, as its values are written and with the numbers of its rows: text is parsed once then, and a
 * part of the rows is found without reading the others. The copy appears whole or not at all.
 *
 * @returns the source as it is to be read from now on; as it was when its types are not among those that Parquet keeps
 * @throws InterruptedError when `signal` is aborted
 */
export async function landSource(
  engine: Engine,
  source: Source,
  { path, attempt }: Landing,
  signal?: AbortSignal,
): Promise<Source> {
  const landed = { ...source, landed: path };
  const known = await stat(path).catch(() => undefined);
  if (known !== undefined) return landed;
  const copy = `${path}.${attempt}.tmp`;
  try {
    await engine.writeParquet(`SELECT * FROM ${numberedScan(source)}`, copy, signal);
    if (!(await isFaithful(engine, source, { ...source, landed: copy }, signal))) return source;
    await rename(copy, path);
    return landed;
  } finally {
    await rm(copy, { force: true });
  }
}

/** Whether a copy has the types of its source. */
async function isFaithful(
  engine: Engine,
  source: Source,
  copy: Source,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  // Of a delimited file all values are texts; to be told so, it would be gone through once more.
  if (source.format === "csv" || source.format === "tsv") return true;
  const types = async (one: Source): Promise<string> =>
    JSON.stringify(await engine.rows(`DESCRIBE SELECT * FROM ${scan(one, true)}`, signal));
  return (await types(source)) === (await types(copy));
}
