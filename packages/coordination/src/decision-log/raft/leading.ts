import { advanceCommit } from "./commit.ts";
import { beginRound, sendEntries } from "./replication.ts";
import type { Progress } from "./state.ts";
import { bytesOf, type Turn } from "./turn.ts";

/** Most have voted for it: it leads the present term. */
export function beginLeading(turn: Turn): void {
  const { state, me, now, lastIndex } = turn;
  const fresh: Progress = {
    match: 0,
    next: lastIndex + 1,
    underWay: [],
    probing: true,
    heardAt: now,
    round: 0,
  };
  state.role = "leader";
  state.leader = me;
  state.votes = new Set();
  state.progress = new Map(turn.others.map((other) => [other, fresh]));
  state.round = 0;
  turn.note({ kind: "elected", term: state.term });
  const entries = [{ kind: "began", term: state.term }] as const;
  turn.change({ kind: "entries", after: lastIndex, entries });
  onHeartbeatTimer(turn);
  advanceCommit(turn);
}

/** Time for a round of heartbeats. */
export function onHeartbeatTimer(turn: Turn): void {
  const { state, limits } = turn;
  if (state.role !== "leader") return;
  if (state.transfer !== undefined && turn.now > state.transfer.until) state.transfer = undefined;
  beginRound(turn);
  turn.start("heartbeat", limits.heartbeatMs);
}

/** Takes a proposal into the log, unless too much waits already. */
export function onPropose(
  turn: Turn,
  proposal: {
    readonly request: number;
    readonly id: string;
    readonly entry: unknown;
    readonly bytes: number;
  },
): void {
  const { state, limits, lastIndex } = turn;
  const { request, id, entry, bytes } = proposal;
  if (state.role !== "leader") {
    return turn.answer(request, { kind: "not-leader", leader: state.leader });
  }
  const pending = turn.entriesAfter(state.commit);
  const isFull =
    pending.length >= limits.pendingEntries || bytesOf(pending) + bytes > limits.pendingBytes;
  if (isFull || state.transfer !== undefined) return turn.answer(request, { kind: "busy" });
  const added = { kind: "proposed", term: state.term, id, entry: entry as never, bytes } as const;
  turn.change({ kind: "entries", after: lastIndex, entries: [added] });
  state.proposals = new Map(state.proposals).set(lastIndex + 1, request);
  for (const other of turn.others) sendEntries(turn, other);
  advanceCommit(turn);
}
