import { defineTool, type Tool } from "@troupe/agents";
import {
  checkQuality,
  decisionsSchema,
  driftSchema,
  findingSchema,
  isInParts,
  outputFormatSchema,
  profileSchema,
  publishDataset,
  QualityError,
  qualitySchema,
  reasonSchema,
  ruleSchema,
  validateColumn,
} from "@troupe/data";
import { z } from "zod";
import { runIdOf } from "../../run-id.ts";
import { type CleanWork, columnsSchema } from "./work.ts";

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
  schema: columnsSchema,
  quality: qualitySchema,
  reasons: z.array(reasonSchema),
  drift: driftSchema.optional(),
  adapted: z.array(z.string()),
  decisions: decisionsSchema,
  endedAt: z.number(),
});

/** What holds a dataset against its rules, mends it, and publishes it. */
export function publishingTools({ engine, datasets, at, divided }: CleanWork): readonly Tool[] {
  return [
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
        at(job).once(() =>
          isInParts(input.input) && input.finding.treatment !== "keep"
            ? divided(job).validate(input.input, input.finding, input.referenceTime)
            : validateColumn(
                engine,
                {
                  ...input,
                  output: at(job).file(),
                  quarantine: at(job).file("quarantine.parquet"),
                  attempt: at(job).writer,
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
            attempt: at(job).writer,
            report: { goal: job.goal, ...report },
          },
          job.signal,
        ),
    }),
  ];
}
