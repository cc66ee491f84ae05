import { defineTool, type Job, type Tool } from "@troupe/agents";
import {
  deduplicateDataset,
  findRepeated,
  inLittleMemory,
  isInParts,
  normaliseDataset,
  stageDataset,
  textFile,
} from "@troupe/data";
import { z } from "zod";
import { type CleanWork, columnsSchema, profiled } from "./work.ts";

const stageInput = profiled.extend({
  range: z.object({ from: z.number(), to: z.number() }).optional(),
  /** Rows of a part, if it is to be done in parts. */
  partRows: z.number().int().min(1).optional(),
});
const reshapeInput = z.object({ input: z.string(), schema: columnsSchema });

/** What brings a source into the agreed types, and a dataset into shape. */
export function shapingTools({ engine, at, divided }: CleanWork): readonly Tool[] {
  const sparing = (job: Job, files: readonly string[]) => ({
    files,
    output: at(job).file(),
    quarantine: at(job).file("quarantine.parquet"),
    scratch: at(job).scratch,
  });

  return [
    defineTool({
      type: "stage",
      purpose: "brings the source into the agreed types and sets aside what can't be read",
      input: stageInput,
      run: ({ profile, schema, range, partRows }, job) =>
        at(job).once(() =>
          partRows !== undefined
            ? divided(job).stage(profile, schema, partRows)
            : stageDataset(
                engine,
                {
                  profile,
                  schema,
                  range,
                  output: at(job).file(),
                  quarantine: at(job).file("quarantine.parquet"),
                  attempt: at(job).writer,
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
        at(job).once(() =>
          inLittleMemory(
            sparing(job, [profile.source.landed ?? textFile(profile.source)]),
            (own, made) =>
              stageDataset(
                own,
                { profile, schema, range, ...made, attempt: at(job).writer },
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
        at(job).once(() =>
          isInParts(input)
            ? divided(job).normalise(input, schema)
            : normaliseDataset(
                engine,
                { input, schema, output: at(job).file(), attempt: at(job).writer },
                job.signal,
              ),
        ),
    }),
    defineTool({
      type: "deduplicate",
      purpose: "keeps the first of rows that are equal in every column",
      input: reshapeInput,
      run: ({ input, schema }, job) =>
        at(job).once(async () => {
          if (!isInParts(input)) {
            const output = at(job).file();
            const attempt = at(job).writer;
            return deduplicateDataset(engine, { input, schema, output, attempt }, job.signal);
          }
          const repeated = { input, schema, output: at(job).file("repeated.parquet") };
          await findRepeated(engine, { ...repeated, attempt: at(job).writer }, job.signal);
          return divided(job).drop(input, repeated.output, schema);
        }),
    }),
    defineTool({
      type: "deduplicate-sparing",
      purpose: "keeps the first of equal rows with little memory, and takes longer",
      input: reshapeInput,
      run: ({ input, schema }, job) =>
        at(job).once(() =>
          inLittleMemory(
            sparing(job, [input]),
            (own, { output }) =>
              deduplicateDataset(
                own,
                { input, schema, output, attempt: at(job).writer },
                job.signal,
              ),
            job.signal,
          ),
        ),
    }),
  ];
}
