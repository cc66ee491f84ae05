import { z } from "zod";

/** The types that a column of a cleaned dataset can have. */
const columnTypeSchema = z.enum([
  "boolean",
  "integer",
  "decimal",
  "date",
  "timestamp",
  "text",
  "json",
]);
export type ColumnType = z.output<typeof columnTypeSchema>;

/** What a column is agreed, or proposed, to be. */
export const columnSchema = z.object({
  name: z.string(),
  type: columnTypeSchema,
  /** How dates and times are written, as for strptime; absent when the file's own type says it. */
  format: z.string().optional(),
  nullable: z.boolean(),
  /** Values that stand for "nothing". */
  placeholders: z.array(z.string()),
  /** 0 to 1. */
  confidence: z.number(),
  /** What was seen, in one sentence. */
  evidence: z.string(),
});
export type ColumnSchema = z.output<typeof columnSchema>;

/** Two columns with the same key would be read alike. */
export function columnKey(column: ColumnSchema): string {
  const { type, format, placeholders } = column;
  const nothing = placeholders.length === 0 ? "" : ` without ${[...placeholders].sort().join(" ")}`;
  return `${type}${format === undefined ? "" : ` ${format}`}${nothing}`;
}

/** Types from the most to the least specific. */
const specificity: readonly ColumnType[] = [
  "boolean",
  "integer",
  "decimal",
  "date",
  "timestamp",
  "text",
  "json",
];

/** Sorts the more specific first; of equals, the one with more placeholders. */
export function bySpecificity(one: ColumnSchema, other: ColumnSchema): number {
  return (
    specificity.indexOf(one.type) - specificity.indexOf(other.type) ||
    other.placeholders.length - one.placeholders.length
  );
}

/**
 * The alternative that loses nothing: text, whatever was proposed, unless there is structure to keep.
 *
 * @throws RangeError when there are no alternatives
 */
export function widest(alternatives: readonly ColumnSchema[]): ColumnSchema {
  const [first] = alternatives;
  if (first === undefined) throw new RangeError("there are no alternatives to choose from");
  const text = alternatives.find(({ type }) => type === "text") ?? first;
  const structured = alternatives.every(({ type }) => type === "json");
  return { ...text, type: structured ? "json" : "text", nullable: true, placeholders: [] };
}
