import { publishedOutputSchema, reasonSchema, schemaDriftSchema } from "@troupe/data";
import { z } from "zod";
import type { GoalState } from "../../goal/state.ts";
import { EtlProgress, knowledgeOf } from "./knowledge.ts";
import { publication } from "./publication.ts";

/** The result of an `etl` goal. */
export const etlResultSchema = z.object({
  dataset: z.string(),
  /** Folder of this version. */
  folder: z.string(),
  files: publishedOutputSchema.shape.files,
  rows: publishedOutputSchema.shape.rows,
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
  /** What became of rows that were not fit as they were, and at which table. */
  reasons: z.array(reasonSchema.extend({ table: z.string() })),
  /** Number of the schema; that of the run before, unless something has changed. */
  schema: z.object({ number: z.number() }),
  /** How the sources differ from the run before, and what was done about it. */
  drifts: z.array(schemaDriftSchema),
  notes: z.array(z.string()),
  checks: z.object({ score: z.number(), findings: z.number() }),
});
export type EtlResult = z.output<typeof etlResultSchema>;

/** The result of an ETL goal whose output is published. */
export function resultOf(state: GoalState): EtlResult {
  const knowledge = knowledgeOf(state);
  const progress = new EtlProgress(state, knowledge);
  const [published] = progress.newest(["publish"]);
  const { folder, files, rows } = publishedOutputSchema.parse(published?.facts);
  const { report, schemas } = publication(state, knowledge, progress);
  return {
    dataset: report.dataset,
    folder,
    files,
    rows,
    columns: report.columns.map(({ name, type }) => ({ name, type })),
    reasons: report.reasons,
    schema: { number: schemas.number },
    drifts: report.drifts,
    notes: report.notes,
    checks: { score: report.inspection.score, findings: report.inspection.findings.length },
  };
}
