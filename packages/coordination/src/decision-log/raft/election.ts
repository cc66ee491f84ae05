import { beginLeading } from "./leading.ts";
import type { PeerMessage } from "./messages.ts";
import type { Turn } from "./turn.ts";

type RequestVote = Extract<PeerMessage, { kind: "request-vote" }>;
type Vote = Extract<PeerMessage, { kind: "vote" }>;

/** The election timer has fired: who has heard no leader for long enough asks whether it could be one. */
export function onElectionTimer(turn: Turn): void {
  const { state, now } = turn;
  if (state.role === "leader") {
    resignWithoutMajority(turn);
    turn.start("election", turn.limits.electionMs);
    return;
  }
  if (now < state.electAt) {
    turn.start("election", state.electAt - now);
    return;
  }
  state.role = "pre-candidate";
  state.leader = undefined;
  turn.putOffElection();
  turn.start("election", state.electAt - now);
  campaign(turn, { pre: true, transfer: false });
}

/** A leader that most have not answered for an election's time would keep clients waiting in vain. */
function resignWithoutMajority(turn: Turn): void {
  const { state, now, limits } = turn;
  const heard = [...state.progress.values()].filter(
    ({ heardAt }) => now - heardAt <= limits.electionMs,
  );
  if (1 + heard.length < turn.majority) turn.becomeFollower(state.term);
}

/** Begins a term of its own and asks for votes. */
function elect(turn: Turn, transfer: boolean): void {
  const { state, me } = turn;
  state.role = "candidate";
  state.leader = undefined;
  turn.change({ kind: "term", term: state.term + 1, votedFor: me });
  turn.putOffElection();
  campaign(turn, { pre: false, transfer });
}

function campaign(
  turn: Turn,
  { pre, transfer }: { readonly pre: boolean; readonly transfer: boolean },
): void {
  const { state, me, lastIndex, lastTerm } = turn;
  state.votes = new Set([me]);
  const term = state.term + (pre ? 1 : 0);
  for (const to of turn.others) {
    turn.tell(to, { kind: "request-vote", from: me, term, lastIndex, lastTerm, pre, transfer });
  }
  countVotes(turn);
}

function countVotes(turn: Turn): void {
  const { state } = turn;
  if (state.votes.size < turn.majority) return;
  if (state.role === "pre-candidate") elect(turn, false);
  else if (state.role === "candidate") beginLeading(turn);
}

/** Somebody asks for a vote, or whether it would get one. */
export function onRequestVote(turn: Turn, message: RequestVote): void {
  const { state, me } = turn;
  const { from, term, pre } = message;
  const refuse = (): void =>
    turn.tell(from, { kind: "vote", from: me, term: state.term, pre, granted: false });
  if (term < state.term) return refuse();
  const isLoyal = state.role === "leader" || turn.now < state.loyalUntil;
  if (isLoyal && !message.transfer) return;
  if (pre) {
    if (term === state.term || !isUpToDate(turn, message)) return refuse();
    return turn.tell(from, { kind: "vote", from: me, term, pre, granted: true });
  }
  if (term > state.term) turn.becomeFollower(term);
  const isFree = state.votedFor === null || state.votedFor === from;
  if (!isFree || !isUpToDate(turn, message)) return refuse();
  if (state.votedFor === null) turn.change({ kind: "term", term, votedFor: from });
  turn.putOffElection();
  turn.tell(from, { kind: "vote", from: me, term, pre, granted: true });
}

/** Whether the candidate's log lacks nothing that this one has and that may be committed. */
function isUpToDate(turn: Turn, { lastIndex, lastTerm }: RequestVote): boolean {
  if (lastTerm !== turn.lastTerm) return lastTerm > turn.lastTerm;
  return lastIndex >= turn.lastIndex;
}

/** An answer to a request for a vote. */
export function onVote(turn: Turn, { from, term, pre, granted }: Vote): void {
  const { state } = turn;
  if (!granted) {
    if (term > state.term) turn.becomeFollower(term);
    return;
  }
  const isAsked = pre
    ? state.role === "pre-candidate" && term === state.term + 1
    : state.role === "candidate" && term === state.term;
  if (!isAsked) return;
  state.votes = new Set(state.votes).add(from);
  countVotes(turn);
}

/** The leader hands over to this replica. */
export function onLeadNow(turn: Turn): void {
  if (turn.state.role === "follower") elect(turn, true);
}
