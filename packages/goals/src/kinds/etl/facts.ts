import {
  type Block,
  type ColumnSchema,
  DriftError,
  dataTypeOf,
  duplicatesAreErrors,
  inferRules,
  type JoinArm,
  joinKeys,
  type QualityRule,
  type Reading,
  refusedDrifts,
} from "@troupe/data";
import type { Fact } from "@troupe/planning";
import type { EtlSource } from "./goal.ts";
import type { EtlKnowledge } from "./knowledge.ts";

/** Most parts that a table is worked on in. */
const partLimit = 16;

/** Rows that each table will have, as far as can be told before anything is computed. */
function estimatedRows(knowledge: EtlKnowledge): Readonly<Record<string, number>> {
  const { profiles, blocks } = knowledge;
  const rows: Record<string, number> = {};
  for (const [name, profile] of Object.entries(profiles)) rows[name] = profile.rows;
  for (const block of blocks) {
    const base = rows[block.base] ?? 0;
    // Neither filters nor groups are looked into: at most as many as come in.
    if (block.kind === "joins") {
      rows[block.name] = block.arms.reduce(
        (sum, arm) => sum * (arm.how === "inner" ? growth(arm, block, knowledge, rows) : 1),
        base,
      );
    } else if (block.kind === "single" && block.steps[0]?.op === "union") {
      rows[block.name] = block.steps[0].reads.reduce((sum, table) => sum + (rows[table] ?? 0), 0);
    } else {
      rows[block.name] = base;
    }
  }
  return rows;
}

/** By how much an inner join multiplies the rows that it is given, when keys are evenly spread. */
function growth(
  arm: JoinArm,
  block: Block,
  knowledge: EtlKnowledge,
  rows: Readonly<Record<string, number>>,
): number {
  const right = rows[arm.with] ?? 0;
  const [key] = joinKeys(arm);
  const there = distinctIn(arm.with, key?.right ?? "", knowledge) ?? right;
  const tables = [block.base, ...block.arms.map((other) => other.with)].filter(
    (table) => table !== arm.with,
  );
  const here = tables.flatMap((table) => distinctIn(table, key?.left ?? "", knowledge) ?? [])[0];
  return right / Math.max(1, there, here ?? there);
}

/** How many different values a column has in the source that a table goes through. */
function distinctIn(
  table: string,
  column: string,
  { profiles, blocks }: EtlKnowledge,
): number | undefined {
  let source = table;
  for (const block of blocks.toReversed()) if (block.name === source) source = block.base;
  return profiles[source]?.columns.find(({ name }) => name === column)?.distinct;
}

/** In how many parts tables that are too large for one task are worked on. */
export function partsOf(knowledge: EtlKnowledge): number {
  const largest = Math.max(...Object.values(estimatedRows(knowledge)));
  const wanted = Math.ceil(largest / knowledge.goal.limits.rowsPerPart);
  return Math.min(partLimit, Math.max(2, wanted));
}

/** Rules that a source is held to when it is to be cleaned. */
export function sourceRules(knowledge: EtlKnowledge, source: EtlSource): readonly QualityRule[] {
  const profile = knowledge.profiles[source.name];
  if (!source.clean || profile === undefined) return [];
  return inferRules(profile, knowledge.schemas[source.name] ?? []);
}

/** A Parquet file whose types are those agreed on needs no copy of its own. */
export function isDirect(
  { profiles, goal, drifts }: EtlKnowledge,
  source: EtlSource,
  readings: readonly Reading[],
): boolean {
  const profile = profiles[source.name];
  if (profile === undefined || profile.source.format !== "parquet") return false;
  const isSmall = profile.rows <= goal.limits.rowsPerPart;
  const isSame = !drifts.some((drift) => drift.source === source.name);
  return (
    isSmall &&
    isSame &&
    !source.clean &&
    profile.source.renamed === undefined &&
    readings.every(({ schema }) => schema !== null && isStored(schema, profile.columns))
  );
}

function isStored(
  { name, type, format, placeholders }: ColumnSchema,
  columns: readonly { readonly name: string; readonly storage: string }[],
): boolean {
  const storage = columns.find((column) => column.name === name)?.storage ?? "";
  const stored = dataTypeOf(storage);
  const isExact = stored === type || (type === "decimal" && stored.startsWith("decimal("));
  // Of the many types that are told apart only by DuckDB, these are what they are called.
  const isPlain =
    /^(BOOLEAN|TINYINT|SMALLINT|INTEGER|BIGINT|FLOAT|DOUBLE|DECIMAL.*|DATE|TIMESTAMP|VARCHAR)$/;
  return isExact && isPlain.test(storage) && format === undefined && placeholders.length === 0;
}

/**
 * What the planner starts from.
 *
 * @throws DriftError when a source has changed in a way that the goal does not allow
 */
export function initialFacts(
  knowledge: EtlKnowledge,
  readingsOf: (source: string) => readonly Reading[],
): readonly Fact[] {
  const { goal, profiles, schemas, blocks, drifts, result } = knowledge;
  const refused = refusedDrifts(drifts, goal.onDrift);
  if (refused.length > 0) throw new DriftError({ schema: refused });
  const rows = estimatedRows(knowledge);
  const isLarge = (table: string): boolean => (rows[table] ?? 0) > goal.limits.rowsPerPart;
  const facts: Fact[] = [["result", result]];
  for (const [table, count] of Object.entries(rows)) {
    facts.push(["rows", table, String(Math.round(count))]);
  }
  for (const source of goal.sources) {
    const { name, clean } = source;
    const profile = profiles[name];
    facts.push(["source", name]);
    if (isLarge(name)) facts.push(["large", name]);
    if (drifts.some((drift) => drift.source === name)) facts.push(["drifted", name]);
    if (isDirect(knowledge, source, readingsOf(name))) facts.push(["ready", name]);
    if (!clean) facts.push(["divisible", name]);
    if (!clean || isLarge(name) || profile === undefined) continue;
    const hasTokens = (schemas[name] ?? []).some(
      ({ type, placeholders }) => type === "text" && placeholders.length > 0,
    );
    if (hasTokens) facts.push(["placeholders", name]);
    if (duplicatesAreErrors(profile)) facts.push(["duplicates", name]);
  }
  for (const block of blocks) facts.push(...blockFacts(block, knowledge, isLarge));
  return facts;
}

function blockFacts(
  block: Block,
  knowledge: EtlKnowledge,
  isLarge: (table: string) => boolean,
): readonly Fact[] {
  const { name, kind, base, reads, arms } = block;
  const facts: Fact[] = [
    ["block", name],
    ["base", name, base],
    ...reads.map((table): Fact => ["input", name, table]),
  ];
  if (reads.some(isLarge)) facts.push(["wide", name]);
  if (kind === "rows") facts.push(["follows", name, base]);
  if (kind === "keyed") facts.push(["keyed", name]);
  if (kind !== "joins") return facts;
  facts.push(["joins", name]);
  for (const arm of arms) {
    facts.push(["arm", name, arm.with]);
    const keepsLeft = arm.how !== "right" && arm.how !== "full";
    if (keepsLeft && !isLarge(arm.with)) facts.push(["narrow", name, arm.with]);
  }
  const order = joinOrder(block, knowledge);
  for (const [index, table] of order.entries()) {
    facts.push(...order.slice(0, index).map((earlier): Fact => ["before", name, earlier, table]));
  }
  return facts;
}

/**
 * The order in which inner joins are done: of those whose keys are there, the one that leaves fewest
 * rows first.
 *
 * @returns the tables that are joined
 */
export function joinOrder(block: Block, knowledge: EtlKnowledge): readonly string[] {
  const { arms } = block;
  const rows = estimatedRows(knowledge);
  const cost = new Map(arms.map((arm) => [arm.with, growth(arm, block, knowledge, rows)]));
  const waiting = [...arms];
  const order: JoinArm[] = [];
  while (waiting.length > 0) {
    const free = waiting.filter((arm) =>
      arms.every(
        (other) => order.includes(other) || other === arm || !needs(arm, other, arms, knowledge),
      ),
    );
    const [next = waiting[0]] = free.sort(
      (a, b) =>
        (cost.get(a.with) ?? 0) - (cost.get(b.with) ?? 0) || arms.indexOf(a) - arms.indexOf(b),
    );
    if (next === undefined) break;
    order.push(next);
    waiting.splice(waiting.indexOf(next), 1);
  }
  return order.map((arm) => arm.with);
}

/** Whether a join may compare a column that another one brings. */
function needs(
  arm: JoinArm,
  other: JoinArm,
  arms: readonly JoinArm[],
  { known, drifts }: EtlKnowledge,
): boolean {
  if (arms.indexOf(other) > arms.indexOf(arm)) return false;
  const columns = known[other.with];
  // Of a table that is computed only its design tells what it has; of a changed one what it is called.
  if (columns === undefined || drifts.some(({ source }) => source === other.with)) return true;
  const suffix = other.suffix ?? `_${other.with}`;
  return joinKeys(arm).some(({ left }) =>
    columns.some(({ schema: { name } }) => left === name || left === `${name}${suffix}`),
  );
}
