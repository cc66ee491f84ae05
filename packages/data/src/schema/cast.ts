import { literal } from "../engine/sql.ts";
import type { ColumnSchema } from "./column-schema.ts";

/** An expression that is null where a text can't be read as the column. */
export function castOf(column: ColumnSchema, text: string): string {
  const { type, format } = column;
  if (type === "text") return text;
  if (type === "json") {
    return `CASE WHEN json_valid(${text}) THEN CAST(${text} AS JSON) ELSE to_json(${text}) END`;
  }
  if (format === undefined) {
    const target = {
      boolean: "BOOLEAN",
      integer: "BIGINT",
      decimal: "DOUBLE",
      date: "DATE",
      timestamp: "TIMESTAMP",
    };
    const cast = `TRY_CAST(${text} AS ${target[type]})`;
    // DuckDB rounds '1.5' to 2 on the way to an integer.
    return type === "integer"
      ? `CASE WHEN CAST(${cast} AS DOUBLE) = TRY_CAST(${text} AS DOUBLE) THEN ${cast} END`
      : cast;
  }
  const parsed = `try_strptime(${text}, ${literal(format)})`;
  return type === "date" ? `CAST(${parsed} AS DATE)` : parsed;
}

/** A condition that holds where a text stands for "nothing" in the column. */
export function isPlaceholder(column: ColumnSchema, text: string): string {
  if (column.placeholders.length === 0) return "false";
  return `(${text} IN (${column.placeholders.map(literal).join(", ")}))`;
}
