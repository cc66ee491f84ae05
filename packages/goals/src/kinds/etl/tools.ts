import { defineTool, type Job, type Tool } from "@troupe/agents";
import {
  adaptSource,
  checkQuality,
  checkSchema,
  checkTable,
  computeSteps,
  conformTable,
  designChecks,
  designPipeline,
  driftPolicySchema,
  type Engine,
  fitTarget,
  joinArm,
  knownColumnSchema,
  namedStepSchema,
  outputColumnSchema,
  outputInputSchema,
  outputTypes,
  PipelineError,
  partitionTable,
  publishOutput,
  reasonSchema,
  remedyRows,
  remedySchema,
  ruleSchema,
  schemaDriftSchema,
  TargetError,
  tableColumnSchema,
  targetSchema,
} from "@troupe/data";
import { z } from "zod";
import { runIdOf } from "../run-id.ts";
import { TaskFiles } from "../task-files.ts";
import { type EtlFault, faultsOf, refuseFaults } from "./repair.ts";

/** What the tools of agents that move data work with. */
export interface EtlToolOptions {
  readonly engine: Engine;
  /** Directory for intermediate files, shared by all nodes. */
  readonly workspace: string;
  /** Directory of published datasets, shared by all nodes. */
  readonly datasets: string;
}

const columnsSchema = z.array(tableColumnSchema);
const storedTableSchema = z.object({
  files: z.array(z.string()),
  columns: z.array(tableColumnSchema.extend({ stored: z.string().nullable().exactOptional() })),
});
const tablesSchema = z.record(z.string(), storedTableSchema);
const designOf = z.record(z.string(), columnsSchema);
const memoryMb = z.number();

const adaptInput = z.object({
  source: z.string(),
  before: z.array(knownColumnSchema),
  now: z.array(knownColumnSchema),
  drifts: z.array(schemaDriftSchema),
  policy: driftPolicySchema,
});
const designInput = z.object({
  sources: z.record(z.string(), columnsSchema),
  steps: z.array(namedStepSchema),
  result: z.string(),
  target: targetSchema.optional(),
  checks: z.array(checkSchema),
  partitionBy: z.array(z.string()),
});
const relaxInput = z.object({ source: z.string(), column: z.string() });
const sourceCheckInput = z.object({
  source: z.string(),
  input: z.string().optional(),
  rules: z.array(ruleSchema),
  referenceTime: z.number(),
  rows: z.number(),
  /** Rows that were set aside because of a column. */
  unreadable: z.array(reasonSchema),
  limit: z.number(),
  declared: z.array(z.string()),
});
const computeInput = z.object({
  tables: tablesSchema,
  steps: z.array(namedStepSchema),
  design: designOf,
  memoryMb,
});
const armInput = z.object({
  joined: storedTableSchema,
  right: storedTableSchema,
  arm: namedStepSchema,
  last: z.object({ name: z.string(), steps: z.array(namedStepSchema) }).exactOptional(),
  design: designOf,
  memoryMb,
});
const splitInput = z.object({
  table: storedTableSchema,
  key: columnsSchema,
  parts: z.number().int().min(1),
  memoryMb,
});
const conformInput = z.object({
  table: storedTableSchema,
  columns: z.array(outputColumnSchema),
  onConflict: z.enum(["quarantine", "keep-first", "fail"]),
  limit: z.number(),
});
const inspectInput = z.object({ input: z.string(), checks: z.array(checkSchema), memoryMb });
const remedyInput = z.object({
  input: z.string(),
  check: checkSchema,
  remedy: remedySchema,
  memoryMb,
});

/** The tools of agents that move data from sources to an output: those of the ETL domain that `clean` has not. */
export function etlTools({ engine, workspace, datasets }: EtlToolOptions): readonly Tool[] {
  const at = (job: Job): TaskFiles => new TaskFiles(workspace, job);
  const placeOf = (job: Job, memoryLimitMb: number) => ({
    output: at(job).file(),
    scratch: at(job).scratch,
    memoryLimitMb,
  });

  return [
    defineTool({
      type: "adapt-source",
      purpose: "writes down how a source that has changed is read",
      input: adaptInput,
      run: async ({ source, before, now, drifts, policy }) =>
        adaptSource(source, before, now, drifts, policy),
    }),
    defineTool({
      type: "design-pipeline",
      purpose: "finds out what each transformation gives, and whether the target can be made of it",
      input: designInput,
      run: async ({ sources, steps, result, target, checks, partitionBy }, job) => {
        const scratch = at(job).scratch;
        const design = await designPipeline({ sources, steps, scratch }, job.signal);
        const fit = fitTarget(design.tables[result]?.columns ?? [], target);
        const missing = partitionBy.filter((name) => !fit.columns.some((one) => one.name === name));
        if (missing.length > 0) {
          const names = missing.map((name) => `'${name}'`).join(", ");
          throw new PipelineError([`output.partitionBy: the output has no column ${names}`]);
        }
        const checked = await designChecks(checks, outputTypes(fit.columns), scratch, job.signal);
        return { ...design, fit, checked };
      },
    }),
    defineTool({
      type: "relax-column",
      purpose: "notes that a column is read as text from now on",
      input: relaxInput,
      run: async (input) => input,
    }),
    defineTool({
      type: "check-source",
      purpose: "looks whether a source is fit to be used",
      input: sourceCheckInput,
      run: async (
        { source, input, rules, referenceTime, rows, unreadable, limit, declared },
        job,
      ) => {
        const faults = unreadableFaults(source, { rows, unreadable, limit, declared });
        if (input !== undefined) {
          const quality = await checkQuality(engine, { input, rules, referenceTime }, job.signal);
          for (const finding of quality.findings) {
            if (finding.severity !== "block") continue;
            const { column: name, share, diagnosis } = finding;
            const words = `'${source}.${name}': ${diagnosis}`;
            faults.push({ at: source, name, pattern: "rule", share, diagnosis: words, finding });
          }
        }
        refuseFaults(faults);
        return { rows, rules: rules.length };
      },
    }),
    defineTool({
      type: "compute",
      purpose: "does transformations on tables, or on a part of them",
      input: computeInput,
      run: ({ memoryMb: memory, ...input }, job) =>
        at(job).once(() => computeSteps({ ...input, ...placeOf(job, memory) }, job.signal)),
    }),
    defineTool({
      type: "join-table",
      purpose: "joins a table, or a part of it, to what was joined before",
      input: z.union([armInput, computeInput]),
      run: ({ memoryMb: memory, ...input }, job) =>
        at(job).once(() => {
          const place = placeOf(job, memory);
          if (!("arm" in input)) return computeSteps({ ...input, ...place }, job.signal);
          const { arm, ...rest } = input;
          if (arm.op !== "join") throw new PipelineError([`'${arm.name}' is no join`]);
          return joinArm({ ...rest, arm, ...place }, job.signal);
        }),
    }),
    defineTool({
      type: "split-table",
      purpose: "splits a table so that rows with the same key come into the same part",
      input: splitInput,
      run: ({ memoryMb: memoryLimitMb, ...input }, job) =>
        at(job).once(() =>
          partitionTable(
            {
              ...input,
              memoryLimitMb,
              scratch: at(job).scratch,
              outputOf: (part) => at(job).file(`${part}.parquet`),
            },
            job.signal,
          ),
        ),
    }),
    defineTool({
      type: "conform",
      purpose: "brings a table into the form of the target, and sets aside what has none",
      input: conformInput,
      run: ({ limit, ...input }, job) =>
        at(job).once(async () => {
          const version = await conformTable(
            engine,
            {
              ...input,
              output: at(job).file(),
              quarantine: at(job).file("quarantine.parquet"),
              attempt: at(job).writer,
            },
            job.signal,
          );
          const rows = version.rows + version.quarantined;
          const excess = version.reasons.filter((reason) => reason.rows > rows * limit);
          if (excess.length === 0) return version;
          throw new TargetError(
            excess.map(({ column = "", reason, rows: count }) => ({
              column,
              why: `${count} of ${rows} rows cannot stay (${reason}), and ${limit} is the largest share that may be set aside: change the transformations, the target, or 'limits.setAside'`,
            })),
          );
        }),
    }),
    defineTool({
      type: "inspect",
      purpose: "holds the output against the checks of the goal",
      input: inspectInput,
      run: async ({ input, checks, memoryMb: memoryLimitMb }, job) => {
        const place = { scratch: at(job).scratch, memoryLimitMb };
        const inspection = await checkTable({ input, checks, ...place }, job.signal);
        refuseFaults(faultsOf(inspection.findings.filter(({ blocks }) => blocks)));
        return inspection;
      },
    }),
    defineTool({
      type: "remedy",
      purpose:
        "answers rows that break a check: sets them aside, empties the column, or leaves it out",
      input: remedyInput,
      run: ({ memoryMb: memory, ...input }, job) =>
        at(job).once(() =>
          remedyRows(
            { ...input, ...placeOf(job, memory), quarantine: at(job).file("quarantine.parquet") },
            job.signal,
          ),
        ),
    }),
    defineTool({
      type: "publish-output",
      purpose: "publishes the output with quarantine, schemas, lineage and report",
      input: outputInputSchema,
      run: (input, job) =>
        publishOutput(
          engine,
          input,
          { datasets, runId: runIdOf(job), attempt: at(job).writer },
          job.signal,
        ),
    }),
  ];
}

type Unreadable = Pick<
  z.output<typeof sourceCheckInput>,
  "rows" | "unreadable" | "limit" | "declared"
>;

/** Columns of which more values could not be read than may be. */
function unreadableFaults(
  source: string,
  { rows, unreadable, limit, declared }: Unreadable,
): EtlFault[] {
  const counts = new Map<string, number>();
  for (const { column = "", rows: count } of unreadable) {
    counts.set(column, (counts.get(column) ?? 0) + count);
  }
  return [...counts].flatMap(([name, count]) => {
    const share = rows === 0 ? 0 : count / rows;
    if (share <= limit) return [];
    const why = unreadable.find(({ column }) => column === name)?.reason ?? "";
    const diagnosis = `${count} of ${rows} values of '${source}.${name}' are ${why}`;
    const isDeclared = declared.includes(name);
    return [{ at: source, name, pattern: "unreadable", share, diagnosis, declared: isDeclared }];
  });
}
