import type { DataType } from "./step.ts";

const stored: Readonly<Record<string, string>> = {
  boolean: "BOOLEAN",
  integer: "BIGINT",
  decimal: "DOUBLE",
  date: "DATE",
  timestamp: "TIMESTAMP",
  text: "VARCHAR",
  json: "JSON",
};

/** DuckDB's name of a type. */
export function storedAs(type: DataType): string {
  return stored[type] ?? type.toUpperCase();
}

/** The type that a column of DuckDB's has, as pipelines tell types apart. */
export function dataTypeOf(type: string): DataType {
  const known = Object.entries(stored).find(([, name]) => name === type)?.[0];
  if (known !== undefined) return known as DataType;
  if (/^U?((TINY|SMALL|BIG|HUGE)INT|INTEGER)$/.test(type)) return "integer";
  if (type === "FLOAT") return "decimal";
  const digits = /^DECIMAL\((\d+),(\d+)\)$/.exec(type);
  if (digits !== null) return `decimal(${digits[1]},${digits[2]})`;
  if (type.startsWith("TIMESTAMP")) return "timestamp";
  return /[[(]|^MAP/.test(type) ? "json" : "text";
}

/** Types whose values can be compared as they are. */
export function isComparable(one: DataType, other: DataType): boolean {
  return one === other || (isNumber(one) && isNumber(other)) || (isTime(one) && isTime(other));
}

/**
 * Whether any value of a type may have a form in another. That of a single value may still have none:
 * `'abc'` is no number.
 */
export function isConvertible(from: DataType, to: DataType): boolean {
  if (from === to || from === "text" || to === "text" || to === "json") return true;
  if (isNumber(from) && isNumber(to)) return true;
  if (isTime(from) && isTime(to)) return true;
  return from === "boolean" ? to === "integer" : false;
}

function isNumber(type: DataType): boolean {
  return type === "integer" || type.startsWith("decimal");
}

function isTime(type: DataType): boolean {
  return type === "date" || type === "timestamp";
}
