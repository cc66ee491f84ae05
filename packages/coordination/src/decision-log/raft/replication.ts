import type { Entry } from "./messages.ts";
import type { Progress } from "./state.ts";
import { bytesOf, type Turn } from "./turn.ts";

/** Lets every follower show that it still follows. */
export function beginRound(turn: Turn): void {
  turn.state.round += 1;
  for (const other of turn.others) sendHeartbeat(turn, other);
}

/** Says that it leads; with that, sends again what a follower may have lost. */
function sendHeartbeat(turn: Turn, to: string): void {
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
    setProgress(turn, to, { ...progress, next: end + 1, underWay: [...progress.underWay, end] });
  }
}

/** One message to find out where a follower's log parts from this one, or the snapshot where that is gone. */
export function probe(turn: Turn, to: string, progress: Progress): void {
  const { state, me } = turn;
  if (progress.next > state.snapshot.index) {
    sendAppend(turn, to, progress.next - 1, batch(turn, progress.next));
    return;
  }
  setProgress(turn, to, { ...progress, probing: true, underWay: [] });
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

/** Notes how far a follower is. */
export function setProgress(turn: Turn, name: string, progress: Progress): void {
  turn.state.progress = new Map(turn.state.progress).set(name, progress);
}
