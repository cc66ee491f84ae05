import { receiveDecided, receiveState, receiveStatus, tellStatus } from "./catch-up.ts";
import { receiveCheckpoint } from "./execution.ts";
import type { PeerMessage } from "./messages.ts";
import { receiveBody, receiveCommit, receivePrepare, receiveProposal } from "./ordering.ts";
import { propose, receiveRequest } from "./proposing.ts";
import type { Identity, Input, Outputs, ReplicaState, TimerName } from "./state.ts";
import { Turn } from "./turn.ts";
import {
  beginAsLeader,
  receiveNewView,
  receiveViewChange,
  startViewChange,
} from "./view-change.ts";

/**
 * One step of a replica: what it knows after an input, and what follows. A function of its arguments
 * alone, if the signatures are.
 *
 * `pledges` have to be stored before anything else of the outputs leaves the replica: one that forgets
 * what it has promised is as bad as one that lies.
 *
 * Nothing in `input` is trusted: what is not signed by whom it names, out of place or contradictory has
 * no effect but, at most, evidence.
 */
export function step(
  identity: Identity,
  state: ReplicaState,
  input: Input,
): { readonly state: ReplicaState; readonly outputs: Outputs } {
  const turn = new Turn(identity, state);
  if (input.kind === "request") receiveRequest(turn, input.request);
  else if (input.kind === "message") receive(turn, input.message);
  else fire(turn, input.timer, input.now);
  return { state: turn.state, outputs: turn.out };
}

function receive(turn: Turn, message: PeerMessage): void {
  const dispatch = (later: PeerMessage): void => receive(turn, later);
  switch (message.kind) {
    case "proposal":
      return receiveProposal(turn, message);
    case "prepare":
      return receivePrepare(turn, message);
    case "commit":
      return receiveCommit(turn, message);
    case "checkpoint":
      return receiveCheckpoint(turn, message);
    case "view-change":
      return receiveViewChange(turn, message, dispatch);
    case "new-view":
      return receiveNewView(turn, message, dispatch);
    case "status":
      return receiveStatus(turn, message);
    case "body":
      return receiveBody(turn, message.batch);
    case "decided":
      return receiveDecided(turn, message);
    case "state":
      return receiveState(turn, message);
  }
}

function fire(turn: Turn, timer: TimerName, now: number): void {
  turn.ended(timer);
  switch (timer) {
    case "batch":
      turn.state.batchDue = true;
      return propose(turn);
    case "progress":
      startViewChange(turn, turn.state.view + 1);
      return beginAsLeader(turn, (message) => receive(turn, message));
    case "status":
      return tellStatus(turn, now);
  }
}
