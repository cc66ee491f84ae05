import type { Engine, Row } from "../engine/engine.ts";
import { literal } from "../engine/sql.ts";
import type { ColumnProfile, Profile } from "../profile/profile-schema.ts";
import { dateFormats, hasTime, textOf } from "../profile/profile-source.ts";
import { scan } from "../source/source.ts";
import { bySpecificity, type ColumnSchema, type ColumnType } from "./column-schema.ts";

/** A way of looking at data. */
export type Lens = "storage" | "values" | "sample";
export const lenses: readonly Lens[] = ["storage", "values", "sample"];

/** Share of a column's values that must read as a type before it is proposed by a full scan. */
const readingShare = 0.98;
const sampleSize = 400;
/** Share of values that an alternative may lose and still get a vote. */
const tolerableLoss = 0.02;

/**
 * What the columns are, seen one way: `storage` believes the types the file itself has, `values`
 * scans everything and counts what it reads as, `sample` looks strictly at some rows.
 *
 * @param seed which rows the sample takes
 */
export async function proposeSchema(
  engine: Engine,
  profile: Profile,
  lens: Lens,
  seed: number,
  signal?: AbortSignal,
): Promise<readonly ColumnSchema[]> {
  if (lens === "storage") return profile.columns.map(byStorage);
  if (lens === "values") return profile.columns.map((column) => byValues(profile.rows, column));
  const sampled = await sampleRows(engine, profile, seed, signal);
  const columns: ColumnSchema[] = [];
  for (const [index, column] of profile.columns.entries()) {
    const values = sampled.map((row) =>
      row[`c${index}`] == null ? null : String(row[`c${index}`]),
    );
    columns.push(await bySample(engine, column, values, signal));
  }
  return columns;
}

function byStorage(column: ColumnProfile): ColumnSchema {
  return {
    name: column.name,
    type: storedType(column.storage),
    nullable: column.nulls > 0,
    placeholders: [],
    confidence: 0.6,
    evidence: `the file holds it as ${column.storage}`,
  };
}

/** The type that a storage type is, as far as this package tells types apart. */
function storedType(storage: string): ColumnType {
  if (/^(TINYINT|SMALLINT|INTEGER|BIGINT|U(TINY|SMALL|BIG)?INT(EGER)?)$/.test(storage))
    return "integer";
  if (/^(FLOAT|DOUBLE|REAL|DECIMAL.*|HUGEINT|UHUGEINT)$/.test(storage)) return "decimal";
  if (storage === "BOOLEAN") return "boolean";
  if (storage === "DATE") return "date";
  if (storage.startsWith("TIMESTAMP")) return "timestamp";
  if (storage === "JSON" || /[[(]|^MAP/.test(storage)) return "json";
  return "text";
}

function byValues(rows: number, column: ColumnProfile): ColumnSchema {
  const placeholders = column.placeholders.map(({ token }) => token);
  const nothing = column.placeholders.reduce((sum, { rows: count }) => sum + count, 0);
  const present = rows - column.nulls - nothing;
  const base = {
    name: column.name,
    nullable: column.nulls + nothing > 0,
    placeholders,
  };
  const stored = storedType(column.storage);
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
  const kinds = Object.entries(column.kinds).map(([kind, count]) => `${count} ${kind}`);
  const mixed = kinds.length > 1 ? `, of kinds ${kinds.join(", ")}` : "";
  return { ...base, type: "text", confidence: 0.8, evidence: `values are text${mixed}` };
}

async function bySample(
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
  const stored = storedType(column.storage);
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
  if (all(/^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/)) {
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

async function sampleRows(
  engine: Engine,
  profile: Profile,
  seed: number,
  signal: AbortSignal | undefined,
): Promise<readonly Row[]> {
  const texts = profile.columns.map(
    ({ name, storage }, index) => `${textOf(name, storage)} AS c${index}`,
  );
  return engine.rows(
    `SELECT ${texts.join(", ")} FROM ${scan(profile.source, true)} USING SAMPLE reservoir(${sampleSize} ROWS) REPEATABLE (${seed})`,
    signal,
  );
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

/** What one lens says about alternatives that others proposed. */
export interface ColumnJudgement {
  /** Index of the alternative, or nothing to abstain. */
  readonly choice: number | undefined;
  readonly reason: string;
}

/**
 * Chooses among alternatives for a column by what each would lose of the values this lens looks at:
 * the most specific one that loses next to nothing wins.
 */
export async function judgeColumn(
  engine: Engine,
  profile: Profile,
  lens: Lens,
  alternatives: readonly ColumnSchema[],
  seed: number,
  signal?: AbortSignal,
): Promise<ColumnJudgement> {
  const column = profile.columns.find(({ name }) => name === alternatives[0]?.name);
  if (column === undefined) return { choice: undefined, reason: "there is no such column" };
  const looked = lookedAt(profile, column, lens, seed);
  const losses = alternatives.map(
    (alternative, index) =>
      `count(*) FILTER (v IS NOT NULL AND ${castOf(alternative, "v")} IS NULL AND NOT ${isPlaceholder(alternative, "v")})::DOUBLE AS l${index}`,
  );
  const [counts = {}] = await engine.rows(
    `SELECT count(v)::DOUBLE AS n, ${losses.join(", ")} FROM (${looked})`,
    signal,
  );
  const present = Number(counts["n"] ?? 0);
  if (present === 0) return { choice: undefined, reason: "no value to judge by" };
  const [best] = alternatives
    .map((alternative, index) => ({
      alternative,
      index,
      loss: Number(counts[`l${index}`] ?? 0) / present,
    }))
    .filter(({ loss }) => loss <= tolerableLoss)
    .sort((a, b) => bySpecificity(a.alternative, b.alternative) || a.index - b.index);
  if (best === undefined) return { choice: undefined, reason: "every alternative loses values" };
  const percent = `${Math.round(best.loss * 10_000) / 100} %`;
  return {
    choice: best.index,
    reason: `as ${best.alternative.type} it loses ${percent} of the ${present} values that '${lens}' looked at`,
  };
}

function lookedAt(profile: Profile, column: ColumnProfile, lens: Lens, seed: number): string {
  const values = `SELECT ${textOf(column.name, column.storage)} AS v FROM ${scan(profile.source, true)}`;
  if (lens === "storage") return `${values} LIMIT 1000`;
  return lens === "values"
    ? values
    : `${values} USING SAMPLE reservoir(${sampleSize} ROWS) REPEATABLE (${seed})`;
}

/** An expression that is null where a text can't be read as the column. */
export function castOf(column: ColumnSchema, text: string): string {
  const { type, format } = column;
  if (type === "text") return text;
  if (type === "json") return `CASE WHEN ${text} IS NULL THEN NULL ELSE to_json(${text}) END`;
  if (format === undefined) {
    const target = {
      boolean: "BOOLEAN",
      integer: "BIGINT",
      decimal: "DOUBLE",
      date: "DATE",
      timestamp: "TIMESTAMP",
    };
    return `TRY_CAST(${text} AS ${target[type]})`;
  }
  const parsed = `try_strptime(${text}, ${literal(format)})`;
  return type === "date" ? `CAST(${parsed} AS DATE)` : parsed;
}

export function isPlaceholder(column: ColumnSchema, text: string): string {
  if (column.placeholders.length === 0) return "false";
  return `(${text} IN (${column.placeholders.map(literal).join(", ")}))`;
}
