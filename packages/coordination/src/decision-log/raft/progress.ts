import { advanceCommit } from "./commit.ts";
import type { PeerMessage } from "./messages.ts";
import { probe, sendEntries, setProgress } from "./replication.ts";
import { handOver } from "./transfer.ts";
import type { Turn } from "./turn.ts";

type Appended = Extract<PeerMessage, { kind: "appended" }>;
type Refused = Extract<PeerMessage, { kind: "refused" }>;

/** A follower's log is this one, up to some entry. */
export function onAppended(turn: Turn, { from, match: said, round }: Appended): void {
  const progress = turn.state.progress.get(from);
  if (progress === undefined) return;
  const match = Math.max(progress.match, said);
  setProgress(turn, from, {
    match,
    next: Math.max(progress.next, match + 1),
    underWay: progress.underWay.filter((end) => end > match),
    probing: false,
    heardAt: turn.now,
    round: Math.max(progress.round, round),
  });
  advanceCommit(turn);
  sendEntries(turn, from);
  handOver(turn);
}

/** A follower lacks the entry before those it was sent. */
export function onRefused(turn: Turn, message: Refused): void {
  const { from, previousIndex, round } = message;
  const known = turn.state.progress.get(from);
  if (known === undefined) return;
  const progress = { ...known, heardAt: turn.now, round: Math.max(known.round, round) };
  const isStale =
    previousIndex <= known.match || (known.probing && previousIndex !== known.next - 1);
  if (isStale) setProgress(turn, from, progress);
  else {
    const next = Math.max(known.match + 1, Math.min(previousIndex, resumeAt(turn, message)));
    const probing = { ...progress, next, probing: true, underWay: [] };
    setProgress(turn, from, probing);
    probe(turn, from, probing);
  }
  advanceCommit(turn);
}

/** Where the follower's log may agree with this one: a whole term is left out at once (section 5.3). */
function resumeAt(turn: Turn, { previousIndex, conflictTerm, conflictIndex }: Refused): number {
  if (conflictTerm === 0) return conflictIndex;
  for (let index = previousIndex; index > turn.state.snapshot.index; index -= 1) {
    const term = turn.termAt(index) ?? 0;
    if (term === conflictTerm) return index + 1;
    if (term < conflictTerm) break;
  }
  return conflictIndex;
}
