import { z } from "zod";
import type { Engine } from "../engine/engine.ts";
import { DataError, PipelineError } from "../errors.ts";
import { engineWords, inSandbox } from "../study/sandbox.ts";
import { emptyTable, typedStep, withTables } from "./chain.ts";
import { checkExpression, checkStepQuery } from "./expression.ts";
import { addOrigins, type Origins, originSchema, sourceOrigins } from "./origins.ts";
import type { Step } from "./step.ts";
import { StepFault, stepSql, type TableColumn } from "./step-sql.ts";

/** A column of a table, with DuckDB's name of its type. */
export const tableColumnSchema = z.object({ name: z.string(), type: z.string() });

/** What the tables of a pipeline will hold. */
export const designSchema = z.object({
  /** Sources and steps by name. */
  tables: z.record(
    z.string(),
    z.object({
      columns: z.array(tableColumnSchema),
      /** For each column the columns of sources that it is made of. */
      origins: z.record(z.string(), z.array(originSchema)),
    }),
  ),
});
export type Design = z.output<typeof designSchema>;

interface DesignInput {
  /** Columns of the sources, by their names. */
  readonly sources: Readonly<Record<string, readonly TableColumn[]>>;
  readonly steps: readonly Step[];
  /** A directory of its own, made and removed. */
  readonly scratch: string;
}

/**
 * Finds out what each step of a pipeline gives, without reading any data: each is bound over tables that
 * have the right columns and no rows. What is wrong with steps is found before hours of work, and all
 * of it at once.
 *
 * @throws PipelineError naming each step that cannot be done, and why
 */
export async function designPipeline(
  { sources, steps, scratch }: DesignInput,
  signal?: AbortSignal,
): Promise<Design> {
  return inSandbox(
    { files: [], scratch, sql: "the steps of the goal" },
    async (engine) => {
      const tables: Design["tables"] = {};
      for (const [name, columns] of Object.entries(sources)) {
        tables[name] = {
          columns: columns.map(({ name: column, type }) => ({ name: column, type })),
          origins: sourceOrigins(name, columns),
        };
      }
      const issues: string[] = [];
      for (const [index, step] of steps.entries()) {
        // What follows from a step that is wrong would only repeat that.
        if (step.reads.some((table) => tables[table] === undefined)) continue;
        try {
          tables[step.name] = await designStep(engine, step, tables, signal);
        } catch (error) {
          if (signal?.aborted === true) throw error;
          const why = isPlain(error) ? error.message : engineWords(error);
          issues.push(`transformation ${index + 1} (${step.op} '${step.name}'): ${why}`);
        }
      }
      if (issues.length > 0) throw new PipelineError(issues);
      return { tables };
    },
    signal,
  );
}

function isPlain(error: unknown): error is Error {
  return error instanceof StepFault || error instanceof DataError;
}

async function designStep(
  engine: Engine,
  step: Step,
  tables: Design["tables"],
  signal: AbortSignal | undefined,
): Promise<Design["tables"][string]> {
  const columnsOf = (table: string) => tables[table]?.columns ?? [];
  const used = await readColumns(engine, step, signal);
  const empty = step.reads.map((name) => [name, emptyTable(columnsOf(name))] as const);
  const sql = stepSql(step, columnsOf);
  const described = await engine.rows(
    `DESCRIBE ${withTables([...new Map(empty)], `SELECT * FROM (${sql}\n)`)}`,
    signal,
  );
  const columns = described.map((row) => ({
    name: String(row["column_name"]),
    type: keptType(String(row["column_type"])),
  }));
  const seen = new Set<string>();
  for (const { name } of columns) {
    if (seen.has(name.toLowerCase())) throw new StepFault(`it gives two columns named '${name}'`);
    if (name.toLowerCase() === "_row")
      throw new StepFault("'_row' is the number of a row: rename it");
    seen.add(name.toLowerCase());
  }
  // Whatever would only show when the types are fixed shows here.
  const whole = typedStep(step, columnsOf, columns);
  await engine.rows(withTables([...new Map(empty)], `SELECT * FROM (${whole}\n)`), signal);
  return { columns, origins: addOrigins(step, used, columns, tables) };
}

/** What the step's own SQL reads, after a look at whether it may. */
async function readColumns(engine: Engine, step: Step, signal: AbortSignal | undefined) {
  if (step.op === "filter") {
    await checkExpression(engine, step.where, signal);
    return new Map<string, Origins["used"]>();
  }
  if (step.op === "derive") {
    const used = new Map<string, Origins["used"]>();
    for (const [name, value] of Object.entries(step.columns)) {
      used.set(name, await checkExpression(engine, value, signal));
    }
    return used;
  }
  if (step.op !== "sql") return new Map<string, Origins["used"]>();
  const sql = step.query.replace(/[;\s]+$/, "");
  return checkStepQuery(engine, sql, step.reads, signal);
}

/** Parquet has no integers this long, and what has no type yet is kept as text. */
function keptType(type: string): string {
  if (/^U?HUGEINT$/.test(type)) return "BIGINT";
  return type === '"NULL"' ? "VARCHAR" : type;
}
