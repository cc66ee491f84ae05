import {
  type Clock,
  type Journal,
  type Log,
  type OpenedJournaled,
  openJournaled,
} from "@troupe/actor";
import { applyTrail, newRun, type RunState } from "./run-state.ts";
import { type TrailRecord, trailRecordSchema } from "./trail-records.ts";

const format = { kind: "agent", record: trailRecordSchema, version: 1 } as const;

/** Records that are read at a time: they hold all that agents saw. */
const batch = 200;

/** Where a run is kept: subject `journal.agent.<goal>.<task>`, republished as `events.agent.…`. */
export interface TrailOptions {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly goal: string;
  readonly task: string;
  /** Default silent. */
  readonly log?: Log;
}

/**
 * Removes the trails of a goal's agents but for the last record of each, which says how it ended. Safe to
 * repeat.
 *
 * @returns how many records were removed
 */
export async function forgetTrails(journal: Journal, goal: string): Promise<number> {
  const last = new Map<string, number>();
  for (let after: number | undefined = 0; after !== undefined; ) {
    const page = await journal.read(`journal.${format.kind}.${goal}.>`, { after, limit: batch });
    for (const { subject, sequence } of page) last.set(subject, sequence);
    after = page.length < batch ? undefined : page.at(-1)?.sequence;
  }
  let removed = 0;
  for (const [subject, before] of last) removed += await journal.purge(subject, { before });
  return removed;
}

/**
 * Opens the trail of a run: what was stored of it on whatever node, and where more is stored. Who opens
 * it later fences earlier ones out with its first record.
 *
 * @throws UnreadableRecordError when a record has no known version or shape
 */
export function openTrail(
  options: TrailOptions,
): Promise<OpenedJournaled<RunState, TrailRecord, never>> {
  const { goal, task, ...ports } = options;
  return openJournaled<RunState, TrailRecord>({
    ...format,
    ...ports,
    key: `${goal}.${task}`,
    initial: newRun,
    apply: applyTrail,
  });
}
