import type { Engine } from "../engine/engine.ts";
import { literal } from "../engine/sql.ts";
import { dateFormats, hasTime } from "../profile/date-formats.ts";
import type { ColumnProfile } from "../profile/profile-schema.ts";
import type { ColumnSchema } from "./column-schema.ts";
import { storedType } from "./stored-type.ts";

/** What a column is by some of its values, looked at strictly. */
export async function bySample(
  engine: Engine,
  column: ColumnProfile,
  values: readonly (string | null)[],
  signal: AbortSignal | undefined,
): Promise<ColumnSchema> {
  const present = values.filter((value): value is string => value !== null && value.trim() !== "");
  const odd = new Set(
    present.filter((value) => !/[\p{L}\p{N}]/u.test(value) && value.trim().length <= 3),
  );
  const worded = present.filter((value) => !odd.has(value));
  const placeholders =
    odd.size > 0 && odd.size <= 2 && worded.length > present.length * 0.7 ? [...odd] : [];
  const base = {
    name: column.name,
    nullable: present.length < values.length || placeholders.length > 0,
    placeholders,
  };
  const evidence = (what: string): string => `${worded.length} sampled values are ${what}`;
  const stored = storedType(column);
  const all = (pattern: RegExp): boolean =>
    worded.length > 0 && worded.every((value) => pattern.test(value));
  if (stored !== "text" && stored !== "json") {
    return { ...base, type: stored, confidence: 0.7, evidence: evidence(column.storage) };
  }
  if (stored === "json" && worded.some((value) => /^[[{]/.test(value))) {
    return { ...base, type: "json", confidence: 0.7, evidence: evidence("structured") };
  }
  if (all(/^(true|false)$/i))
    return { ...base, type: "boolean", confidence: 0.7, evidence: evidence("booleans") };
  if (all(/^-?(0|[1-9]\d{0,17})$/))
    return { ...base, type: "integer", confidence: 0.7, evidence: evidence("integers") };
  if (all(/^-?(0|[1-9]\d{0,17})(\.\d+)?([eE][-+]?\d+)?$/)) {
    return { ...base, type: "decimal", confidence: 0.7, evidence: evidence("numbers") };
  }
  const format = await commonFormat(engine, worded, signal);
  if (format !== undefined) {
    const type = hasTime(format) ? "timestamp" : "date";
    return {
      ...base,
      type,
      format,
      confidence: 0.8,
      evidence: evidence(`${type}s written ${format}`),
    };
  }
  return { ...base, type: "text", confidence: 0.6, evidence: evidence("text") };
}

async function commonFormat(
  engine: Engine,
  values: readonly string[],
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  if (values.length === 0) return undefined;
  const list = values.map(literal).join(", ");
  const checks = dateFormats.map(
    (format, index) => `count(try_strptime(v, ${literal(format)}))::DOUBLE AS f${index}`,
  );
  const [counts = {}] = await engine.rows(
    `SELECT ${checks.join(", ")} FROM (SELECT unnest([${list}]) AS v)`,
    signal,
  );
  const index = dateFormats.findIndex((_, position) => counts[`f${position}`] === values.length);
  return dateFormats[index];
}
