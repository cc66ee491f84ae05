import { join } from "node:path";
import type { Engine } from "../engine/engine.ts";
import { partsPath } from "../engine/sql.ts";
import { SourceFormatError } from "../errors.ts";
import { differenceLimit, type FileDifference } from "../source/file-difference.ts";
import { keptByParquet, landFiles } from "../source/land-files.ts";
import { readMended } from "../source/mend-source.ts";
import { scan } from "../source/scan.ts";
import type { Source } from "../source/source.ts";
import { transcodeSource } from "../source/transcode.ts";
import { unifyTypes } from "../source/unify-types.ts";
import { type DescribedFile, uniteColumns } from "../source/unite-columns.ts";
import type { Column } from "./count-records.ts";
import { columnLimit, describeTable, readable } from "./describe-table.ts";

/** Several files as one table. */
interface UnitedTable {
  /** With its copy, which is what it is read from. */
  readonly place: Source;
  readonly columns: readonly Column[];
  readonly differences: readonly FileDifference[];
}

/** Some broken records of JSON are only found when their values are read. */
async function readAll(
  engine: Engine,
  source: Source,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (source.format !== "json" && source.format !== "ndjson") return;
  const all = `SELECT count(hash(t)) FROM ${scan(source, true)} AS t`;
  await readable(source, () => engine.rows(all, signal));
}

/**
 * Makes one table of the files of a source: each is looked at and copied on its own, so that whatever is wrong with one
 * names it, and text is parsed once.
 *
 * @param folder where copies are kept, in the engine's workspace
 * @throws SourceFormatError or SourceEmptyError for a file that is no table; SourcesDifferError for one of another kind;
 *   InterruptedError when `signal` is aborted
 */
export async function uniteFiles(
  engine: Engine,
  source: Source,
  folder: string,
  signal?: AbortSignal,
): Promise<UnitedTable> {
  const described: DescribedFile[] = [];
  for (const file of source.files ?? []) {
    const text = await transcodeSource(file, folder, signal);
    const { place, columns } = await readMended(
      text,
      folder,
      async (readFrom) => {
        const found = await describeTable(engine, readFrom, signal);
        await readAll(engine, found.place, signal);
        return found;
      },
      signal,
    );
    described.push({ file: { ...place, rows: 0 }, columns });
  }
  const united = uniteColumns(described);
  if (united.names.length > columnLimit) {
    const found = `its files have ${united.names.length} columns together, more than ${columnLimit}`;
    throw new SourceFormatError(source.path, found);
  }
  const stem = join(folder, `source-${source.sha256.slice(0, 16)}`);
  const unified = await keptByParquet(
    engine,
    await unifyTypes(engine, united, signal),
    folder,
    signal,
  );
  const landed = partsPath(stem);
  const files = await landFiles(engine, unified, landed, readable, signal);
  const empty = files
    .filter(({ rows }) => rows === 0)
    .map(({ path }): FileDifference => {
      const evidence = "it has columns and no rows";
      return { file: path, kind: "empty", columns: [], evidence };
    });
  const differences = [...united.differences, ...unified.differences, ...empty];
  return {
    place: {
      ...source,
      files: [...files],
      landed,
      ...(Object.keys(unified.unified).length === 0 ? {} : { unified: { ...unified.unified } }),
    },
    columns: unified.columns,
    differences: differences.slice(0, differenceLimit),
  };
}
