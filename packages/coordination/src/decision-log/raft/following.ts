import type { PeerMessage } from "./messages.ts";
import type { Turn } from "./turn.ts";

type Append = Extract<PeerMessage, { kind: "append" }>;
type InstallSnapshot = Extract<PeerMessage, { kind: "install-snapshot" }>;

/** The leader has entries, or only says that it is there. */
export function onAppend(turn: Turn, message: Append): void {
  const { state, me } = turn;
  const { from, round } = message;
  turn.heardLeader(from);
  // What the snapshot stands for is committed, so that the leader has the same.
  const covered = Math.max(0, state.snapshot.index - message.previousIndex);
  const isCovered = covered > 0;
  const previousIndex = message.previousIndex + covered;
  const previousTerm = isCovered ? state.snapshot.term : message.previousTerm;
  if (turn.termAt(previousIndex) !== previousTerm) {
    const conflict = conflictAt(turn, previousIndex);
    const { term } = state;
    turn.tell(from, { kind: "refused", from: me, term, previousIndex, ...conflict, round });
    return;
  }
  const match = previousIndex + Math.max(0, message.entries.length - covered);
  takeOver(turn, previousIndex, message.entries.slice(covered));
  turn.commitTo(Math.min(message.commit, match));
  turn.tell(from, { kind: "appended", from: me, term: state.term, match, round });
}

/**
 * Takes entries into the log. Only from the first one that contradicts is what was there dropped: a
 * message that was overtaken by later ones holds less than the log does by now.
 */
function takeOver(turn: Turn, previousIndex: number, entries: Append["entries"]): void {
  let known = 0;
  while (
    known < entries.length &&
    turn.termAt(previousIndex + 1 + known) === entries[known]?.term
  ) {
    known += 1;
  }
  if (known === entries.length) return;
  turn.change({ kind: "entries", after: previousIndex + known, entries: entries.slice(known) });
}

/** Where the leader should try next: its log can't agree with this one within the term that stands there. */
function conflictAt(
  turn: Turn,
  index: number,
): { readonly conflictTerm: number; readonly conflictIndex: number } {
  const term = turn.termAt(index);
  if (term === undefined) return { conflictTerm: 0, conflictIndex: turn.lastIndex + 1 };
  let first = index;
  while (first > turn.state.snapshot.index + 1 && turn.termAt(first - 1) === term) first -= 1;
  return { conflictTerm: term, conflictIndex: first };
}

/** The leader no longer has the entries that this replica lacks. */
export function onInstallSnapshot(turn: Turn, { from, snapshot, round }: InstallSnapshot): void {
  const { state, me } = turn;
  turn.heardLeader(from);
  if (snapshot.index > state.commit) {
    turn.change({ kind: "snapshot", snapshot });
    state.commit = snapshot.index;
    state.applied = snapshot.index;
    turn.decided(snapshot.decided);
    turn.note({ kind: "caught-up", index: snapshot.index });
  }
  // What it has committed the leader has, too.
  turn.tell(from, { kind: "appended", from: me, term: state.term, match: state.commit, round });
}
