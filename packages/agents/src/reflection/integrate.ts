import { isLess, measure, measureInWords } from "./measure.ts";
import type { ActiveAdaptation, Memory, MemoryRecord } from "./memory.ts";

/** Episodes after which an adaptation is held against what was before. */
const trial = 5;

/**
 * What becomes of a change, once there is enough to measure it by: confirmed when more succeeds, or as much with less
 * effort; else withdrawn. What was confirmed is held to go on succeeding; its pace is that of the work by then. Pure.
 *
 * @param all the episodes of its situation that are remembered, oldest first
 */
export function integrate(
  { situation, kind, method, before, since, confirmed }: ActiveAdaptation,
  all: Memory["episodes"],
): Exclude<MemoryRecord, { type: "episode" | "adapted" }> | undefined {
  const after = all.filter(({ number }) => number > since).slice(-trial);
  if (after.length < trial) return undefined;
  const now = measure(after);
  const because = `${measureInWords(now)} instead of ${measureInWords(before)}`;
  const isBetter = now.success > before.success || isLess(now, before);
  const isWorse = now.success < before.success || !(confirmed || isBetter);
  if (isWorse) return { type: "withdrawn", situation, kind, method, because };
  return confirmed ? undefined : { type: "confirmed", situation, kind, method, because };
}
