import { mkdir, mkdtemp, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Engine } from "../engine/engine.ts";
import { identifier, parquet, partFile } from "../engine/sql.ts";
import { inType, scan } from "./scan.ts";
import { isDelimited, type Source, type SourceFile } from "./source.ts";
import type { UnifiedFiles } from "./unify-types.ts";

/**
 * Copies several files to one table in parts, a file a part, as their values are written and with the numbers of their rows
 * one after the other. The copy appears whole or not at all; one that is there is taken.
 *
 * @param folder of the table, see `partsPath`; in the engine's workspace, and named after what the files hold
 * @param read does work that reads a file, and says what is wrong with that when it fails
 * @returns the files with their numbers of rows, in order
 * @throws InterruptedError when `signal` is aborted
 */
export async function landFiles(
  engine: Engine,
  { files, columns, unified }: UnifiedFiles,
  folder: string,
  read: <R>(file: Source, work: () => Promise<R>) => Promise<R>,
  signal?: AbortSignal,
): Promise<readonly SourceFile[]> {
  const counted: SourceFile[] = [];
  const known = await stat(folder).catch(() => undefined);
  if (known !== undefined) {
    for (const [part, { file }] of files.entries()) {
      counted.push({ ...file, rows: await rowsIn(engine, partFile(folder, part), signal) });
    }
    return counted;
  }
  await mkdir(dirname(folder), { recursive: true });
  const own = await mkdtemp(`${folder}-`);
  try {
    let before = 0;
    for (const [part, { file }] of files.entries()) {
      const values = columns.map(({ name, type }) => columnOf(file, name, type, unified));
      const made = partFile(own, part);
      const query = `SELECT (${before} + row_number() OVER ())::BIGINT AS _row, ${values.join(", ")} FROM ${scan(file, true)}`;
      await read(file, () => engine.writeParquet(query, made, signal));
      const rows = await rowsIn(engine, made, signal);
      counted.push({ ...file, rows });
      before += rows;
    }
    await rename(own, folder).catch(async (error: unknown) => {
      // Somebody else was quicker, and has copied the same.
      if ((await stat(folder).catch(() => undefined)) === undefined) throw error;
    });
    return counted;
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

function columnOf(
  file: SourceFile,
  name: string,
  type: string,
  unified: Readonly<Record<string, string>>,
): string {
  const as = identifier(name);
  const isText = isDelimited(file);
  if (file.absent?.includes(name) === true || (!isText && file.blank?.includes(name) === true)) {
    return `CAST(NULL AS ${isText ? "VARCHAR" : type}) AS ${as}`;
  }
  return isText ? as : `${inType(name, unified[name])} AS ${as}`;
}

async function rowsIn(engine: Engine, part: string, signal?: AbortSignal): Promise<number> {
  const [row] = await engine.rows(`SELECT count(*)::DOUBLE AS n FROM ${parquet(part)}`, signal);
  return Number(row?.["n"] ?? 0);
}

/**
 * Types that Parquet does not keep, such as integers of 128 bits: such columns are read as text.
 *
 * @param folder where an empty copy is made to see
 */
export async function keptByParquet(
  engine: Engine,
  all: UnifiedFiles,
  folder: string,
  signal?: AbortSignal,
): Promise<UnifiedFiles> {
  const [first] = all.files;
  if (first === undefined || isDelimited(first.file)) return all;
  const values = all.columns.map(
    ({ name, type }) => `CAST(NULL AS ${type}) AS ${identifier(name)}`,
  );
  await mkdir(folder, { recursive: true });
  const own = await mkdtemp(join(folder, "trial-"));
  const trial = join(own, "empty.parquet");
  try {
    await engine.writeParquet(`SELECT ${values.join(", ")} LIMIT 0`, trial, signal);
    const rows = await engine.rows(`DESCRIBE SELECT * FROM ${parquet(trial)}`, signal);
    const lost = all.columns.filter(({ type }, index) => rows[index]?.["column_type"] !== type);
    const unified = Object.fromEntries(lost.map(({ name }) => [name, "VARCHAR"]));
    return {
      ...all,
      unified: { ...all.unified, ...unified },
      columns: all.columns.map(({ name, type }) => ({ name, type: unified[name] ?? type })),
    };
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}
