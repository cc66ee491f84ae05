import { hasTime } from "../profile/date-formats.ts";
import type { ColumnProfile } from "../profile/profile-schema.ts";
import type { ColumnSchema } from "./column-schema.ts";
import { areSpoiltNumbers } from "./spoilt-numbers.ts";
import { storedType } from "./stored-type.ts";

/** Share of a column's values that must read as a type before it is proposed by a full scan. */
const readingShare = 0.98;

/** What a column is by the counts of a full scan. */
export function byValues(rows: number, column: ColumnProfile): ColumnSchema {
  const placeholders = column.placeholders.map(({ token }) => token);
  const nothing = column.placeholders.reduce((sum, { rows: count }) => sum + count, 0);
  const present = rows - column.nulls - nothing;
  const base = {
    name: column.name,
    nullable: column.nulls + nothing > 0,
    placeholders,
  };
  const stored = storedType(column);
  if (stored !== "text" && stored !== "json") {
    return {
      ...base,
      type: stored,
      confidence: 0.9,
      evidence: `all ${rows} values are ${column.storage}`,
    };
  }
  const structured = (column.kinds["OBJECT"] ?? 0) + (column.kinds["ARRAY"] ?? 0);
  if (structured > 0 || (stored === "json" && column.storage !== "JSON")) {
    return {
      ...base,
      type: "json",
      confidence: 0.9,
      evidence: `${structured} values have structure`,
    };
  }
  const reads = (count: number): boolean => present > 0 && count >= present * readingShare;
  const [format, dated] = Object.entries(column.dates).sort((a, b) => b[1] - a[1])[0] ?? ["", 0];
  const share = (count: number): string => `${count} of ${present} values read as`;
  if (reads(column.booleans)) {
    return {
      ...base,
      type: "boolean",
      confidence: 0.9,
      evidence: `${share(column.booleans)} booleans`,
    };
  }
  if (reads(column.integers)) {
    return {
      ...base,
      type: "integer",
      confidence: 0.9,
      evidence: `${share(column.integers)} integers`,
    };
  }
  if (reads(column.decimals)) {
    return {
      ...base,
      type: "decimal",
      confidence: 0.9,
      evidence: `${share(column.decimals)} numbers`,
    };
  }
  if (reads(dated)) {
    const type = hasTime(format) ? "timestamp" : "date";
    return {
      ...base,
      type,
      format,
      confidence: 0.9,
      evidence: `${share(dated)} ${type}s written ${format}`,
    };
  }
  const { integers, decimals: numbers, figured, distinct } = column;
  const fractions = numbers - integers;
  if (
    figured !== undefined &&
    areSpoiltNumbers({ present, numbers, fractions, figured, distinct })
  ) {
    return {
      ...base,
      type: fractions === 0 ? "integer" : "decimal",
      confidence: 0.7,
      evidence: `${share(numbers)} numbers, the others were probably spoilt`,
    };
  }
  const kinds = Object.entries(column.kinds).map(([kind, count]) => `${count} ${kind}`);
  const mixed = kinds.length > 1 ? `, of kinds ${kinds.join(", ")}` : "";
  return { ...base, type: "text", confidence: 0.8, evidence: `values are text${mixed}` };
}
