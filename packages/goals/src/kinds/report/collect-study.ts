import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  chartSpecSchema,
  loadedSchema,
  type Study,
  type StudySection,
  studyFindingSchema,
  tableSchema,
} from "@troupe/data";
import { z } from "zod";
import { workFileSchema } from "../work-file.ts";
import { readFailure } from "./failure-note.ts";
import { sourcesIn } from "./goal.ts";

/** What the tasks of a report found out; `null` for what failed and can be done without. */
export const collectedSchema = z.object({
  title: z.string(),
  sources: z.array(
    z.object({
      name: z.string(),
      path: z.string(),
      /** Who loaded it. */
      task: workFileSchema,
      loaded: loadedSchema.nullable(),
    }),
  ),
  sections: z.array(
    z.object({
      id: workFileSchema,
      title: z.string(),
      question: z.string().optional(),
      query: z.string(),
      chart: chartSpecSchema.optional(),
      rows: workFileSchema.nullable(),
      picture: workFileSchema.nullable().default(null),
      findings: z.array(studyFindingSchema).nullable(),
    }),
  ),
});
export type Collected = z.output<typeof collectedSchema>;
type CollectedSource = Collected["sources"][number];
type CollectedSection = Collected["sections"][number];

/**
 * Reads what the tasks left in the goal's folder into a study. Where something is missing the study
 * says so, with the reason that the task left.
 */
export async function collectStudy(
  { title, sources, sections }: Collected,
  goal: string,
  folder: string,
): Promise<Study> {
  return {
    title,
    goal,
    sources: sources.flatMap(({ name, loaded }) => {
      if (loaded === null) return [];
      const { columns, ...file } = loaded;
      return [{ name, ...file, columns: columns.length }];
    }),
    lost: await Promise.all(
      sources
        .filter(({ loaded }) => loaded === null)
        .map(async ({ name, path, task }) => ({ name, path, why: await whyOf(folder, task) })),
    ),
    sections: await Promise.all(
      sections.map((section) => collectSection(section, sources, folder)),
    ),
  };
}

async function collectSection(
  { id, title, question, query, chart, rows, picture, findings }: CollectedSection,
  sources: readonly CollectedSource[],
  folder: string,
): Promise<StudySection> {
  const missing: string[] = [];
  if (rows === null) {
    missing.push(`This section could not be made: ${await whyNoRows(id, query, sources, folder)}`);
  } else {
    if (chart !== undefined && picture === null) {
      missing.push(`The chart could not be drawn: ${await whyOf(folder, `chart-${id}`)}`);
    }
    if (findings === null) {
      missing.push(`There are no findings: ${await whyOf(folder, `summarise-${id}`)}`);
    }
  }
  return {
    id,
    title,
    ...(question === undefined ? {} : { question }),
    query,
    ...(rows === null
      ? {}
      : { table: tableSchema.parse(JSON.parse(await readFile(join(folder, rows), "utf8"))) }),
    ...(picture === null ? {} : { chart: await readFile(join(folder, picture), "utf8") }),
    findings: findings ?? [],
    missing,
  };
}

async function whyNoRows(
  id: string,
  query: string,
  sources: readonly CollectedSource[],
  folder: string,
): Promise<string> {
  const names = sources.filter(({ loaded }) => loaded === null).map(({ name }) => name);
  const [lost] = sourcesIn(query, names);
  if (lost !== undefined) return `it needs the source '${lost}', which could not be loaded`;
  return whyOf(folder, `query-${id}`);
}

async function whyOf(folder: string, task: string): Promise<string> {
  return (await readFailure(folder, task)) ?? `the task '${task}' ended without a result`;
}
