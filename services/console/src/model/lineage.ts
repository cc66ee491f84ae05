import { type GoalEvent, runEvents } from "@troupe/goals";
import { z } from "zod";

/** Runs that are told; a fan-out of thousands would be no picture. */
const runLimit = 200;

/** The way from what a goal read to what it published. */
export const lineageAnswerSchema = z.object({
  /** What each attempt at a task read and made, in the order in which they began. */
  runs: z.array(
    z.object({
      name: z.string(),
      state: z.string(),
      inputs: z.array(z.string()),
      outputs: z.array(z.string()),
    }),
  ),
  /** Datasets that were there before, and those that are published; what is in between was made on the way. */
  sources: z.array(z.string()),
  published: z.array(z.string()),
  /** Columns of what is published: where each comes from, and what was done to it. */
  columns: z.array(
    z.object({
      name: z.string(),
      from: z.array(z.object({ dataset: z.string(), field: z.string(), done: z.string() })),
    }),
  ),
  /** Runs there are. */
  total: z.number(),
});
export type LineageAnswer = z.output<typeof lineageAnswerSchema>;

const columnLineageSchema = z.object({
  columnLineage: z.object({
    fields: z.record(
      z.string(),
      z.object({
        inputFields: z.array(
          z.object({
            name: z.string(),
            field: z.string(),
            transformations: z.array(z.object({ description: z.string().optional() })).optional(),
          }),
        ),
      }),
    ),
  }),
});

/** The way from the sources of a goal to what it published, by what its journal tells. Pure. */
export function lineageOf(goal: string, events: readonly GoalEvent[]): LineageAnswer {
  const told = runEvents(goal, events);
  const [first] = told;
  const ofGoal = told.filter(({ run }) => run.runId === first?.run.runId);
  const tasks = told.filter(({ run }) => run.runId !== first?.run.runId);
  const published = ofGoal.at(-1)?.outputs ?? [];
  const last = new Map(tasks.map((event) => [event.run.runId, event]));
  const runs = [...last.values()].map(({ job, eventType, inputs, outputs }) => ({
    name: job.name,
    state: eventType.toLowerCase(),
    inputs: inputs.map((dataset) => dataset.name),
    outputs: outputs.map((dataset) => dataset.name),
  }));
  return {
    runs: runs.slice(0, runLimit),
    sources: first?.inputs.map(({ name }) => name) ?? [],
    published: published.map(({ name }) => name),
    columns: published.flatMap(({ facets }) => columnsIn(facets)),
    total: runs.length,
  };
}

function columnsIn(facets: object | undefined): LineageAnswer["columns"] {
  const parsed = columnLineageSchema.safeParse(facets);
  if (!parsed.success) return [];
  return Object.entries(parsed.data.columnLineage.fields).map(([name, { inputFields }]) => ({
    name,
    from: inputFields.map(({ name: dataset, field, transformations = [] }) => ({
      dataset,
      field,
      done: transformations.flatMap(({ description }) => description ?? []).join("; "),
    })),
  }));
}
