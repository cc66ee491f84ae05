import { type Journal, UnreadableRecordError } from "@troupe/actor";
import { z } from "zod";
import { trailRecordSchema } from "./trail-records.ts";

/** Records that are read at a time. */
const batch = 200;
/** Most bytes of records on one page; a single larger record goes alone. */
const pageBytes = 256 * 1024;

/** One record of one run. */
const storedStepSchema = z.object({
  /** The run's name: the task's, or for an agent below another `<task>-s<step>-<index>`. */
  task: z.string(),
  /** Position in the journal; grows with every record of any run. */
  sequence: z.number(),
  /** When it was stored, milliseconds since the epoch. */
  at: z.number(),
  record: trailRecordSchema,
});
export type StoredStep = z.output<typeof storedStepSchema>;

/** A part of the trails of one goal, oldest first. */
export const trailPageSchema = z.object({
  records: z.array(storedStepSchema),
  /** There is more: ask again for what comes after this position. */
  next: z.number().optional(),
});
export type TrailPage = z.output<typeof trailPageSchema>;

/** A record as it is stored and republished. */
export const storedTrailSchema = z.object({ at: z.number(), record: trailRecordSchema });

/** What the names of agents below another have behind its own. */
const below = /^(-s\d+(-\d+)?)*$/;

/** Whether a run is of a task, or of an agent below it. Default: any task. */
export function isOfTask(run: string, task: string | undefined): boolean {
  return task === undefined || (run.startsWith(task) && below.test(run.slice(task.length)));
}

/**
 * Reads what the agents of a goal did, oldest first, as much as fits into one message: at most 256 KiB and 200 records.
 *
 * @param wanted.task only this task's run, and those of agents below it. Default: all
 * @param wanted.after only records after this position. Default 0: all
 * @throws UnreadableRecordError when a record has no known shape
 */
export async function readTrails(
  journal: Journal,
  goal: string,
  wanted: { readonly task?: string | undefined; readonly after?: number },
): Promise<TrailPage> {
  const { task, after = 0 } = wanted;
  const prefix = `journal.agent.${goal}.`;
  const stored = await journal.read(`${prefix}>`, { after, limit: batch });
  const records: StoredStep[] = [];
  let bytes = 0;
  let read = after;
  for (const { subject, sequence, payload } of stored) {
    const run = subject.slice(prefix.length);
    if (isOfTask(run, task)) {
      bytes += payload.length;
      if (records.length > 0 && bytes > pageBytes) return { records, next: read };
      records.push({ task: run, sequence, ...readStored(subject, sequence, payload) });
    }
    read = sequence;
  }
  return stored.length < batch ? { records } : { records, next: read };
}

function readStored(subject: string, sequence: number, payload: Uint8Array) {
  try {
    return storedTrailSchema.parse(JSON.parse(new TextDecoder().decode(payload)));
  } catch (cause) {
    throw new UnreadableRecordError(subject, sequence, "it is no record of an agent", { cause });
  }
}
