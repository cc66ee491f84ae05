import type { Batch } from "./messages.ts";
import type { Turn } from "./turn.ts";

/** Bodies kept, in log windows. */
const bodyWindows = 4;

/** Keeps a batch until the checkpoint after its place is stable. */
export function addBody(turn: Turn, digest: string, sequence: number, batch: Batch): void {
  const { state, group } = turn;
  const bodies = new Map(state.bodies);
  const place = Math.max(sequence, bodies.get(digest)?.sequence ?? 0);
  bodies.set(digest, { sequence: place, batch });
  const used = new Set<string | undefined>();
  if (bodies.size > bodyWindows * group.limits.logWindow) {
    for (const { prePrepare, decided } of state.slots.values()) {
      used.add(prePrepare?.digest).add(decided?.[0]?.digest);
    }
    for (const { prePrepare } of state.certificates.values()) used.add(prePrepare.digest);
    const unused = [...bodies.keys()].filter((other) => other !== digest && !used.has(other));
    // The first is the empty batch, which every new view may need.
    for (const other of unused.slice(1, 1 + bodies.size - bodyWindows * group.limits.logWindow)) {
      bodies.delete(other);
    }
  }
  state.bodies = bodies;
}
