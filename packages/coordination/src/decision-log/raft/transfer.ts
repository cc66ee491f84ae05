import type { Turn } from "./turn.ts";

/** Somebody wants another replica to lead, for example before this one's node is stopped. */
export function onTransfer(
  turn: Turn,
  { request, to }: { readonly request: number; readonly to: string },
): void {
  const { state, limits } = turn;
  if (state.role !== "leader") {
    return turn.answer(request, { kind: "not-leader", leader: state.leader });
  }
  turn.answer(request, { kind: "transferring" });
  if (to === turn.me) return;
  state.transfer = { to, until: turn.now + limits.electionMs };
  handOver(turn);
}

/** Tells the next leader to elect itself, once it has everything. Until then nothing new is taken. */
export function handOver(turn: Turn): void {
  const { state, me } = turn;
  if (state.transfer === undefined) return;
  const { to } = state.transfer;
  if (state.progress.get(to)?.match !== turn.lastIndex) return;
  turn.tell(to, { kind: "lead-now", from: me, term: state.term });
}
