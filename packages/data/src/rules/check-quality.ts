import type { Engine } from "../engine/engine.ts";
import { identifier, literal, parquet } from "../engine/sql.ts";
import { diagnoseTimes } from "./century-slip.ts";
import { countDays } from "./count-days.ts";
import type { Finding, Quality, QualityRule } from "./rule.ts";

/** Examples kept of each finding. */
const exampleLimit = 5;

interface GateInput {
  /** Path of the staged dataset. */
  readonly input: string;
  readonly rules: readonly QualityRule[];
  /** Nothing observed can be later, milliseconds since the epoch. */
  readonly referenceTime: number;
}

/** Holds the data against the rules. Changes nothing. */
export async function checkQuality(
  engine: Engine,
  { input, rules, referenceTime }: GateInput,
  signal?: AbortSignal,
): Promise<Quality> {
  const table = parquet(input);
  const [count] = await engine.rows(`SELECT count(*)::DOUBLE AS n FROM ${table}`, signal);
  const rows = Number(count?.["n"] ?? 0);
  const findings: Finding[] = [];
  for (const rule of rules) {
    const finding = await check(engine, table, rows, rule, referenceTime, signal);
    if (finding !== undefined) findings.push(finding);
  }
  const weightOf = (id: string): number => rules.find((rule) => rule.id === id)?.weight ?? 1;
  const weights = rules.reduce((sum, { id }) => sum + weightOf(id), 0);
  const broken = findings.reduce((sum, { rule, share }) => sum + share * weightOf(rule), 0);
  const score = rules.length === 0 ? 100 : 100 * (1 - broken / weights);
  return { rows, rules: rules.length, score: Math.round(score * 100) / 100, findings };
}

async function check(
  engine: Engine,
  table: string,
  rows: number,
  rule: QualityRule,
  referenceTime: number,
  signal: AbortSignal | undefined,
): Promise<Finding | undefined> {
  const column = identifier(rule.column);
  switch (rule.kind) {
    case "plausible-time":
      return checkTimes(engine, table, rows, rule, referenceTime, signal);
    case "placeholder-free": {
      const tokens = (rule.tokens ?? []).map(literal).join(", ");
      const condition = tokens === "" ? "false" : `${column} IN (${tokens})`;
      return found(engine, table, rows, rule, condition, `${rule.why}, but is still there`, signal);
    }
    case "key":
      return found(
        engine,
        table,
        rows,
        rule,
        `${column} IN (SELECT ${column} FROM ${table} GROUP BY 1 HAVING count(*) > 1)`,
        `several rows have the same '${rule.column}'`,
        signal,
      );
    case "condition": {
      const broken = `NOT coalesce((${rule.expression ?? "true"}\n), true)`;
      const words = `${rule.why}: \`${rule.expression ?? ""}\` does not hold`;
      return withCondition(found(engine, table, rows, rule, broken, words, signal), broken);
    }
    case "faulty-rows": {
      const numbers = rule.rowNumbers ?? [];
      const faulty = numbers.length === 0 ? "false" : `_row IN (${numbers.join(", ")})`;
      return withCondition(found(engine, table, rows, rule, faulty, rule.why, signal), faulty);
    }
  }
}

async function withCondition(
  finding: Promise<Finding | undefined>,
  condition: string,
): Promise<Finding | undefined> {
  const known = await finding;
  return known === undefined ? undefined : { ...known, condition };
}

async function checkTimes(
  engine: Engine,
  table: string,
  rows: number,
  rule: QualityRule,
  referenceTime: number,
  signal: AbortSignal | undefined,
): Promise<Finding | undefined> {
  const column = identifier(rule.column);
  const days = await countDays(engine, `SELECT ${column} AS v FROM ${table}`, signal);
  const reference = Math.floor(referenceTime / 86_400_000);
  const diagnosis = diagnoseTimes({ days, reference });
  if (diagnosis.kind === "plausible") return undefined;
  const isoOf = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10);
  if (diagnosis.kind === "future") {
    const after = isoOf(reference + 1);
    const words = `${diagnosis.values} values lie after ${isoOf(reference)}, and nothing explains them`;
    return found(engine, table, rows, rule, `${column} >= DATE ${literal(after)}`, words, signal);
  }
  const from = isoOf(diagnosis.from);
  const words = `${diagnosis.values} values from ${from} on stand apart from the rest and reach into the future: years once kept with two digits`;
  const finding = await found(
    engine,
    table,
    rows,
    rule,
    `${column} >= DATE ${literal(from)}`,
    words,
    signal,
  );
  return finding === undefined ? undefined : { ...finding, slippedFrom: from };
}

async function found(
  engine: Engine,
  table: string,
  rows: number,
  rule: QualityRule,
  condition: string,
  diagnosis: string,
  signal: AbortSignal | undefined,
): Promise<Finding | undefined> {
  const column = identifier(rule.column);
  const [count] = await engine.rows(
    `SELECT count(*)::DOUBLE AS n FROM ${table} WHERE ${condition}`,
    signal,
  );
  const violations = Number(count?.["n"] ?? 0);
  if (violations === 0 || violations <= rows * (rule.atMost ?? 0)) return undefined;
  const examples = await engine.rows(
    `SELECT _row::DOUBLE AS r, CAST(${column} AS VARCHAR) AS v FROM ${table} WHERE ${condition} ORDER BY _row LIMIT ${exampleLimit}`,
    signal,
  );
  return {
    rule: rule.id,
    kind: rule.kind,
    column: rule.column,
    violations,
    share: violations / rows,
    severity: rule.severity,
    examples: examples.map((row) => ({ row: Number(row["r"]), value: String(row["v"]) })),
    diagnosis,
  };
}
