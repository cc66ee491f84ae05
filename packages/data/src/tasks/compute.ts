import { mkdir, readdir, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import type { Engine } from "../engine/engine.ts";
import { identifier } from "../engine/sql.ts";
import {
  parquetFiles,
  type StoredTable,
  storedTable,
  typed,
  typedStep,
  withTables,
} from "../pipeline/chain.ts";
import { checkExpression, checkStepQuery } from "../pipeline/expression.ts";
import type { JoinStep, Step } from "../pipeline/step.ts";
import { joinedColumns, joinKeys, type TableColumn } from "../pipeline/step-sql.ts";
import { inSandbox } from "../study/sandbox.ts";
import { writeParquet } from "./write.ts";

/** What a task that computes a table of a pipeline made. */
export const computedSchema = z.object({ output: z.string(), rows: z.number() });
export type Computed = z.output<typeof computedSchema>;

/** Where a task of a pipeline works. */
interface Place {
  /** Path of the Parquet file, which appears whole or not at all. */
  readonly output: string;
  /** A directory of its own, made and removed; on the same disk as the output. */
  readonly scratch: string;
  /** Memory, beyond which it spills to `scratch`. */
  readonly memoryLimitMb: number;
}

interface ComputeInput extends Place {
  /** The tables that the steps read. */
  readonly tables: Readonly<Record<string, StoredTable>>;
  /** In order; the last one gives the result. */
  readonly steps: readonly Step[];
  /** Columns of every step, as they were designed. */
  readonly design: Readonly<Record<string, readonly TableColumn[]>>;
}

/** Does steps one behind the other over tables on disk, as one query. */
export function computeSteps(
  { tables, steps, design, ...place }: ComputeInput,
  signal?: AbortSignal,
): Promise<Computed> {
  const files = Object.values(tables).flatMap((table) => table.files);
  return write(
    place,
    files,
    named(steps),
    async (engine) => {
      for (const step of steps) await checkStep(engine, step, signal);
      const stored = Object.entries(tables).map(
        ([name, table]) => [name, storedTable(table)] as const,
      );
      return chained(stored, steps, design, tables);
    },
    signal,
  );
}

interface JoinInput extends Place {
  /** What was joined so far: files with the columns that it has by now. */
  readonly joined: StoredTable;
  readonly right: StoredTable;
  readonly arm: JoinStep & Step;
  /** When it is the last one: the columns of all joins together, and what is done behind them. */
  readonly last?: { readonly name: string; readonly steps: readonly Step[] };
  readonly design: Readonly<Record<string, readonly TableColumn[]>>;
}

/**
 * Does one of several inner joins. They may be done in any order: what each adds, and under which
 * names, was settled when they were designed.
 */
export function joinArm(
  { joined, right, arm, last, design, ...place }: JoinInput,
  signal?: AbortSignal,
): Promise<Computed> {
  return write(
    place,
    [...joined.files, ...right.files],
    named([arm, ...(last?.steps ?? [])]),
    async (engine) => {
      for (const step of last?.steps ?? []) await checkStep(engine, step, signal);
      const added = joinedColumns(arm, design[arm.reads[0] ?? ""] ?? [], design[arm.with] ?? []);
      const values = [
        ...joined.columns.map(({ name }) => `l.${identifier(name)}`),
        ...added.map(({ from, to }) => `r.${identifier(from)} AS ${identifier(to)}`),
      ];
      const condition = joinKeys(arm)
        .map((key) => `l.${identifier(key.left)} = r.${identifier(key.right)}`)
        .join(" AND ");
      const sql = `SELECT ${values.join(", ")} FROM (${storedTable(joined)}) AS l JOIN (${storedTable(right)}) AS r ON ${condition}`;
      if (last === undefined) return sql;
      const whole = [last.name, typed(sql, design[last.name] ?? [])] as const;
      return chained([whole], last.steps, design, {});
    },
    signal,
  );
}

interface PartitionInput extends Omit<Place, "output"> {
  readonly table: StoredTable;
  /** Rows with the same values in these come into the same part. */
  readonly key: readonly TableColumn[];
  readonly parts: number;
  /** Path of a part. */
  readonly outputOf: (part: number) => string;
}

/** A table that was split. */
export const partitionedSchema = z.object({
  /** Paths of the parts, in order; some may have no rows. */
  outputs: z.array(z.string()),
  rows: z.array(z.number()),
});
export type Partitioned = z.output<typeof partitionedSchema>;

/** A name that no column has: the space in front keeps it apart from all that people write. */
const partColumn = " part";

/** Splits a table by the hash of a key, in one pass. */
export function partitionTable(
  { table, key, parts, outputOf, ...place }: PartitionInput,
  signal?: AbortSignal,
): Promise<Partitioned> {
  const values = key.map(({ name, type }) => `CAST(${identifier(name)} AS ${type})`).join(", ");
  const sql = `SELECT *, CAST(hash(${values}) % ${parts} AS INTEGER) AS ${identifier(partColumn)} FROM (${storedTable(table)}\n)`;
  return inSandbox(
    { files: table.files, ...place, sql: "the split of a table" },
    async (engine) => {
      const folder = join(place.scratch, "split");
      await engine.copy(sql, folder, { format: "parquet", partitionBy: [partColumn] }, signal);
      const outputs: string[] = [];
      const rows: number[] = [];
      for (let part = 0; part < parts; part += 1) {
        const files = await filesOf(join(folder, `${encodeURIComponent(partColumn)}=${part}`));
        const made = join(place.scratch, `part-${part}.parquet`);
        const query =
          files.length === 0
            ? `SELECT * FROM (${storedTable(table)}\n) WHERE false`
            : `SELECT * FROM ${parquetFiles(files)}`;
        rows.push(await writeParquet(engine, query, made, "split", signal));
        await mkdir(dirname(outputOf(part)), { recursive: true });
        await rename(made, outputOf(part));
        outputs.push(outputOf(part));
      }
      return { outputs, rows };
    },
    signal,
  );
}

async function checkStep(
  engine: Engine,
  step: Step,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (step.op === "filter") await checkExpression(engine, step.where, signal);
  if (step.op === "derive") {
    for (const value of Object.values(step.columns)) await checkExpression(engine, value, signal);
  }
  if (step.op === "sql") {
    await checkStepQuery(engine, step.query.replace(/[;\s]+$/, ""), step.reads, signal);
  }
}

/** Steps one behind the other as one query, each in the types that it was designed with. */
function chained(
  given: readonly (readonly [string, string])[],
  steps: readonly Step[],
  design: JoinInput["design"],
  tables: Readonly<Record<string, StoredTable>>,
): string {
  const columnsOf = (table: string) => tables[table]?.columns ?? design[table] ?? [];
  const made = steps.map(
    (step) => [step.name, typedStep(step, columnsOf, design[step.name] ?? [])] as const,
  );
  const all = [...given, ...made];
  return withTables(all, `SELECT * FROM ${identifier(all.at(-1)?.[0] ?? "")}`);
}

/** What the steps are called, for the words of errors. */
function named(steps: readonly Step[]): string {
  return steps.map(({ op, name }) => `${op} '${name}'`).join(", ");
}

function write(
  { output, ...place }: Place,
  files: readonly string[],
  sql: string,
  query: (engine: Engine) => Promise<string>,
  signal: AbortSignal | undefined,
): Promise<Computed> {
  return inSandbox(
    { files, ...place, sql },
    async (engine) => {
      const made = join(place.scratch, "made.parquet");
      const rows = await writeParquet(engine, await query(engine), made, "step", signal);
      await mkdir(dirname(output), { recursive: true });
      await rename(made, output);
      return { output, rows };
    },
    signal,
  );
}

async function filesOf(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.sort().map((name) => join(folder, name));
}
