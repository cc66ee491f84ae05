import type { Engine } from "../engine/engine.ts";
import { parquet } from "../engine/sql.ts";
import { DataError, PipelineError } from "../errors.ts";
import { emptyTable } from "../pipeline/chain.ts";
import { checkExpression } from "../pipeline/expression.ts";
import type { TableColumn } from "../pipeline/step-sql.ts";
import { engineWords, inSandbox } from "../study/sandbox.ts";
import { recordOf } from "../tasks/outcome.ts";
import { countRows } from "../tasks/write.ts";
import type { Check, CheckFinding, CheckReport } from "./check.ts";

/** Examples kept of each finding. */
const exampleLimit = 5;

/** Rows of a table with these columns that break a check. */
export function breaking({ expect }: Pick<Check, "expect">): string {
  return `NOT coalesce(CAST((${expect}\n) AS BOOLEAN), true)`;
}

/**
 * Looks whether checks can be made on a table with these columns, without any rows.
 *
 * @returns the columns that each check names, by its name
 * @throws PipelineError naming each check that cannot be made, and why
 */
export function designChecks(
  checks: readonly Check[],
  columns: readonly TableColumn[],
  scratch: string,
  signal?: AbortSignal,
): Promise<Readonly<Record<string, readonly string[]>>> {
  return inSandbox(
    { files: [], scratch, sql: "the checks of the goal" },
    async (engine) => {
      const used: Record<string, readonly string[]> = {};
      const issues: string[] = [];
      for (const check of checks) {
        try {
          const named = await checkExpression(engine, check.expect, signal);
          await engine.rows(
            `SELECT * FROM (${emptyTable(columns)}) WHERE ${breaking(check)}`,
            signal,
          );
          const names = columns.map(({ name }) => name);
          used[check.name] = named.flatMap((parts) => {
            const at = names.find((name) => name.toLowerCase() === parts.at(-1)?.toLowerCase());
            return at ?? [];
          });
          if (check.column !== undefined && !names.includes(check.column)) {
            throw new PipelineError([`the output has no column '${check.column}'`]);
          }
        } catch (error) {
          if (signal?.aborted === true) throw error;
          const why = error instanceof DataError ? error.message : engineWords(error);
          issues.push(`check '${check.name}': ${why}`);
        }
      }
      if (issues.length > 0) throw new PipelineError(issues);
      return used;
    },
    signal,
  );
}

interface CheckInput {
  /** Path of the table. */
  readonly input: string;
  /** Each with the column to blame. */
  readonly checks: readonly Check[];
  readonly scratch: string;
  readonly memoryLimitMb: number;
}

/** Holds a table against its checks. Changes nothing. */
export function checkTable(
  { input, checks, scratch, memoryLimitMb }: CheckInput,
  signal?: AbortSignal,
): Promise<CheckReport> {
  return inSandbox(
    { files: [input], scratch, memoryLimitMb, sql: "the checks of the goal" },
    async (engine) => {
      const rows = await countRows(engine, input, signal);
      const findings: CheckFinding[] = [];
      for (const check of checks) {
        await checkExpression(engine, check.expect, signal);
        const finding = await hold(engine, input, rows, check, signal);
        if (finding !== undefined) findings.push(finding);
      }
      const broken = findings.reduce((sum, { share }) => sum + share, 0);
      const score = checks.length === 0 ? 100 : 100 * (1 - broken / checks.length);
      return { rows, checks: checks.length, score: Math.round(score * 100) / 100, findings };
    },
    signal,
  );
}

async function hold(
  engine: Engine,
  input: string,
  rows: number,
  check: Check,
  signal: AbortSignal | undefined,
): Promise<CheckFinding | undefined> {
  const table = parquet(input);
  const [count] = await engine.rows(
    `SELECT count(*)::DOUBLE AS n FROM ${table} WHERE ${breaking(check)}`,
    signal,
  );
  const violations = Number(count?.["n"] ?? 0);
  if (violations === 0) return undefined;
  const described = await engine.rows(`DESCRIBE SELECT * EXCLUDE (_row) FROM ${table}`, signal);
  const record = recordOf(described.map((row) => String(row["column_name"])));
  const examples = await engine.rows(
    `SELECT _row::DOUBLE AS r, ${record} AS v FROM ${table} WHERE ${breaking(check)} ORDER BY _row LIMIT ${exampleLimit}`,
    signal,
  );
  const share = violations / rows;
  return {
    check: check.name,
    ...(check.column === undefined ? {} : { column: check.column }),
    violations,
    share,
    blocks: check.severity === "block" && share > check.tolerate,
    examples: examples.map((row) => ({ row: Number(row["r"]), record: String(row["v"]) })),
  };
}
