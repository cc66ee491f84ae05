import { z } from "zod";

/** Most columns that one step names. */
const columnLimit = 500;
/** Longest expression or query, characters. */
const textLimit = 20_000;

/** Names of tables in a pipeline; they become names in queries and parts of file names. */
export const tableNameSchema = z
  .string()
  .regex(
    /^[A-Za-z][A-Za-z0-9_]{0,39}$/,
    "must be 1 to 40 letters, digits or '_', beginning with a letter",
  );

/** A column's name as a file may have it. */
export const columnNameSchema = z
  .string()
  .min(1)
  .max(200)
  .refine((name) => !name.includes("\0"), "must not hold the character NUL")
  .refine((name) => name.toLowerCase() !== "_row", "'_row' is the number of a row: rename it");

const columnsSchema = z.array(columnNameSchema).min(1).max(columnLimit);

/** Something computed from one row, in DuckDB's SQL. It sees the columns of that row alone. */
export const expressionSchema = z.string().min(1).max(textLimit);

/** Types that a column can be given. `decimal` is a double; `decimal(18,2)` keeps every digit. */
export const dataTypeSchema = z
  .string("must be the name of a type")
  .regex(
    /^(boolean|integer|decimal|date|timestamp|text|json|decimal\(([1-9]|[12][0-9]|3[0-8]),([0-9]|[12][0-9]|3[0-8])\))$/,
    "must be boolean, integer, decimal, decimal(18,2) or the like, date, timestamp, text or json",
  )
  .refine((type) => {
    const [width = 0, scale = 0] = type.match(/\d+/g)?.map(Number) ?? [];
    return scale <= width;
  }, "cannot have more digits behind the point than in all");
export type DataType = z.output<typeof dataTypeSchema>;

const head = {
  /** What later steps call the result. Default: `step1` for the first step, and so on. */
  as: tableNameSchema.optional(),
};
const single = {
  ...head,
  /** Table that it reads. Default: the step before; for the first step the first source. */
  from: tableNameSchema.optional(),
};

const joinSchema = z.strictObject({
  ...single,
  op: z.literal("join"),
  /** The table that is joined to `from`. */
  with: tableNameSchema,
  /** Columns that must be equal: one name for both sides, or `left` and `right`. */
  on: z
    .array(
      z.union(
        [columnNameSchema, z.strictObject({ left: columnNameSchema, right: columnNameSchema })],
        "must be the name of a column, or {left, right} with one of each table",
      ),
    )
    .min(1)
    .max(8),
  how: z.enum(["inner", "left", "right", "full", "semi", "anti"]).default("inner"),
  /** Put behind names of columns that both sides have. Default: `_` and the name of `with`. */
  suffix: z
    .string()
    .regex(/^[A-Za-z0-9_]{1,40}$/, "must be 1 to 40 letters, digits or '_'")
    .optional(),
});
export type JoinStep = z.output<typeof joinSchema>;

const measureSchema = z.strictObject({
  fn: z.enum(["count", "count-distinct", "sum", "avg", "min", "max", "median"]),
  /** The column; only `count` does without: it then counts rows. */
  of: columnNameSchema.optional(),
});

const record = <Value extends z.ZodType>(value: Value) =>
  z
    .record(columnNameSchema, value)
    .refine(
      (columns) => Object.keys(columns).length > 0 && Object.keys(columns).length <= columnLimit,
      `must name 1 to ${columnLimit} columns`,
    );

/** One transformation, as data. */
export const stepSchema = z.discriminatedUnion(
  "op",
  [
    z.strictObject({ ...single, op: z.literal("select"), columns: columnsSchema }),
    z.strictObject({ ...single, op: z.literal("filter"), where: expressionSchema }),
    z.strictObject({ ...single, op: z.literal("derive"), columns: record(expressionSchema) }),
    z.strictObject({ ...single, op: z.literal("rename"), columns: record(columnNameSchema) }),
    z.strictObject({
      ...single,
      op: z.literal("cast"),
      columns: record(dataTypeSchema),
      /** What becomes of a value that has no such form. Default `fail`: the goal ends, and says which. */
      onError: z.enum(["fail", "null"]).default("fail"),
    }),
    joinSchema,
    z.strictObject({
      ...single,
      op: z.literal("aggregate"),
      /** One row for each combination of these. Default: one row in all. */
      by: columnsSchema.optional(),
      measures: record(measureSchema),
    }),
    z.strictObject({
      ...single,
      op: z.literal("deduplicate"),
      /** Rows are the same when these are. Default: all columns. */
      by: columnsSchema.optional(),
      /** Which of them stays. Default: the smallest by all columns, in their order. */
      keep: z
        .strictObject({
          column: columnNameSchema,
          order: z.enum(["largest", "smallest"]).default("largest"),
        })
        .optional(),
    }),
    z.strictObject({
      ...single,
      op: z.literal("union"),
      /** Tables whose rows come after those of `from`; all have the same columns, in any order. */
      with: z.array(tableNameSchema).min(1).max(16),
    }),
    z.strictObject({
      ...head,
      op: z.literal("sql"),
      /** One SELECT over sources and earlier steps, by their names. */
      query: z.string().min(1).max(textLimit),
    }),
  ],
  "must be select, filter, derive, rename, cast, join, aggregate, deduplicate, union or sql",
);
export type StepDocument = z.output<typeof stepSchema>;
export type StepInput = z.input<typeof stepSchema>;

/** A step whose tables are all named. */
export type Step = StepDocument & {
  /** What its result is called. */
  readonly name: string;
  /** Tables it reads, the one that `from` means first. */
  readonly reads: readonly string[];
};

/** A step as it travels in orders. */
export const namedStepSchema = z
  .object({ name: tableNameSchema, reads: z.array(tableNameSchema), document: stepSchema })
  .transform(({ name, reads, document }): Step => ({ ...document, name, reads }));

/** What `namedStepSchema` reads. */
export function stepOrder({ name, reads, ...document }: Step): z.input<typeof namedStepSchema> {
  return { name, reads: [...reads], document };
}

/** Steps that look at one row at a time, so that they can be done wherever the row is. */
export function isRowWise({ op }: { readonly op: StepDocument["op"] }): boolean {
  return ["select", "filter", "derive", "rename", "cast"].includes(op);
}

/** Something wrong with a list of steps. */
export interface StepIssue {
  /** Position of the step. */
  readonly step: number;
  readonly field: string;
  readonly message: string;
}

/**
 * Names all tables of a list of steps, so that each step stands for itself.
 *
 * @param sources names of the sources, in order
 */
export function nameSteps(
  documents: readonly StepDocument[],
  sources: readonly string[],
): { readonly steps: readonly Step[]; readonly issues: readonly StepIssue[] } {
  const issues: StepIssue[] = [];
  const known = [...sources];
  const steps: Step[] = [];
  let before = sources[0] ?? "";
  for (const [index, document] of documents.entries()) {
    const name = document.as ?? `step${index + 1}`;
    const reads = readsOf(document, before, known);
    for (const { field, table } of reads) {
      if (known.includes(table)) continue;
      const all = known.map((one) => `'${one}'`).join(", ");
      const message = `there is no table '${table}' before this step: use one of ${all}`;
      issues.push({ step: index, field, message });
    }
    if (document.op === "sql" && reads.length === 0) {
      const all = known.map((one) => `'${one}'`).join(", ");
      issues.push({ step: index, field: "query", message: `names no table: select from ${all}` });
    }
    if (known.some((one) => one.toLowerCase() === name.toLowerCase())) {
      const message = `'${name}' is the name of a table already: choose another`;
      issues.push({ step: index, field: "as", message });
    }
    for (const [field, message] of wrongIn(document)) issues.push({ step: index, field, message });
    const tables = [...new Set(reads.map(({ table }) => table))];
    steps.push({
      ...document,
      name,
      reads: document.op === "sql" ? tables : reads.map(({ table }) => table),
    });
    known.push(name);
    before = name;
  }
  return { steps, issues };
}

function readsOf(
  step: StepDocument,
  before: string,
  known: readonly string[],
): readonly { readonly field: string; readonly table: string }[] {
  if (step.op === "sql") {
    const words = new Set(step.query.toLowerCase().match(/[a-z][a-z0-9_]*/g));
    return known
      .filter((name) => words.has(name.toLowerCase()))
      .map((table) => ({ field: "query", table }));
  }
  const from = { field: "from", table: step.from ?? before };
  if (step.op === "join") return [from, { field: "with", table: step.with }];
  if (step.op === "union") return [from, ...step.with.map((table) => ({ field: "with", table }))];
  return [from];
}

function wrongIn(step: StepDocument): readonly (readonly [field: string, message: string])[] {
  if (step.op === "join" && step.with === step.from) {
    return [
      ["with", "a table cannot be joined to itself by name: copy it with a select step first"],
    ];
  }
  if (step.op === "aggregate") {
    return Object.entries(step.measures).flatMap(([name, { fn, of }]) => [
      ...(fn !== "count" && of === undefined
        ? [[`measures.${name}.of`, `'${fn}' needs a column: say of which`] as const]
        : []),
      ...(step.by?.includes(name)
        ? [[`measures.${name}`, `'${name}' is grouped by already: choose another name`] as const]
        : []),
    ]);
  }
  if (step.op === "rename") {
    const to = Object.values(step.columns);
    const twice = to.find((name, index) => to.indexOf(name) !== index);
    return twice === undefined ? [] : [["columns", `two columns would be named '${twice}'`]];
  }
  return [];
}
