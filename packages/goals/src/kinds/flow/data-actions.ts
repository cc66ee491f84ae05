import { defineTool, type Job, type Tool } from "@troupe/agents";
import { describeSource, loadedSchema, loadSource, runQuery } from "@troupe/data";
import { z } from "zod";
import type { Workshop } from "../../workshop/workshop.ts";
import { TaskFiles } from "../task-files.ts";
import { workFileSchema } from "../work-file.ts";

/** Memory of one query of an agent. */
const queryMemoryMb = 256;
/** Most rows that one transformation may leave. */
const transformedRows = 1_000_000;
/** Shares of rules kept from which data may be published, or is worth cleaning. */
const publishFrom = 0.99;
const cleanFrom = 0.5;

/** Something that every row of a table should keep to. */
const checkSchema = z.discriminatedUnion("rule", [
  z.strictObject({ column: z.string().min(1), rule: z.literal("not_null") }),
  z.strictObject({ column: z.string().min(1), rule: z.literal("unique") }),
  z.strictObject({
    column: z.string().min(1),
    rule: z.literal("range"),
    min: z.number().optional(),
    max: z.number().optional(),
  }),
]);
export type Check = z.output<typeof checkSchema>;

export const analysisSchema = loadedSchema.extend({ table: workFileSchema });
export const validationSchema = z.object({
  table: workFileSchema,
  rows: z.number(),
  checks: z.array(z.object({ column: z.string(), rule: z.string(), violations: z.number() })),
  /** Part of all checks of all rows that were kept, 0 to 1. */
  score: z.number(),
});
export const transformedSchema = z.object({ table: workFileSchema, first: z.array(z.unknown()) });
export const routeSchema = z.object({
  route: z.enum(["publish", "clean", "quarantine"]),
  because: z.string(),
});

/**
 * What an agent that reasons can do with data: read a file, hold it against rules, reshape it, and
 * decide where it belongs. Queries run in a sandbox that holds nothing but the tables named to it.
 */
export function dataActions({ engine, readable, workspace }: Workshop): readonly Tool[] {
  const at = (job: Job): TaskFiles => new TaskFiles(workspace, job);

  return [
    defineTool({
      type: "analyze_schema",
      purpose: "reads a file into a table and tells its columns, their types, gaps and extremes",
      input: z.strictObject({ path: z.string().min(1).max(4096) }),
      run: ({ path }, job) =>
        at(job).once(async () => {
          const source = await describeSource(path, readable);
          const table = `${job.task}.parquet`;
          const output = at(job).path(table);
          const loaded = await loadSource(engine, source, output, at(job).writer, job.signal);
          return { ...loaded, table };
        }),
    }) as Tool,
    defineTool({
      type: "validate_data",
      purpose: "counts the rows of a table that break rules, and scores it",
      input: z.strictObject({ table: workFileSchema, checks: z.array(checkSchema).min(1).max(45) }),
      quality: (found) => validationSchema.parse(found).score,
      run: ({ table, checks }, job) =>
        at(job).once(async () => {
          const counts = checks.map((check, index) => `${violations(check)} AS c${index}`);
          const { rows: found } = await runQuery(
            {
              sql: `SELECT count(*) AS n, ${counts.join(", ")} FROM data`,
              sources: { data: at(job).path(table) },
              scratch: at(job).scratch,
              memoryLimitMb: queryMemoryMb,
            },
            job.signal,
          );
          const [rows = 0, ...broken] = (found[0] ?? []).map(Number);
          const all = broken.reduce((sum, one) => sum + one, 0);
          const score = rows === 0 ? 0 : Math.max(0, 1 - all / (rows * checks.length));
          return {
            table,
            rows,
            checks: checks.map(({ column, rule }, index) => ({
              column,
              rule,
              violations: broken[index] ?? 0,
            })),
            score,
          };
        }),
    }) as Tool,
    defineTool({
      type: "transform_data",
      purpose: "makes a new table from one SELECT over tables, which are all that it can reach",
      input: z.strictObject({
        sql: z.string().min(1).max(20_000),
        /** Tables by the names that the query has for them. */
        sources: z.record(z.string(), workFileSchema),
      }),
      run: ({ sql, sources }, job) =>
        at(job).once(async () => {
          const table = `${job.task}.parquet`;
          const files = Object.entries(sources).map(([name, file]) => [name, at(job).path(file)]);
          const { columns, rows } = await runQuery(
            {
              sql,
              sources: Object.fromEntries(files),
              scratch: at(job).scratch,
              output: at(job).path(table),
              rowLimit: transformedRows,
              memoryLimitMb: queryMemoryMb,
            },
            job.signal,
          );
          return { table, columns: columns.map(({ name, type }) => ({ name, type })), first: rows };
        }),
    }) as Tool,
    defineTool({
      type: "route_pipeline",
      purpose: "decides by a score from 0 to 1 whether data is published, cleaned or set aside",
      input: z.strictObject({ score: z.number().min(0).max(1) }),
      run: async ({ score }) => {
        const route =
          score >= publishFrom ? "publish" : score >= cleanFrom ? "clean" : "quarantine";
        return { route, because: `${score} of the rules are kept` };
      },
    }) as Tool,
  ];
}

/** An expression that counts the rows which break a rule. */
function violations(check: Check): string {
  const column = quoted(check.column);
  switch (check.rule) {
    case "not_null":
      return `count(*) FILTER (WHERE ${column} IS NULL)`;
    case "unique":
      return `count(${column}) - count(DISTINCT ${column})`;
    case "range": {
      const { min, max } = check;
      const low = min === undefined ? "false" : `${column} < ${min}`;
      const high = max === undefined ? "false" : `${column} > ${max}`;
      return `count(*) FILTER (WHERE ${low} OR ${high})`;
    }
  }
}

/** A name as SQL takes it, whatever is in it. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
