import { rm } from "node:fs/promises";
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
  const repeated = `${output}.${attempt}.repeated`;
  try {
    await findRepeated(engine, { input, output: repeated, schema, attempt }, signal);
    return await dropRows(engine, { input, output, dropped: repeated, attempt }, signal);
  } finally {
    await rm(repeated, { force: true });
  }
}

/**
 * Writes the numbers of the rows that are equal in every column to an earlier one. Only rows whose hash others have are compared:
 * of the rest nothing is held but hashes.
 */
export async function findRepeated(
  engine: Engine,
  { input, output, schema, attempt }: DeduplicateInput,
  signal?: AbortSignal,
): Promise<void> {
  const columns = schema.map(({ name }) => identifier(name)).join(", ");
  const table = parquet(input);
  const hashed = `hash(${columns})`;
  await writeParquet(
    engine,
    `SELECT _row FROM ${table}
     WHERE ${hashed} IN (SELECT h FROM (SELECT ${hashed} AS h FROM ${table}) GROUP BY h HAVING count(*) > 1)
     QUALIFY row_number() OVER (PARTITION BY ${columns} ORDER BY _row) > 1`,
    output,
    attempt,
    signal,
  );
}

interface DropInput {
  /** A version, or a part of one. */
  readonly input: string;
  readonly output: string;
  /** File with the numbers of the rows that go. */
  readonly dropped: string;
  readonly attempt: string;
}

/** Leaves out rows that repeat others; what stays is in its order. */
export async function dropRows(
  engine: Engine,
  { input, output, dropped, attempt }: DropInput,
  signal?: AbortSignal,
): Promise<Version> {
  const before = await countRows(engine, input, signal);
  const rows = await writeParquet(
    engine,
    `SELECT * FROM ${parquet(input)} WHERE _row NOT IN (SELECT _row FROM ${parquet(dropped)}) ORDER BY _row`,
    output,
    attempt,
    signal,
  );
  return { output, rows, quarantined: 0, duplicates: before - rows, reasons: [] };
}
