import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Profile } from "../profile/profile-schema.ts";
import { type ColumnSchema, columnSchema } from "../schema/column-schema.ts";
import { outputColumnSchema } from "../target/target.ts";

/** What is kept of a column of a source, to know it again. */
export const knownColumnSchema = z.object({
  schema: columnSchema,
  rows: z.number(),
  nulls: z.number(),
  distinct: z.number(),
  min: z.string().nullable(),
  max: z.string().nullable(),
  /** Some of its values: the most frequent, of equally frequent ones the first in order. */
  values: z.array(z.string()),
});
export type KnownColumn = z.output<typeof knownColumnSchema>;

/** The schemas of one run: of its sources and of its output. Kept with the published version. */
export const schemaVersionSchema = z.object({
  /** Counts the versions that differ: a run with the same schemas has the number of the one before. */
  number: z.number().int().min(1),
  /** The goal that published it. */
  goal: z.string(),
  sources: z.record(
    z.string(),
    z.object({ path: z.string(), columns: z.array(knownColumnSchema) }),
  ),
  output: z.array(outputColumnSchema.pick({ name: true, type: true, nullable: true, key: true })),
});
export type SchemaVersion = z.output<typeof schemaVersionSchema>;

/** Name of its file in the folder of a published version. */
export const schemaVersionFile = "schema.json";

/** The schemas of the version that was published last, if there is one. */
export async function readSchemaVersion(
  datasets: string,
  dataset: string,
): Promise<SchemaVersion | undefined> {
  const path = join(datasets, dataset, "latest", schemaVersionFile);
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const parsed = schemaVersionSchema.safeParse(JSON.parse(text));
  return parsed.success ? parsed.data : undefined;
}

/** The columns of a source as they are now, to be compared and kept. */
export function knownColumns(
  profile: Profile,
  schema: readonly ColumnSchema[],
): readonly KnownColumn[] {
  return profile.columns.flatMap((column) => {
    const read = schema.find(({ name }) => name === column.name);
    if (read === undefined) return [];
    const { nulls, distinct, min, max, top } = column;
    const values = top.map(({ value }) => value.trim().slice(0, valueLength));
    return [{ schema: read, rows: profile.rows, nulls, distinct, min, max, values }];
  });
}

/** Most characters kept of a value. */
const valueLength = 200;
