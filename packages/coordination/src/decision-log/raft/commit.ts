import { serveReads } from "./reads.ts";
import type { Turn } from "./turn.ts";

/**
 * Commits what most hold, when it is of the present term. An entry of an earlier term could still be
 * overwritten although most hold it (Figure 8 of the paper); one of this term commits it with itself.
 */
export function advanceCommit(turn: Turn): void {
  const { state } = turn;
  const held = [turn.lastIndex, ...[...state.progress.values()].map(({ match }) => match)];
  const most = held.sort((one, other) => other - one)[turn.majority - 1] ?? 0;
  if (most > state.commit && turn.termAt(most) === state.term) turn.commitTo(most);
  serveReads(turn);
}
