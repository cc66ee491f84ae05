import { onElectionTimer, onLeadNow, onRequestVote, onVote } from "./election.ts";
import { onAppend, onInstallSnapshot } from "./following.ts";
import { onHeartbeatTimer, onPropose } from "./leading.ts";
import type { PeerMessage } from "./messages.ts";
import { onAppended, onRefused } from "./progress.ts";
import { onRead } from "./reads.ts";
import type { Identity, Input, Moment, Outputs, RaftState } from "./state.ts";
import { onTransfer } from "./transfer.ts";
import { Turn } from "./turn.ts";

/**
 * What a replica does about one input: the state it is in then, and what it has to say. Pure.
 *
 * The host stores `changes` first, those of earlier steps before, and only then lets out the rest.
 */
export function step(
  identity: Identity,
  state: RaftState,
  input: Input,
  moment: Moment,
): { readonly state: RaftState; readonly outputs: Outputs } {
  const turn = new Turn(identity, state, moment);
  take(turn, input);
  return { state: turn.state, outputs: turn.out };
}

function take(turn: Turn, input: Input): void {
  switch (input.kind) {
    case "start":
      turn.putOffElection();
      return turn.start("election", turn.state.electAt - turn.now);
    case "message":
      return receive(turn, input.message);
    case "timer":
      return input.timer === "election" ? onElectionTimer(turn) : onHeartbeatTimer(turn);
    case "propose":
      return onPropose(turn, input);
    case "read":
      return onRead(turn, input.request);
    case "transfer":
      return onTransfer(turn, input);
  }
}

function receive(turn: Turn, message: PeerMessage): void {
  const { state, me } = turn;
  const { from, term } = message;
  if (!turn.others.includes(from)) return;
  if (message.kind === "request-vote") return onRequestVote(turn, message);
  if (message.kind === "vote") return onVote(turn, message);
  if (term < state.term) {
    // A leader of a term that is over learns of it by any answer of the present one.
    const isLeaders = message.kind === "append" || message.kind === "install-snapshot";
    const vote = { kind: "vote", from: me, term: state.term, pre: false, granted: false } as const;
    if (isLeaders) turn.tell(from, vote);
    return;
  }
  if (term > state.term) turn.becomeFollower(term);
  switch (message.kind) {
    case "append":
      return onAppend(turn, message);
    case "install-snapshot":
      return onInstallSnapshot(turn, message);
    case "appended":
      return onAppended(turn, message);
    case "refused":
      return onRefused(turn, message);
    case "lead-now":
      return onLeadNow(turn);
  }
}
