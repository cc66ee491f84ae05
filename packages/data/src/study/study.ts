import { z } from "zod";
import { studyFindingSchema } from "./finding.ts";
import { tableSchema } from "./table.ts";

/** A file that a study is made from, as it was when it was loaded. */
const studySourceSchema = z.object({
  /** What queries call it. */
  name: z.string(),
  path: z.string(),
  format: z.string(),
  bytes: z.number(),
  sha256: z.string(),
  rows: z.number(),
  columns: z.number(),
  /** What was done to read a file that could not be read as it is, and what of it is missing. */
  reading: z.string().optional(),
});

/** One question and its answer, or why there is none. */
const studySectionSchema = z.object({
  /** Name of its files. */
  id: z.string(),
  title: z.string(),
  question: z.string().optional(),
  query: z.string(),
  /** Absent when the query could not be answered. */
  table: tableSchema.optional(),
  /** An SVG document; absent when none was asked for or it could not be drawn. */
  chart: z.string().optional(),
  findings: z.array(studyFindingSchema),
  /** What is missing here, and why: one sentence each. */
  missing: z.array(z.string()),
});
export type StudySection = z.output<typeof studySectionSchema>;

/** A report over several files: what was asked, found and drawn. */
export const studySchema = z.object({
  title: z.string(),
  /** The goal that it was made for. */
  goal: z.string(),
  sources: z.array(studySourceSchema),
  /** Sources that could not be loaded, and why. */
  lost: z.array(z.object({ name: z.string(), path: z.string(), why: z.string() })),
  sections: z.array(studySectionSchema),
});
export type Study = z.output<typeof studySchema>;

/** Rows of a section that are shown in the report; all of them are in the file beside it. */
export const shownRows = 20;

/** What each section says first, for those who read no further. */
export function keyFindings({ sections }: Study): readonly { title: string; text: string }[] {
  return sections.flatMap(({ title, findings }) => {
    const first = findings.find(({ kind }) => kind !== "missing" && kind !== "nothing");
    return first === undefined ? [] : [{ title, text: first.text }];
  });
}
