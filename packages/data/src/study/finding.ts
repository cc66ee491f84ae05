import { z } from "zod";

/** Something that the numbers say, and the rule that found it. */
export const studyFindingSchema = z.object({
  kind: z.enum([
    "trend",
    "change",
    "extremes",
    "share",
    "spread",
    "correlation",
    "groups",
    "outliers",
    "missing",
    "nothing",
  ]),
  /** One sentence. */
  text: z.string(),
});
export type StudyFinding = z.output<typeof studyFindingSchema>;
