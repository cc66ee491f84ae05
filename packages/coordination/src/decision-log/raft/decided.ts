import type { Decision } from "../decision-log.ts";
import type { RaftLimits } from "./group.ts";
import type { Entry } from "./messages.ts";

/** The newest decisions, and how many there were before: what the replicas' machine computes. */
export interface Decided {
  /** Index of the next decision. */
  readonly next: number;
  /** Bytes of those that are kept. */
  readonly bytes: number;
  readonly kept: readonly (Decision & { readonly bytes: number })[];
}

export const nothingDecided: Decided = { next: 1, bytes: 0, kept: [] };

/** Index of the oldest decision that is kept, or of the next when none is. */
export function firstKept({ next, kept }: Decided): number {
  return next - kept.length;
}

/** Where an id was decided, as far as that is kept. */
export function indexOf({ kept }: Decided, id: string): number | undefined {
  return kept.findLast((decision) => decision.id === id)?.index;
}

/**
 * After one more committed entry. The same on every replica: what is kept, and with it which ids are
 * known again, depends on the entries alone.
 */
export function decide(decided: Decided, entry: Entry, limits: RaftLimits): Decided {
  if (entry.kind === "began" || indexOf(decided, entry.id) !== undefined) return decided;
  const { id, entry: content, bytes } = entry;
  const { retain, retainBytes } = limits;
  const kept = [...decided.kept, { index: decided.next, id, entry: content, bytes }];
  let total = decided.bytes + bytes;
  let dropped = 0;
  while (kept.length - dropped > retain || total > retainBytes) {
    total -= kept[dropped]?.bytes ?? 0;
    dropped += 1;
  }
  return { next: decided.next + 1, bytes: total, kept: dropped === 0 ? kept : kept.slice(dropped) };
}
