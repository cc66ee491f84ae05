import { beginRound } from "./replication.ts";
import type { Turn } from "./turn.ts";

/**
 * Somebody wants to know what is decided. The leader answers from its machine, without an entry in the
 * log, once a round of heartbeats begun after the question shows that it still leads (ReadIndex; thesis,
 * 6.4). No clock is trusted.
 */
export function onRead(turn: Turn, request: number): void {
  const { state, limits } = turn;
  if (state.role !== "leader") {
    return turn.answer(request, { kind: "not-leader", leader: state.leader });
  }
  if (state.reads.length + state.earlyReads.length >= limits.pendingReads) {
    return turn.answer(request, { kind: "busy" });
  }
  state.earlyReads = [...state.earlyReads, request];
  serveReads(turn);
}

/** Answers the reads that can be, and begins the round that others wait for. */
export function serveReads(turn: Turn): void {
  const { state } = turn;
  if (state.role !== "leader") return;
  place(turn);
  answerConfirmed(turn);
  // One round at a time, for all reads that came during the one before.
  const isAsked = state.reads.some(({ round }) => round > state.round);
  const isUnderWay = state.reads.some(({ round }) => round <= state.round);
  if (!isAsked || isUnderWay) return;
  beginRound(turn);
  answerConfirmed(turn);
}

/** Notes for new reads what is committed now: all that was, once an entry of the own term is. */
function place(turn: Turn): void {
  const { state } = turn;
  if (turn.termAt(state.commit) !== state.term) return;
  const place = { round: state.round + 1, index: state.commit };
  const placed = state.earlyReads.map((request) => ({ request, ...place }));
  state.reads = [...state.reads, ...placed];
  state.earlyReads = [];
}

function answerConfirmed(turn: Turn): void {
  const { state } = turn;
  const isReady = ({ round, index }: { readonly round: number; readonly index: number }): boolean =>
    round <= confirmedRound(turn) && index <= state.applied;
  for (const read of state.reads.filter(isReady)) {
    turn.answer(read.request, { kind: "current", decided: state.decided });
  }
  state.reads = state.reads.filter((read) => !isReady(read));
}

/** The newest round that most have answered, itself included. */
function confirmedRound({ state, majority }: Turn): number {
  const rounds = [state.round, ...[...state.progress.values()].map(({ round }) => round)];
  return rounds.sort((one, other) => other - one)[majority - 1] ?? 0;
}
