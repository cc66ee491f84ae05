import type { Engine } from "../engine/engine.ts";
import { identifier, parquet } from "../engine/sql.ts";
import type { Profile } from "../profile/profile-schema.ts";
import type { ColumnSchema } from "../schema/column-schema.ts";
import type { Version } from "./outcome.ts";
import { countRows, writeParquet } from "./write.ts";

/** In narrow tables equal rows are often just equal observations. */
const leastColumns = 6;
/** Equal rows that are this frequent are what the data is like. */
const mostShare = 0.02;

/** Whether rows that repeat others exactly are most likely errors. */
export function duplicatesAreErrors(profile: Profile): boolean {
  return (
    profile.duplicates > 0 &&
    profile.columns.length >= leastColumns &&
    profile.duplicates <= profile.rows * mostShare
  );
}

interface DeduplicateInput {
  readonly input: string;
  readonly output: string;
  readonly schema: readonly ColumnSchema[];
  readonly attempt: string;
}

/** Keeps the first of rows that are equal in every column. */
export async function deduplicateDataset(
  engine: Engine,
  { input, output, schema, attempt }: DeduplicateInput,
  signal?: AbortSignal,
): Promise<Version> {
  const columns = schema.map(({ name }) => identifier(name)).join(", ");
  const before = await countRows(engine, input, signal);
  const rows = await writeParquet(
    engine,
    `SELECT * FROM ${parquet(input)} QUALIFY row_number() OVER (PARTITION BY ${columns} ORDER BY _row) = 1 ORDER BY _row`,
    output,
    attempt,
    signal,
  );
  return { output, rows, quarantined: 0, duplicates: before - rows, reasons: [] };
}
