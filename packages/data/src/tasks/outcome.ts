import { z } from "zod";
import { identifier } from "../engine/sql.ts";

/** What became of some rows, and why. */
export const reasonSchema = z.object({
  reason: z.string(),
  column: z.string().optional(),
  rows: z.number(),
  action: z.enum(["repaired", "quarantined"]),
});
export type Reason = z.output<typeof reasonSchema>;

/** What a task that makes a new version of the dataset did. */
export const versionSchema = z.object({
  /** Path of the new version. */
  output: z.string(),
  /** Path of the rows set aside by this task, if any. */
  quarantine: z.string().optional(),
  rows: z.number(),
  quarantined: z.number(),
  duplicates: z.number(),
  reasons: z.array(reasonSchema),
});
export type Version = z.output<typeof versionSchema>;

/** An expression for a whole row as JSON text. */
export function recordOf(columns: readonly string[]): string {
  const fields = columns.map((name) => `${identifier(name)} := ${identifier(name)}`);
  return `CAST(to_json(struct_pack(${fields.join(", ")})) AS VARCHAR)`;
}
