import { z } from "zod";
import { DriftError } from "../errors.ts";
import { emptyColumn, type Profile } from "../profile/profile-schema.ts";
import { type ColumnSchema, columnSchema } from "../schema/column-schema.ts";
import type { SchemaDrift } from "./schema-drift.ts";
import type { KnownColumn } from "./schema-version.ts";

/** What is done about each way in which a source can differ from what it was. */
export const driftPolicySchema = z.strictObject({
  /** `accept`: it can be used; `refuse`: the goal ends. Default `accept`. */
  added: z.enum(["accept", "refuse"]).default("accept"),
  /** `follow`: it keeps its old name; `accept`: it has its new one. Default `follow`. */
  renamed: z.enum(["follow", "accept", "refuse"]).default("follow"),
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
export function refusedDrifts(
  drifts: readonly SchemaDrift[],
  policy: DriftPolicy,
): readonly SchemaDrift[] {
  return drifts.filter(({ kind }) => policy[kind] === "refuse");
}

/**
 * Adapts to the changes of a source, so that the transformations find what they knew.
 *
 * @throws DriftError naming the changes that the policy refuses
 */
export function adaptSource(
  source: string,
  before: readonly KnownColumn[],
  now: readonly KnownColumn[],
  drifts: readonly SchemaDrift[],
  policy: DriftPolicy,
): Adapted {
  const refused = refusedDrifts(drifts, policy);
  if (refused.length > 0) throw new DriftError({ schema: refused });
  const readings: Reading[] = [...plainReadings(now)];
  const notes: string[] = [];
  for (const drift of drifts) {
    const at = readings.findIndex(({ name }) => name === (drift.now ?? drift.column));
    const reading = readings[at];
    const old = before.find(({ schema }) => schema.name === drift.column)?.schema;
    if (drift.kind === "renamed" && policy.renamed === "accept") {
      notes.push(`'${drift.column}' is called '${drift.now}' from now on: ${drift.evidence}`);
    } else if (drift.kind === "renamed" && reading !== undefined) {
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

/**
 * A source and its columns as they are to be read: what a file calls otherwise has the name that it is known by, and
 * what it has no more is there without a value.
 */
export function readAs(
  profile: Profile,
  readings: readonly Reading[],
): { readonly profile: Profile; readonly schema: readonly ColumnSchema[] } {
  const nameOf = new Map(readings.map(({ name, schema }) => [schema?.name, name]));
  const known = (name: string): string => nameOf.get(name) ?? name;
  const { source, columns, faults, rows } = profile;
  const absent = readings.flatMap(({ name, schema }) => (schema === null ? [name] : []));
  const renamed = columns.flatMap(({ name }) =>
    known(name) === name ? [] : [{ from: name, to: known(name) }],
  );
  const empty = absent.map((name) => ({ ...emptyColumn, name, nulls: rows }));
  return {
    profile: {
      ...profile,
      source:
        renamed.length + absent.length === 0 ? source : { ...source, readAs: { renamed, absent } },
      columns: [...columns.map((column) => ({ ...column, name: known(column.name) })), ...empty],
      ...(faults === undefined
        ? {}
        : { faults: faults.map((fault) => ({ ...fault, columns: fault.columns.map(known) })) }),
    },
    schema: readings.map(({ name, schema, type }) =>
      schema === null ? withoutValues(name, type) : { ...schema, name },
    ),
  };
}

function withoutValues(name: string, type: string | undefined): ColumnSchema {
  const known = columnSchema.shape.type.safeParse(type);
  return {
    name,
    type: known.success ? known.data : "text",
    nullable: true,
    placeholders: [],
    confidence: 1,
    evidence: "the file has no such column any more",
  };
}
