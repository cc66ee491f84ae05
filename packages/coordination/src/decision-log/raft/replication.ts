import { advanceCommit } from "./leading.ts";
import type { Entry, PeerMessage } from "./messages.ts";
import type { Progress } from "./state.ts";
import { handOver } from "./transfer.ts";
import { bytesOf, type Turn } from "./turn.ts";

type Appended = Extract<PeerMessage, { kind: "appended" }>;
type Refused = Extract<PeerMessage, { kind: "refused" }>;

/** Says that it leads; with that, sends again what a follower may have lost. */
export function sendHeartbeat(turn: Turn, to: string): void {
  const progress = turn.state.progress.get(to);
  if (progress === undefined) return;
  if (progress.probing || progress.next <= turn.state.snapshot.index) probe(turn, to, progress);
  else sendAppend(turn, to, progress.next - 1, []);
}

/** Sends a follower the entries that are new to it, as many messages as may be under way. */
export function sendEntries(turn: Turn, to: string): void {
  const { pipeline } = turn.limits;
  for (;;) {
    const progress = turn.state.progress.get(to);
    if (progress === undefined || progress.probing || progress.next > turn.lastIndex) return;
    if (progress.underWay.length >= pipeline) return;
    if (progress.next <= turn.state.snapshot.index) return probe(turn, to, progress);
    const entries = batch(turn, progress.next);
    sendAppend(turn, to, progress.next - 1, entries);
    const end = progress.next - 1 + entries.length;
    set(turn, to, { ...progress, next: end + 1, underWay: [...progress.underWay, end] });
  }
}

/** One message to find out where a follower's log parts from this one, or the snapshot where that is gone. */
function probe(turn: Turn, to: string, progress: Progress): void {
  const { state, me } = turn;
  if (progress.next > state.snapshot.index) {
    sendAppend(turn, to, progress.next - 1, batch(turn, progress.next));
    return;
  }
  set(turn, to, { ...progress, probing: true, underWay: [] });
  const { term, snapshot, round } = state;
  const { index, decided } = snapshot;
  const body = {
    index,
    term: snapshot.term,
    decided: {
      ...decided,
      kept: decided.kept.map((one) => ({ ...one, entry: one.entry as never })),
    },
  };
  turn.tell(to, { kind: "install-snapshot", from: me, term, snapshot: body, round });
}

function sendAppend(
  turn: Turn,
  to: string,
  previousIndex: number,
  entries: readonly Entry[],
): void {
  const { state, me } = turn;
  turn.tell(to, {
    kind: "append",
    from: me,
    term: state.term,
    previousIndex,
    previousTerm: turn.termAt(previousIndex) ?? 0,
    entries: [...entries],
    commit: state.commit,
    round: state.round,
  });
}

function batch(turn: Turn, from: number): readonly Entry[] {
  const { batchEntries, batchBytes } = turn.limits;
  const entries: Entry[] = [];
  let bytes = 0;
  for (const entry of turn.entriesAfter(from - 1)) {
    if (entries.length >= batchEntries || bytes >= batchBytes) break;
    entries.push(entry);
    bytes += bytesOf([entry]);
  }
  return entries;
}

function set(turn: Turn, name: string, progress: Progress): void {
  turn.state.progress = new Map(turn.state.progress).set(name, progress);
}

/** A follower's log is this one, up to some entry. */
export function onAppended(turn: Turn, { from, match: said, round }: Appended): void {
  const progress = turn.state.progress.get(from);
  if (progress === undefined) return;
  const match = Math.max(progress.match, said);
  set(turn, from, {
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
  if (isStale) set(turn, from, progress);
  else {
    const next = Math.max(known.match + 1, Math.min(previousIndex, resumeAt(turn, message)));
    const probing = { ...progress, next, probing: true, underWay: [] };
    set(turn, from, probing);
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
