import { z } from "zod";
import type { Engine } from "../engine/engine.ts";
import { parquet } from "../engine/sql.ts";
import type { Profile } from "../profile/profile-schema.ts";
import { encodingName } from "../source/encoding-words.ts";
import { fileIndex } from "../source/file-rows.ts";

/**
 * One of the files that a dataset is made of. Rows of a version are in the order of the files: the first `kept` rows are of
 * the first file, and so on.
 */
export const fileCountsSchema = z.object({
  path: z.string(),
  format: z.string(),
  bytes: z.number(),
  sha256: z.string(),
  /** What its text is written in, by the name that people know. Absent for Parquet. */
  encoding: z.string().exactOptional(),
  rows: z.number(),
  kept: z.number(),
  quarantined: z.number(),
  duplicates: z.number(),
  /** Rows that stand out, counted once for each thing that they stand out by. */
  faults: z.number(),
  /** Columns that it calls otherwise than the dataset's source. */
  renamed: z.array(z.object({ from: z.string(), to: z.string() })).exactOptional(),
  /** Columns that it does not have. */
  absent: z.array(z.string()).exactOptional(),
});
export type FileCounts = z.output<typeof fileCountsSchema>;

/**
 * What became of the rows of each file of a source; undefined of a source that is one file.
 *
 * @param input the newest version
 * @param quarantine rows that were set aside
 */
export async function countFiles(
  engine: Engine,
  { source, faults = [] }: Profile,
  { input, quarantine }: { readonly input: string; readonly quarantine: string },
  signal?: AbortSignal,
): Promise<FileCounts[] | undefined> {
  const { files } = source;
  if (files === undefined) return undefined;
  const byFile = async (table: string): Promise<ReadonlyMap<number, number>> => {
    const rows = await engine.rows(
      `SELECT f::DOUBLE AS f, count(*)::DOUBLE AS n FROM (SELECT ${fileIndex(source)} AS f FROM ${parquet(table)}) GROUP BY f`,
      signal,
    );
    return new Map(rows.map((row) => [Number(row["f"]), Number(row["n"])]));
  };
  const [left, aside] = [await byFile(input), await byFile(quarantine)];
  const told = faults.filter(({ severity }) => severity !== "note");
  return files.map((file, index): FileCounts => {
    const [kept, quarantined] = [left.get(index) ?? 0, aside.get(index) ?? 0];
    const encoding = encodingName(file);
    const { path, format, bytes, sha256, rows, renamed, absent } = file;
    const found = told.flatMap((fault) => fault.files ?? []).filter((one) => one.file === index);
    return {
      ...{ path, format, bytes, sha256, rows, kept, quarantined },
      duplicates: rows - kept - quarantined,
      faults: found.reduce((sum, one) => sum + one.rows, 0),
      ...(encoding === undefined ? {} : { encoding }),
      ...(renamed === undefined ? {} : { renamed }),
      ...(absent === undefined ? {} : { absent }),
    };
  });
}
