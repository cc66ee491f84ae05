import { z } from "zod";
import { TargetError } from "../errors.ts";
import { dataTypeOf, isConvertible, storedAs } from "../pipeline/data-type.ts";
import { columnNameSchema, dataTypeSchema } from "../pipeline/step.ts";
import type { TableColumn } from "../pipeline/step-sql.ts";

const targetColumnSchema = z.strictObject({
  name: columnNameSchema,
  type: dataTypeSchema,
  /** Whether rows may be without a value. Default true; never for a key. */
  nullable: z.boolean().default(true),
  /** Rows differ in the columns that are keys, taken together. Default false. */
  key: z.boolean().default(false),
  /** What stands there when the transformations give no such column. Default: then there is no target. */
  default: z.union([z.string().max(10_000), z.number(), z.boolean(), z.null()]).optional(),
  /** The output may do without it. Default false. */
  optional: z.boolean().default(false),
});
type TargetColumn = z.output<typeof targetColumnSchema>;

/** What the output must be. */
export const targetSchema = z.strictObject({
  columns: z.array(targetColumnSchema).min(1).max(500),
  /** Columns that the transformations give besides. Default `drop`. */
  extra: z.enum(["drop", "keep", "refuse"]).default("drop"),
});
export type Target = z.output<typeof targetSchema>;

/** A column of the output, and where it is taken from. */
export const outputColumnSchema = z.object({
  name: z.string(),
  type: dataTypeSchema,
  nullable: z.boolean(),
  key: z.boolean(),
  optional: z.boolean(),
  /** DuckDB's type of the column of that name that the transformations give; absent when there is none. */
  given: z.string().optional(),
  /** What stands there then. */
  default: targetColumnSchema.shape.default,
});
export type OutputColumn = z.output<typeof outputColumnSchema>;

/** How what the transformations give becomes the target. */
export interface Fit {
  readonly columns: readonly OutputColumn[];
  /** Columns that are given and not kept. */
  readonly dropped: readonly string[];
  /** Optional ones that are not given. */
  readonly missing: readonly string[];
}

/**
 * Fits what transformations give into a target. Without a target the output is what they give.
 *
 * @throws TargetError naming each column that cannot be made, and why
 */
export function fitTarget(given: readonly TableColumn[], target: Target | undefined): Fit {
  if (target === undefined) {
    const columns = given.map(
      ({ name, type }): OutputColumn => ({
        name,
        type: dataTypeOf(type),
        nullable: true,
        key: false,
        optional: false,
        given: type,
      }),
    );
    return { columns, dropped: [], missing: [] };
  }
  const problems: { column: string; why: string }[] = [];
  const columns: OutputColumn[] = [];
  const missing: string[] = [];
  for (const column of target.columns) {
    const found = given.find(({ name }) => name === column.name);
    const made = found === undefined ? withoutSource(column, given) : converted(column, found);
    if (typeof made !== "string") columns.push(made);
    else if (found === undefined && column.optional) missing.push(column.name);
    else problems.push({ column: column.name, why: made });
  }
  const extra = given.filter(({ name }) => !target.columns.some((column) => column.name === name));
  if (target.extra === "refuse") {
    for (const { name } of extra) {
      problems.push({
        column: name,
        why: "the transformations give it and the target has no such column: add it there, select without it, or set 'extra'",
      });
    }
  }
  if (problems.length > 0) throw new TargetError(problems);
  if (target.extra === "keep") {
    for (const { name, type } of extra) {
      const kept = { nullable: true, key: false, optional: false };
      columns.push({ name, type: dataTypeOf(type), ...kept, given: type });
    }
  }
  return {
    columns,
    dropped: target.extra === "keep" ? [] : extra.map(({ name }) => name),
    missing,
  };
}

function converted(column: TargetColumn, { type }: TableColumn): OutputColumn | string {
  const from = dataTypeOf(type);
  if (!isConvertible(from, column.type)) {
    return `it is ${from}, and no ${from} can be read as ${column.type}: derive it`;
  }
  return outputColumn(column, { given: type });
}

function withoutSource(column: TargetColumn, given: readonly TableColumn[]): OutputColumn | string {
  if (column.default === undefined) {
    const near = given.find(({ name }) => name.toLowerCase() === column.name.toLowerCase());
    const all = given.map(({ name }) => `'${name}'`).join(", ");
    const hint = near === undefined ? `they give ${all}` : `they give '${near.name}': rename it`;
    return `the transformations give no such column; ${hint}`;
  }
  if (column.default === null && (!column.nullable || column.key)) {
    return "its default is null, and it may not be without a value";
  }
  if (column.key) return "a default would be the same for all rows, and it is a key";
  return outputColumn(column, { default: column.default });
}

function outputColumn(column: TargetColumn, more: Partial<OutputColumn>): OutputColumn {
  const { name, type, nullable, key, optional } = column;
  return { name, type, nullable: nullable && !key, key, optional, ...more };
}

/** The output's columns in DuckDB's types. */
export function outputTypes(columns: readonly OutputColumn[]): readonly TableColumn[] {
  return columns.map(({ name, type }) => ({ name, type: storedAs(type) }));
}
