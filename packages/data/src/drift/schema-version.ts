import { readFile, realpath } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { type Profile, profileSchema } from "../profile/profile-schema.ts";
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

/** Where a version of one source keeps what the source was like. */
export const profileFile = "profile.json";

/** The version that was published last, as far as it is compared with the next one. */
export interface LatestVersion {
  readonly schemas?: SchemaVersion;
  /** Of a dataset of one source: what it was like. */
  readonly profile?: Profile;
}

/** What the version that was published last was made of; nothing of what there is not, or cannot be read. */
export async function readLatestVersion(datasets: string, dataset: string): Promise<LatestVersion> {
  const folder = await realpath(join(datasets, dataset, "latest")).catch(() => undefined);
  if (folder === undefined) return {};
  const schemas = await readJson(join(folder, schemaVersionFile), schemaVersionSchema);
  const profile = await readJson(join(folder, profileFile), profileSchema);
  return {
    ...(schemas === undefined ? {} : { schemas }),
    ...(profile === undefined ? {} : { profile }),
  };
}

async function readJson<Value>(path: string, schema: z.ZodType<Value>): Promise<Value | undefined> {
  try {
    return schema.parse(JSON.parse(await readFile(path, "utf8")));
  } catch {
    return undefined;
  }
}

/** The schemas of a run, with the number of the version before if nothing differs, else the next one. */
export function nextSchemaVersion(
  before: SchemaVersion | undefined,
  run: Omit<SchemaVersion, "number">,
): SchemaVersion {
  const isSame = before !== undefined && shapeOf(before) === shapeOf(run);
  return { number: before === undefined ? 1 : before.number + (isSame ? 0 : 1), ...run };
}

/** Names and types, and nothing of what the columns hold. */
function shapeOf({ sources, output }: Pick<SchemaVersion, "sources" | "output">): string {
  const columns = Object.entries(sources).map(([name, source]) => [
    name,
    source.columns.map(({ schema }) => [schema.name, schema.type]),
  ]);
  return JSON.stringify([columns, output]);
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
