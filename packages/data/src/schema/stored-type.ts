import type { ColumnProfile } from "../profile/profile-schema.ts";
import type { ColumnType } from "./column-schema.ts";

/** Share of values that must be exact as numbers where some are too large for it. */
const exactShare = 0.98;
const largestInteger = 2 ** 63;

/**
 * The type that the file itself says a column has, as far as this package tells types apart; text where
 * none of them would keep every digit.
 */
export function storedType(column: ColumnProfile): ColumnType {
  const { storage } = column;
  if (/^(TINYINT|SMALLINT|INTEGER|BIGINT|U(TINY|SMALL|BIG)?INT(EGER)?)$/.test(storage))
    return "integer";
  // DuckDB takes HUGEINT for any JSON integers of which some are negative.
  if (/^U?HUGEINT$/.test(storage)) return largest(column) < largestInteger ? "integer" : "text";
  if (storage === "DOUBLE" && longNumbers(column)) return "text";
  if (/^(FLOAT|DOUBLE|REAL|DECIMAL.*)$/.test(storage)) return "decimal";
  if (storage === "BOOLEAN") return "boolean";
  if (storage === "DATE") return "date";
  if (storage.startsWith("TIMESTAMP")) return "timestamp";
  if (storage === "JSON" || /[[(]|^MAP/.test(storage)) return "json";
  return "text";
}

/** Identifiers of many digits read as numbers, but no number keeps the last of them. */
function longNumbers(column: ColumnProfile): boolean {
  return largest(column) >= largestInteger && column.decimals < column.distinct * exactShare;
}

function largest({ min, max }: ColumnProfile): number {
  return Math.max(Math.abs(Number(min ?? 0)), Math.abs(Number(max ?? 0)));
}
