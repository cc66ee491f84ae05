import { z } from "zod";
import type { Profile } from "../profile/profile-schema.ts";
import { compareValues } from "./compare-values.ts";
import { compareSchemas, schemaDriftSchema } from "./schema-drift.ts";
import type { KnownColumn } from "./schema-version.ts";
import { valueDriftSchema } from "./value-drift.ts";

/** How a source differs from what it was in the version before: in its columns, and in what they hold. */
export const driftSchema = z.object({
  rowsBefore: z.number(),
  rowsAfter: z.number(),
  schema: z.array(schemaDriftSchema),
  values: z.array(valueDriftSchema),
});
export type Drift = z.output<typeof driftSchema>;

/** What is known of a source at one time. */
interface SourceState {
  readonly profile: Profile;
  readonly columns: readonly KnownColumn[];
}

/**
 * Compares a source with what it was. Columns under another name are compared with what they were.
 * Pure; nothing is read.
 *
 * @param source what its columns are named after
 */
export function compareSources(source: string, before: SourceState, now: SourceState): Drift {
  const schema = compareSchemas(source, before.columns, now.columns);
  const names = new Map(
    schema.flatMap((one) => (one.now === undefined ? [] : [[one.now, one.column]])),
  );
  const columns = now.profile.columns.map((column) => ({
    ...column,
    name: names.get(column.name) ?? column.name,
  }));
  return {
    rowsBefore: before.profile.rows,
    rowsAfter: now.profile.rows,
    schema: [...schema],
    values: [...compareValues(before.profile, { ...now.profile, columns })],
  };
}
