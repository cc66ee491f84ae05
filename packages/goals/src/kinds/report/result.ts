import { publishedStudySchema, type Study } from "@troupe/data";
import { z } from "zod";

/** The result of a `report` goal: what its last task found out. */
export const reportResultSchema = publishedStudySchema.extend({
  /** Name of the report. */
  report: z.string(),
  sources: z.array(
    z.object({ name: z.string(), path: z.string(), rows: z.number(), sha256: z.string() }),
  ),
  sections: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      rows: z.number(),
      findings: z.number(),
      hasChart: z.boolean(),
      /** What it lacks, and why. Empty when it is whole. */
      missing: z.array(z.string()),
    }),
  ),
});
export type ReportResult = z.output<typeof reportResultSchema>;

/** What is told of a study beside where it is. */
export function studyFacts({ sources, sections }: Study, report: string) {
  return {
    report,
    sources: sources.map(({ name, path, rows, sha256 }) => ({ name, path, rows, sha256 })),
    sections: sections.map(({ id, title, table, findings, chart, missing }) => ({
      id,
      title,
      rows: table?.rows.length ?? 0,
      findings: findings.length,
      hasChart: chart !== undefined,
      missing,
    })),
  };
}

/**
 * Reads the result of a report from the outcome of its flow's task `assemble`.
 *
 * @throws z.ZodError when it is no such outcome
 */
export function reportResult(assembled: unknown): ReportResult {
  return reportResultSchema.parse(assembled);
}
