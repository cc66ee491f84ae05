import {
  isProvenNewView,
  isProvenViewChange,
  planNewView,
  provenCheckpoint,
} from "./certificates.ts";
import { settleCheckpoint } from "./execution.ts";
import { leaderOf } from "./group.ts";
import type { NewView, PeerMessage, PrePrepare, ViewChange } from "./messages.ts";
import { sendPrepare, tryDecide, tryPrepared } from "./ordering.ts";
import { patienceMs, restartProgress } from "./progress.ts";
import { propose } from "./proposing.ts";
import { keyOf, type Slot } from "./state.ts";
import type { Turn } from "./turn.ts";

/** Leaves the present view for a later one, and says so with what it has prepared. */
export function startViewChange(turn: Turn, view: number): void {
  const { state } = turn;
  const { stable } = state;
  Object.assign(state, { view, changing: true, batchDue: false });
  state.fruitlessViews += 1;
  turn.stop("batch");
  turn.stop("progress");
  const message = turn.sign<ViewChange>({
    kind: "view-change",
    view,
    stable: stable.sequence,
    proof: [...stable.proof],
    prepared: [...state.certificates.values()],
  });
  state.viewChanges = new Map(state.viewChanges).set(turn.me, message);
  turn.pledge({ kind: "view-change", message });
  turn.note({ kind: "view", view, changing: true });
  turn.tellOthers(message);
  awaitNewView(turn);
}

/** Takes another replica's wish for a view. */
export function receiveViewChange(
  turn: Turn,
  message: ViewChange,
  dispatch: (message: PeerMessage) => void,
): void {
  const { view, sender } = message;
  const { state } = turn;
  if (sender === turn.me || !turn.isReplica(sender)) return;
  const earlier = state.viewChanges.get(sender);
  if (earlier !== undefined && earlier.view >= view) {
    turn.compare(earlier, message);
    return;
  }
  if (view < state.view || (view === state.view && !state.changing)) return;
  if (!turn.isSigned(message)) return;
  if (!isProvenViewChange(turn, message)) {
    turn.note({ kind: "invalid", sender, message: "view-change" });
    return;
  }
  state.viewChanges = new Map(state.viewChanges).set(sender, message);
  followOthers(turn);
  awaitNewView(turn);
  beginAsLeader(turn, dispatch);
}

/** When `f + 1` others are in later views, one of them is honest: joins the latest of which that is so. */
function followOthers(turn: Turn): void {
  const { state, group } = turn;
  const later = [...state.viewChanges.values()]
    .filter(({ sender, view }) => sender !== turn.me && view > state.view)
    .map(({ view }) => view)
    .sort((a, b) => b - a);
  const target = later[group.faulty];
  if (target !== undefined) startViewChange(turn, target);
}

/** The leader to come has its time from when a quorum wants it, or a later one. */
function awaitNewView(turn: Turn): void {
  const { state, group } = turn;
  if (!state.changing || state.timers.has("progress")) return;
  const wanting = [...state.viewChanges.values()].filter(({ view }) => view >= state.view);
  if (wanting.length >= group.quorum) turn.start("progress", patienceMs(turn));
}

/** Begins the view that it is to lead, once a quorum wants it. */
export function beginAsLeader(turn: Turn, dispatch: (message: PeerMessage) => void): void {
  const { state, group } = turn;
  const { view } = state;
  if (!state.changing || turn.leader !== turn.me) return;
  const viewChanges = [...state.viewChanges.values()].filter((one) => one.view === view);
  if (viewChanges.length < group.quorum) return;
  const { from, digests } = planNewView(viewChanges);
  const lowest = from?.stable ?? 0;
  const prePrepares = digests.map((digest, index) => {
    const sequence = lowest + 1 + index;
    return turn.sign<PrePrepare>({ kind: "pre-prepare", view, sequence, digest });
  });
  const message = turn.sign<NewView>({ kind: "new-view", view, viewChanges, prePrepares });
  turn.tellOthers(message);
  enterView(turn, message, dispatch);
}

/** Takes the beginning of a view from its leader. */
export function receiveNewView(
  turn: Turn,
  message: NewView,
  dispatch: (message: PeerMessage) => void,
): void {
  const { view, sender } = message;
  const { state } = turn;
  if (sender === turn.me || sender !== leaderOf(turn.group, view)) return;
  if (state.newView?.view === view) {
    turn.compare(state.newView, message);
    return;
  }
  if (view < state.view || (view === state.view && !state.changing)) return;
  if (!turn.isSigned(message)) return;
  if (!isProvenNewView(turn, message)) {
    turn.note({ kind: "invalid", sender, message: "new-view" });
    return;
  }
  enterView(turn, message, dispatch);
}

function enterView(turn: Turn, message: NewView, dispatch: (message: PeerMessage) => void): void {
  const { state } = turn;
  const { view, prePrepares, viewChanges } = message;
  const { from } = planNewView(viewChanges);
  Object.assign(state, { view, changing: false, newView: message, batchDue: false });
  state.slots = slotsOfNewView(state.slots, prePrepares, state.stable.sequence);
  state.viewChanges = new Map([...state.viewChanges].filter(([, one]) => one.view > view));
  state.nextSequence = (from?.stable ?? 0) + prePrepares.length + 1;
  state.proposed = proposedIn(turn, prePrepares);
  turn.pledge({ kind: "new-view", message });
  turn.note({ kind: "view", view, changing: false });
  const proven = from === undefined ? undefined : provenCheckpoint(turn, from.proof);
  if (from !== undefined && proven !== undefined) {
    settleCheckpoint(turn, { ...proven, proof: from.proof });
  }
  for (const prePrepare of prePrepares) {
    const { sequence } = prePrepare;
    if (sequence <= state.stable.sequence) continue;
    if (!turn.leads) sendPrepare(turn, prePrepare);
    tryPrepared(turn, sequence);
    tryDecide(turn, sequence);
  }
  restartProgress(turn);
  const early = state.ahead;
  state.ahead = new Map();
  for (const messages of early.values()) for (const one of messages) dispatch(one);
  propose(turn);
}

/** The log as a new view begins: its orders, no agreement to them, and the commits there were. */
function slotsOfNewView(
  slots: ReadonlyMap<number, Slot>,
  prePrepares: readonly PrePrepare[],
  stable: number,
): Map<number, Slot> {
  const anew = { prePrepare: undefined, prepares: new Map(), prepared: false };
  const begun = new Map<number, Slot>();
  for (const [sequence, { commits, decided }] of slots) {
    begun.set(sequence, { ...anew, commits, decided });
  }
  for (const prePrepare of prePrepares) {
    const { sequence } = prePrepare;
    if (sequence <= stable) continue;
    const { commits = new Map(), decided } = begun.get(sequence) ?? {};
    begun.set(sequence, { ...anew, prePrepare, commits, decided });
  }
  return begun;
}

function proposedIn({ state }: Turn, prePrepares: readonly PrePrepare[]): Set<string> {
  const proposed = new Set<string>();
  for (const { digest, sequence } of prePrepares) {
    if (sequence <= state.executed) continue;
    for (const request of state.bodies.get(digest)?.batch ?? []) proposed.add(keyOf(request));
  }
  return proposed;
}
