import type { Engine, Row } from "../engine/engine.ts";
import { textOf } from "../profile/profile-column.ts";
import type { ColumnProfile, Profile } from "../profile/profile-schema.ts";
import { scan } from "../source/scan.ts";
import { bySample } from "./by-sample.ts";
import { byValues } from "./by-values.ts";
import type { ColumnSchema } from "./column-schema.ts";
import { type Lens, sampleSize } from "./lens.ts";
import { storedType } from "./stored-type.ts";

/**
 * What the columns are, seen one way: `storage` believes the types the file itself has, `values`
 * scans everything and counts what it reads as, `sample` looks strictly at some rows.
 *
 * @param seed which rows the sample takes
 */
export async function proposeSchema(
  engine: Engine,
  profile: Profile,
  lens: Lens,
  seed: number,
  signal?: AbortSignal,
): Promise<readonly ColumnSchema[]> {
  if (lens === "storage") return profile.columns.map(byStorage);
  if (lens === "values") return profile.columns.map((column) => byValues(profile.rows, column));
  const sampled = await sampleRows(engine, profile, seed, signal);
  const columns: ColumnSchema[] = [];
  for (const [index, column] of profile.columns.entries()) {
    const values = sampled.map((row) =>
      row[`c${index}`] == null ? null : String(row[`c${index}`]),
    );
    columns.push(await bySample(engine, column, values, signal));
  }
  return columns;
}

function byStorage(column: ColumnProfile): ColumnSchema {
  return {
    name: column.name,
    type: storedType(column),
    nullable: column.nulls > 0,
    placeholders: [],
    confidence: 0.6,
    evidence: `the file holds it as ${column.storage}`,
  };
}

async function sampleRows(
  engine: Engine,
  profile: Profile,
  seed: number,
  signal: AbortSignal | undefined,
): Promise<readonly Row[]> {
  const texts = profile.columns.map(
    ({ name, storage }, index) => `${textOf(name, storage)} AS c${index}`,
  );
  return engine.rows(
    `SELECT ${texts.join(", ")} FROM ${scan(profile.source, true)} USING SAMPLE reservoir(${sampleSize} ROWS) REPEATABLE (${seed})`,
    signal,
  );
}
