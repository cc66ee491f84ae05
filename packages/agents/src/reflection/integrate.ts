import { isLess, measure, measureInWords } from "./measure.ts";
import type { ActiveAdaptation, Measure, Memory, MemoryRecord } from "./memory.ts";

/** Episodes after which an adaptation is held against what was before. */
const trial = 5;

/**
 * What becomes of the changes that are in force in a situation, once there is enough to measure them by; one at a time,
 * so that what follows can be put down to it. Pure.
 *
 * One on trial is confirmed when more succeeds than before it, or as much with less effort; else withdrawn. What was
 * confirmed is held to go on succeeding; its pace is that of the work by then. When nothing is on trial all are judged,
 * the newest first: what has helped may do harm by now, whatever came after it.
 *
 * @param active oldest first
 * @param fresh the episodes since any of it changed, oldest first: what was before was work of another kind
 */
export function integrate(
  active: readonly ActiveAdaptation[],
  fresh: Memory["episodes"],
): Outcome | undefined {
  const after = fresh.slice(-trial);
  if (after.length < trial) return undefined;
  const now = measure(after);
  const onTrial = active.findLast(({ confirmed }) => !confirmed);
  if (onTrial !== undefined) return verdict(onTrial, now);
  const failing = active.findLast(({ before }) => now.success < before.success);
  return failing && withdrawal(failing, now);
}

type Outcome = Exclude<MemoryRecord, { type: "episode" | "adapted" }>;

function verdict(adaptation: ActiveAdaptation, now: Measure): Outcome {
  const { situation, kind, method, before } = adaptation;
  const isWorse = now.success < before.success;
  const isBetter = now.success > before.success || isLess(now, before);
  if (isWorse || !isBetter) return withdrawal(adaptation, now);
  return { type: "confirmed", situation, kind, method, because: comparison(now, before) };
}

function withdrawal({ situation, kind, method, before }: ActiveAdaptation, now: Measure): Outcome {
  return { type: "withdrawn", situation, kind, method, because: comparison(now, before) };
}

function comparison(now: Measure, before: Measure): string {
  return `${measureInWords(now)} instead of ${measureInWords(before)}`;
}
