import {
  blocksOf,
  checkSchema,
  driftPolicySchema,
  nameSteps,
  outputFormatSchema,
  type Step,
  stepSchema,
  tableNameSchema,
  targetSchema,
} from "@troupe/data";
import { z } from "zod";
import { goalIdSchema } from "../../goal/goal.ts";
import { outputNameSchema } from "../output-name.ts";

/** Most files of one goal. */
const sourceLimit = 16;
/** Most transformations of one goal. */
const stepLimit = 60;
/** Most checks of one goal. */
const checkLimit = 60;

const sourceSchema = z.strictObject({
  /** What transformations call it. */
  name: tableNameSchema,
  /** Path of the file, as the nodes see it. */
  path: z.string("must be the path of a file").min(1, "must be the path of a file").max(4096),
  /** What the file must be. Default: whatever it is. */
  format: z.enum(["csv", "tsv", "json", "ndjson", "parquet"]).optional(),
  /** Types of columns that are known; the analysts agree on the others. */
  columns: z
    .record(
      z.string().min(1).max(200),
      z.enum(["boolean", "integer", "decimal", "date", "timestamp", "text", "json"]),
    )
    .optional(),
  /**
   * Whether it is cleaned before anything is made of it, as a goal of the kind `clean` does: tokens for
   * "nothing", repeated rows, impossible times. Default false: values are typed and left as they are.
   */
  clean: z.boolean().default(false),
});
export type EtlSource = z.output<typeof sourceSchema>;

const limitsSchema = z.strictObject({
  /** A table with more rows is worked on in parts. Default 1 000 000. */
  rowsPerPart: z.number().int().min(1).max(1_000_000_000).default(1_000_000),
  /** Memory of one task, megabytes; what does not fit is spilled to disk. Default 256. */
  memoryMb: z.number().int().min(32).max(65_536).default(256),
  /** Share of a column's values that may be unreadable in its type before another type is taken, 0 to 1. Default 0.1. */
  unreadable: z.number().min(0).max(1).default(0.1),
  /** Share of rows that may be set aside for one reason, 0 to 1: beyond it the goal ends. Default 0.5. */
  setAside: z.number().min(0).max(1).default(0.5),
});

const adapt = driftPolicySchema.parse({});
const refuse = {
  added: "refuse",
  renamed: "refuse",
  retyped: "refuse",
  removed: "refuse",
} as const satisfies typeof adapt;

/** "Make this output from these sources by these transformations." */
export const etlGoalSchema = z
  .strictObject({
    id: goalIdSchema.optional(),
    kind: z.literal("etl"),
    /** Name of the output. Runs with the same name are versions of it. */
    name: outputNameSchema,
    sources: z.array(sourceSchema).min(1, "must name at least one file").max(sourceLimit),
    /** In order; the result of the last one is the output. Default: the only source as it is. */
    transformations: z.array(stepSchema).max(stepLimit).default([]),
    /** What the output must be. Default: whatever the transformations give. */
    target: targetSchema.optional(),
    checks: z.array(checkSchema).max(checkLimit).default([]),
    output: z
      .strictObject({
        format: outputFormatSchema.default("parquet"),
        /** Columns whose values name folders. Default: one file. */
        partitionBy: z.array(z.string().min(1).max(200)).max(4).default([]),
      })
      .default({ format: "parquet", partitionBy: [] }),
    /** What becomes of rows with the same key: all `quarantine`d, all but the first (`keep-first`), or the goal ends (`fail`). */
    onConflict: z.enum(["quarantine", "keep-first", "fail"]).default("quarantine"),
    /** What is done when a source is not what it was at the last run. Default `adapt`. */
    onDrift: z
      .union(
        [
          z.literal("adapt").transform(() => adapt),
          z.literal("refuse").transform(() => refuse),
          driftPolicySchema,
        ],
        "must be 'adapt', 'refuse', or an object that says what is done about added, renamed, retyped and removed columns",
      )
      .default(adapt),
    limits: limitsSchema.default(limitsSchema.parse({})),
  })
  .superRefine((goal, context) => {
    for (const { path, message } of wrongIn(goal)) {
      context.addIssue({ code: "custom", path: [...path], message });
    }
  });
export type EtlGoal = z.output<typeof etlGoalSchema>;

interface Wrong {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

type Written = Pick<
  EtlGoal,
  "sources" | "transformations" | "target" | "checks" | "output" | "onConflict"
>;

function* wrongIn(goal: Written): Iterable<Wrong> {
  const { sources, transformations, target, checks, output } = goal;
  const names = sources.map(({ name }) => name);
  for (const index of repeated(names)) {
    const message = `'${names[index]}' is another source's name too, but for its case: rename one`;
    yield { path: ["sources", index, "name"], message };
  }
  const { steps, issues } = nameSteps(transformations, names);
  for (const { step, field, message } of issues) {
    yield { path: ["transformations", step, ...field.split(".")], message };
  }
  if (issues.length === 0) yield* unusedIn(names, steps);
  for (const index of repeated(checks.map(({ name }) => name))) {
    const message = `'${checks[index]?.name}' is another check's name too: rename one`;
    yield { path: ["checks", index, "name"], message };
  }
  const columns = target?.columns ?? [];
  for (const index of repeated(columns.map(({ name }) => name))) {
    const message = `'${columns[index]?.name}' is another column's name too, but for its case: rename one`;
    yield { path: ["target", "columns", index, "name"], message };
  }
  for (const [index, { key, optional, name }] of columns.entries()) {
    if (!key || !optional) continue;
    const message = `'${name}' is a key, and no output can do without its key: it is not optional`;
    yield { path: ["target", "columns", index, "optional"], message };
  }
  for (const [index, column] of output.partitionBy.entries()) {
    const known = target?.columns.find(({ name }) => name === column);
    if (target === undefined || (known !== undefined && !known.optional)) continue;
    const list = columns.map(({ name }) => `'${name}'`).join(", ");
    const message =
      known === undefined
        ? `the target has no column '${column}': use one of ${list}`
        : `'${column}' is optional: folders need a column that is always there`;
    yield { path: ["output", "partitionBy", index], message };
  }
  if (columns.length > 0 && output.partitionBy.length >= columns.length) {
    yield {
      path: ["output", "partitionBy"],
      message: "all columns are in the names of folders: leave one for the files",
    };
  }
  if (output.format === "json" && output.partitionBy.length > 0) {
    yield {
      path: ["output", "format"],
      message: "folders hold parquet, csv or ndjson: choose one",
    };
  }
  if (goal.onConflict !== "quarantine" && !columns.some(({ key }) => key)) {
    const message = "there is no key that rows could share: mark one in 'target.columns'";
    yield { path: ["onConflict"], message };
  }
}

/** What nothing is made of was forgotten. */
function* unusedIn(sources: readonly string[], steps: readonly Step[]): Iterable<Wrong> {
  const read = new Set(steps.flatMap(({ reads }) => reads));
  if (steps.length === 0 && sources.length > 1) {
    const message = "several sources, and nothing brings them together: add a join or a union";
    yield { path: ["transformations"], message };
    return;
  }
  for (const [index, name] of sources.entries()) {
    if (steps.length === 0 || read.has(name)) continue;
    const message = `no transformation reads '${name}': use it, or leave it out`;
    yield { path: ["sources", index], message };
  }
  for (const [index, { name }] of steps.slice(0, -1).entries()) {
    if (read.has(name)) continue;
    const message = `no later step reads '${name}': use it, or leave it out`;
    yield { path: ["transformations", index], message };
  }
}

/** Places of names that stand before already, whatever their case. */
function repeated(names: readonly string[]): readonly number[] {
  const lower = names.map((name) => name.toLowerCase());
  return lower.flatMap((name, index) => (lower.indexOf(name) < index ? [index] : []));
}

/** The transformations of a goal with all tables named, as blocks of work, and the table that is the output. */
export function pipelineOf({ sources, transformations }: EtlGoal) {
  const names = sources.map(({ name }) => name);
  const { steps } = nameSteps(transformations, names);
  return { steps, blocks: blocksOf(steps), result: steps.at(-1)?.name ?? names[0] ?? "" };
}
