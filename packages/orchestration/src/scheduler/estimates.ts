import type { TaskSpec } from "./goal-spec.ts";

/** What is known of how long tasks take. */
export interface Estimates {
  readonly byKind: Record<string, Mean>;
  readonly all: Mean;
}

/** A running mean. */
interface Mean {
  count: number;
  mean: number;
}

/** Taken for a task before anything is known of any: only comparisons matter then. */
const unknownDuration = 1;

/** The known duration of a task, else the mean of its kind, else of all tasks. */
export function expectedDuration(estimates: Estimates, task: TaskSpec): number {
  if (task.duration !== undefined) return task.duration;
  const kind = task.kind === undefined ? undefined : meanOf(estimates, task.kind);
  if (kind !== undefined) return kind.mean;
  return estimates.all.count === 0 ? unknownDuration : estimates.all.mean;
}

/** Takes notice of how long a task took. */
export function learn(estimates: Estimates, kind: string | undefined, took: number): void {
  include(estimates.all, took);
  if (kind === undefined) return;
  const known = meanOf(estimates, kind);
  if (known === undefined) estimates.byKind[kindKey(kind)] = { count: 1, mean: took };
  else include(known, took);
}

function meanOf({ byKind }: Estimates, kind: string): Mean | undefined {
  return byKind[kindKey(kind)];
}

/** A prefix keeps names such as `__proto__` from meaning something else. */
function kindKey(kind: string): string {
  return `kind:${kind}`;
}

function include(known: Mean, value: number): void {
  known.count += 1;
  known.mean += (value - known.mean) / known.count;
}
