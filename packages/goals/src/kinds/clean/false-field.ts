import type { Proposal } from "@troupe/agents";
import {
  type ColumnSchema,
  type ColumnType,
  columnKey,
  columnSchema,
  type Treatment,
} from "@troupe/data";

/** For each type one that it is not, where many values can be read so all the same. */
const falseTypes: Readonly<Record<ColumnType, ColumnType>> = {
  boolean: "integer",
  integer: "boolean",
  decimal: "integer",
  date: "timestamp",
  timestamp: "date",
  text: "integer",
  json: "text",
};

/**
 * What a lying analyst says of a column: another type than it found; and of what a gate found: that nothing is wrong, or that
 * rows are to go. All liars say the same of the same thing.
 */
export function falseField({ value }: Proposal["fields"][string]): Proposal["fields"][string] {
  if (typeof value === "string") {
    const told: Treatment = value === "keep" ? "set-aside" : "keep";
    return { key: told, value: told };
  }
  const { format: _format, ...found } = columnSchema.parse(value);
  const told: ColumnSchema = {
    ...found,
    type: falseTypes[found.type],
    placeholders: [],
    evidence: "every value shows it",
  };
  return { key: columnKey(told), value: told };
}
