import { join } from "node:path";
import { defineTool, type Job, type Tool } from "@troupe/agents";
import {
  adoptRules,
  checkQuality,
  columnSchema,
  decisionsSchema,
  deduplicateDataset,
  describeSource,
  describeSources,
  driftSchema,
  findingSchema,
  findRepeated,
  inferRules,
  inLittleMemory,
  inspectionChoiceSchema,
  inspectSource,
  isInParts,
  listFiles,
  locateFile,
  measureVersion,
  normaliseDataset,
  outputFormatSchema,
  profileSchema,
  profileSource,
  publishDataset,
  QualityError,
  qualitySchema,
  readLatestVersion,
  readWrittenRules,
  reasonSchema,
  ruleSchema,
  stageDataset,
  textFile,
  validateColumn,
  writtenRulesSchema,
} from "@troupe/data";
import { z } from "zod";
import { partitionSchema } from "../../parts/partition.ts";
import { aloneTeam, type DelegationReport, joinReports } from "../../parts/team.ts";
import type { Workshop } from "../../workshop/workshop.ts";
import { finishedOnce } from "../finished-once.ts";
import { outputNameSchema } from "../output-name.ts";
import { runIdOf } from "../run-id.ts";
import { Divider } from "./parts/divide.ts";
import { pieceWorker } from "./parts/piece.ts";

/** What the tools of the cleaning agents work with. */
export type CleanToolOptions = Pick<
  Workshop,
  "node" | "engine" | "readable" | "workspace" | "datasets" | "team" | "rulesOff"
>;

const schemaOf = z.array(columnSchema);

const recallInput = z.object({ dataset: outputNameSchema });
const profileInput = z.object({
  /** Of a file, a pattern for the names of some, or paths of several. */
  path: z.union([z.string(), z.array(z.string())]),
  partition: partitionSchema.prefault({}),
  quality: inspectionChoiceSchema.optional(),
});
const profiled = z.object({ profile: profileSchema, schema: schemaOf });
/** `rules`: those that somebody wrote, or the path of a file of them, as the nodes see it. */
const draftRulesInput = profiled.extend({
  rules: z.union([z.string(), writtenRulesSchema]).optional(),
});
const stageInput = profiled.extend({
  range: z.object({ from: z.number(), to: z.number() }).optional(),
  /** Rows of a part, if it is to be done in parts. */
  partRows: z.number().int().min(1).optional(),
});
const reshapeInput = z.object({ input: z.string(), schema: schemaOf });
const checkInput = z.object({
  input: z.string(),
  rules: z.array(ruleSchema),
  referenceTime: z.number(),
});
const validateInput = z.object({
  input: z.string(),
  finding: findingSchema,
  referenceTime: z.number(),
});
const publishInput = z.object({
  dataset: z.string(),
  format: outputFormatSchema.optional(),
  input: z.string(),
  staged: z.string(),
  quarantines: z.array(z.string()),
  duplicates: z.number(),
  profile: profileSchema,
  schema: schemaOf,
  quality: qualitySchema,
  reasons: z.array(reasonSchema),
  drift: driftSchema.optional(),
  adapted: z.array(z.string()),
  decisions: decisionsSchema,
  endedAt: z.number(),
});

/** The tools of agents that clean files: one for each action of the cleaning domain, and the profile. */
export function cleanTools(options: CleanToolOptions): readonly Tool[] {
  const { node, engine, readable, workspace, datasets, rulesOff = [] } = options;
  const { team = aloneTeam(node, pieceWorker(options)) } = options;
  const divided = (job: Job): Divider => new Divider(team, workspace, job);
  const folderOf = ({ goal }: Job): string => join(workspace, goal);
  const fileOf = (job: Job, kind = "parquet"): string => join(folderOf(job), `${job.task}.${kind}`);
  const writerOf = (job: Job): string => `${process.pid}-${job.attempt}`;
  /** The outcome of a task is kept beside its output, so that a second run finds the first one's. */
  const once = <Facts>(job: Job, run: () => Promise<Facts>): Promise<Facts> =>
    finishedOnce(folderOf(job), job.task, writerOf(job), run);

  const sparing = (job: Job, files: readonly string[]) => ({
    files,
    output: fileOf(job),
    quarantine: fileOf(job, "quarantine.parquet"),
    scratch: fileOf(job, `${writerOf(job)}.scratch`),
  });

  return [
    defineTool({
      type: "profile",
      purpose:
        "finds out what a file, or several, are, counts what is in it and looks for what is wrong",
      input: profileInput,
      cache: {
        // What is not looked for is not found: a node that leaves rules out has results of its own.
        version: [measureVersion(), ...rulesOff.toSorted()].join(" "),
        files: async ({ path, partition }) => {
          // Several files are read from a copy that is this goal's.
          if (typeof path !== "string" || (await listFiles(path, readable)) !== undefined) {
            return undefined;
          }
          const { size } = await locateFile(path, readable);
          // What is found out about a large file includes where this goal keeps its copy.
          if (size > partition.above) return undefined;
          const { sha256, encoding } = await describeSource(path, readable);
          // As does what is found out about one that had to be copied to be read.
          return encoding === undefined ? { source: sha256 } : undefined;
        },
      },
      run: ({ path, partition, quality }, job) =>
        once(job, async () => {
          const source = await describeSources(path, readable);
          const delegations: DelegationReport[] = [];
          const told = (report: DelegationReport) => void delegations.push(report);
          const division =
            source.bytes <= partition.above
              ? undefined
              : divided(job).profile(source, writerOf(job), told);
          const profile = await profileSource(engine, source, job.signal, division, folderOf(job));
          const isDivided = delegations.length > 0;
          const without = [...new Set([...rulesOff, ...(quality?.off ?? [])])];
          const faults = isDivided
            ? await divided(job).inspect(profile, writerOf(job), without, told)
            : await inspectSource(engine, profile, { without }, job.signal);
          return {
            ...profile,
            faults,
            ...(without.length === 0 ? {} : { rulesOff: without }),
            ...(isDivided ? { delegation: joinReports(delegations) } : {}),
          };
        }),
    }),
    defineTool({
      type: "recall",
      purpose: "finds what the version that was published last was made of",
      input: recallInput,
      run: async ({ dataset }) => {
        const { schemas = null, profile } = await readLatestVersion(datasets, dataset);
        const { faults: _faults, ...known } = profile ?? {};
        return { before: schemas, profile: profile === undefined ? null : known };
      },
    }),
    defineTool({
      type: "draft-rules",
      purpose: "writes down the rules that the evidence supports",
      input: draftRulesInput,
      run: async ({ profile, schema, rules: given }, job) => {
        const inferred = inferRules(profile, schema);
        if (given === undefined) return { rules: inferred };
        const written =
          typeof given === "string"
            ? await readWrittenRules((await locateFile(given, readable)).real)
            : given;
        return { rules: [...inferred, ...(await adoptRules(engine, written, schema, job.signal))] };
      },
    }),
    defineTool({
      type: "stage",
      purpose: "brings the source into the agreed types and sets aside what can't be read",
      input: stageInput,
      run: ({ profile, schema, range, partRows }, job) =>
        once(job, () =>
          partRows !== undefined
            ? divided(job).stage(profile, schema, partRows)
            : stageDataset(
                engine,
                {
                  profile,
                  schema,
                  range,
                  output: fileOf(job),
                  quarantine: fileOf(job, "quarantine.parquet"),
                  attempt: writerOf(job),
                },
                job.signal,
              ),
        ),
    }),
    defineTool({
      type: "stage-sparing",
      purpose: "brings the source into the agreed types with little memory, and takes longer",
      input: stageInput,
      run: ({ profile, schema, range }, job) =>
        once(job, () =>
          inLittleMemory(
            sparing(job, [profile.source.landed ?? textFile(profile.source)]),
            (own, made) =>
              stageDataset(
                own,
                { profile, schema, range, ...made, attempt: writerOf(job) },
                job.signal,
              ),
            job.signal,
          ),
        ),
    }),
    defineTool({
      type: "normalise",
      purpose: "turns what stands for nothing into nothing",
      input: reshapeInput,
      run: ({ input, schema }, job) =>
        once(job, () =>
          isInParts(input)
            ? divided(job).normalise(input, schema)
            : normaliseDataset(
                engine,
                { input, schema, output: fileOf(job), attempt: writerOf(job) },
                job.signal,
              ),
        ),
    }),
    defineTool({
      type: "deduplicate",
      purpose: "keeps the first of rows that are equal in every column",
      input: reshapeInput,
      run: ({ input, schema }, job) =>
        once(job, async () => {
          if (!isInParts(input)) {
            const output = fileOf(job);
            const attempt = writerOf(job);
            return deduplicateDataset(engine, { input, schema, output, attempt }, job.signal);
          }
          const repeated = { input, schema, output: fileOf(job, "repeated.parquet") };
          await findRepeated(engine, { ...repeated, attempt: writerOf(job) }, job.signal);
          return divided(job).drop(input, repeated.output, schema);
        }),
    }),
    defineTool({
      type: "deduplicate-sparing",
      purpose: "keeps the first of equal rows with little memory, and takes longer",
      input: reshapeInput,
      run: ({ input, schema }, job) =>
        once(job, () =>
          inLittleMemory(
            sparing(job, [input]),
            (own, { output }) =>
              deduplicateDataset(
                own,
                { input, schema, output, attempt: writerOf(job) },
                job.signal,
              ),
            job.signal,
          ),
        ),
    }),
    defineTool({
      type: "check",
      purpose: "holds the data against the rules",
      input: checkInput,
      run: async (input, job) => {
        const quality = await checkQuality(engine, input, job.signal);
        const blocking = quality.findings.filter(({ severity }) => severity === "block");
        if (blocking.length === 0) return quality;
        const words = blocking.map(({ column, diagnosis }) => `'${column}': ${diagnosis}`);
        throw new QualityError(words.join("; "), blocking);
      },
    }),
    defineTool({
      type: "validate",
      purpose: "mends the values of a column that break a rule, or sets their rows aside",
      input: validateInput,
      run: (input, job) =>
        once(job, () =>
          isInParts(input.input) && input.finding.treatment !== "keep"
            ? divided(job).validate(input.input, input.finding, input.referenceTime)
            : validateColumn(
                engine,
                {
                  ...input,
                  output: fileOf(job),
                  quarantine: fileOf(job, "quarantine.parquet"),
                  attempt: writerOf(job),
                },
                job.signal,
              ),
        ),
    }),
    defineTool({
      type: "publish",
      purpose: "publishes the dataset with quarantine, lineage and report",
      input: publishInput,
      run: ({ input, staged, quarantines, duplicates, endedAt, format, ...report }, job) =>
        publishDataset(
          engine,
          {
            input,
            staged,
            quarantines,
            duplicates,
            endedAt,
            format,
            datasets,
            runId: runIdOf(job),
            attempt: writerOf(job),
            report: { goal: job.goal, ...report },
          },
          job.signal,
        ),
    }),
  ];
}
