import { z } from "zod";
import { SchemaDriftError } from "../errors.ts";
import { columnSchema } from "../schema/column-schema.ts";
import type { Drift } from "./compare.ts";
import type { KnownColumn } from "./schema-version.ts";

/** What is done about each way in which a source can differ from what it was. */
export const driftPolicySchema = z.strictObject({
  /** `accept`: it can be used; `refuse`: the goal ends. Default `accept`. */
  added: z.enum(["accept", "refuse"]).default("accept"),
  /** `follow`: it keeps its old name in the transformations. Default `follow`. */
  renamed: z.enum(["follow", "refuse"]).default("follow"),
  /** `convert`: it is read in its old type, and what can't be is set aside; `accept`: in its new one. Default `convert`. */
  retyped: z.enum(["convert", "accept", "refuse"]).default("convert"),
  /** `null`: it is there without values; `accept`: it is not there. Default `refuse`. */
  removed: z.enum(["null", "accept", "refuse"]).default("refuse"),
});
export type DriftPolicy = z.output<typeof driftPolicySchema>;

/** A column of a source as the transformations know it. */
const readingSchema = z.object({
  /** What the transformations call it. */
  name: z.string(),
  /** How it is read; its name there is that in the file. Null: the file has none, and it is without values. */
  schema: columnSchema.nullable(),
  /** Its type when the file has none. */
  type: z.string().optional(),
});
export type Reading = z.output<typeof readingSchema>;

/** How a source is read although it has changed. */
export const adaptedSchema = z.object({
  source: z.string(),
  readings: z.array(readingSchema),
  /** What was done about each change, in one sentence. */
  notes: z.array(z.string()),
});
export type Adapted = z.output<typeof adaptedSchema>;

/** The columns of a source as they are, when nothing has changed. */
export function plainReadings(now: readonly KnownColumn[]): readonly Reading[] {
  return now.map(({ schema }) => ({ name: schema.name, schema }));
}

/** Changes that a policy does not allow. */
export function refusedDrifts(drifts: readonly Drift[], policy: DriftPolicy): readonly Drift[] {
  return drifts.filter(({ kind }) => policy[kind] === "refuse");
}

/**
 * Adapts to the changes of a source, so that the transformations find what they knew.
 *
 * @throws SchemaDriftError naming the changes that the policy refuses
 */
export function adaptSource(
  source: string,
  before: readonly KnownColumn[],
  now: readonly KnownColumn[],
  drifts: readonly Drift[],
  policy: DriftPolicy,
): Adapted {
  const refused = refusedDrifts(drifts, policy);
  if (refused.length > 0) throw new SchemaDriftError(refused);
  const readings: Reading[] = [...plainReadings(now)];
  const notes: string[] = [];
  for (const drift of drifts) {
    const at = readings.findIndex(({ name }) => name === (drift.now ?? drift.column));
    const reading = readings[at];
    const old = before.find(({ schema }) => schema.name === drift.column)?.schema;
    if (drift.kind === "renamed" && reading !== undefined) {
      readings[at] = { ...reading, name: drift.column };
      notes.push(
        `'${drift.now}' is read as '${drift.column}', which it was called before: ${drift.evidence}`,
      );
    } else if (drift.kind === "retyped" && old !== undefined && reading?.schema != null) {
      if (policy.retyped === "accept") {
        notes.push(`'${drift.column}' was ${drift.was} and is taken as ${drift.is} now`);
        continue;
      }
      const { format: _format, ...plain } = reading.schema;
      const { type, format } = old;
      const evidence = `it was ${type} before, and is still read so`;
      readings[at] = {
        ...reading,
        schema: {
          ...plain,
          type,
          nullable: true,
          evidence,
          ...(format === undefined ? {} : { format }),
        },
      };
      notes.push(`'${drift.column}' looks like ${drift.is} now and is still read as ${drift.was}`);
    } else if (drift.kind === "removed" && policy.removed === "null" && old !== undefined) {
      readings.push({ name: drift.column, schema: null, type: old.type });
      notes.push(`'${drift.column}' is gone, and has no values from now on`);
    } else if (drift.kind === "removed") {
      notes.push(`'${drift.column}' is gone`);
    } else {
      notes.push(`'${drift.column}' is new`);
    }
  }
  return { source, readings, notes };
}
