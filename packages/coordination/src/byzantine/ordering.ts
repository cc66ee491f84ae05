import { addBody } from "./bodies.ts";
import { batchDigest } from "./digest.ts";
import { executeDecided } from "./execution.ts";
import { leaderOf } from "./group.ts";
import { answerTo } from "./ledger.ts";
import type { Batch, Commit, PeerMessage, PrePrepare, Prepare, Proposal } from "./messages.ts";
import { ensureProgress } from "./progress.ts";
import { isClients } from "./proposing.ts";
import { keyOf } from "./state.ts";
import type { Turn } from "./turn.ts";

/** Messages kept of one sender for views that have not begun here. */
const aheadLimit = 64;
/** Takes the leader's order. */
export function receiveProposal(turn: Turn, proposal: Proposal): void {
  const { prePrepare, batch } = proposal;
  const { view, sequence, digest, sender } = prePrepare;
  const { state } = turn;
  if (sender !== leaderOf(turn.group, view) || sender === turn.me) return;
  if (!turn.isInWindow(sequence)) return;
  if (isAhead(turn, view)) {
    if (turn.isSigned(prePrepare)) keepForLater(turn, sender, proposal);
    return;
  }
  if (view !== state.view) return;
  const slot = turn.slot(sequence);
  if (slot.prePrepare !== undefined) {
    if (slot.prePrepare.digest !== digest) turn.compare(slot.prePrepare, prePrepare);
    else receiveBody(turn, batch);
    return;
  }
  if (!turn.isSigned(prePrepare)) return;
  if (batchDigest(batch) !== digest || !isOrderable(turn, batch)) {
    turn.note({ kind: "invalid", sender, message: "proposal" });
    return;
  }
  turn.setSlot(sequence, { prePrepare });
  addBody(turn, digest, sequence, batch);
  remember(turn, batch);
  turn.pledge({ kind: "accepted", prePrepare, batch });
  sendPrepare(turn, prePrepare);
  ensureProgress(turn);
  tryPrepared(turn, sequence);
  tryDecide(turn, sequence);
}

/** Whether a leader may order this batch: something, not too much, and each request its client's. */
function isOrderable(turn: Turn, batch: Batch): boolean {
  const { state, group } = turn;
  const keys = new Set(batch.map(keyOf));
  const operations = batch.reduce((sum, request) => sum + request.operations.length, 0);
  if (batch.length === 0 || keys.size !== batch.length) return false;
  if (operations > group.limits.batchOperations) return false;
  return batch.every((request) => {
    const known = state.pending.get(keyOf(request));
    const isKnown = known !== undefined && batchDigest([known]) === batchDigest([request]);
    return isKnown || isClients(turn, request);
  });
}

/** Requests that came with an order wait for it as if the client had sent them here. */
function remember(turn: Turn, batch: Batch): void {
  const { state, group } = turn;
  const pending = new Map(state.pending);
  for (const request of batch) {
    if (pending.size >= group.limits.pendingRequests) break;
    if (answerTo(state.ledger, request) === undefined && !pending.has(keyOf(request))) {
      pending.set(keyOf(request), request);
    }
  }
  state.pending = pending;
}

/** Agrees to an order of the leader, before the others. */
export function sendPrepare(turn: Turn, { view, sequence, digest }: PrePrepare): void {
  const prepare = turn.sign<Prepare>({ kind: "prepare", view, sequence, digest });
  const { prepares } = turn.slot(sequence);
  turn.setSlot(sequence, { prepares: new Map(prepares).set(turn.me, prepare) });
  turn.tellOthers(prepare);
}

/** Takes another replica's agreement to an order. */
export function receivePrepare(turn: Turn, prepare: Prepare): void {
  const { view, sequence, digest, sender } = prepare;
  if (sender === turn.me || !turn.isReplica(sender)) return;
  if (sender === leaderOf(turn.group, view) || !turn.isInWindow(sequence)) return;
  if (isAhead(turn, view)) {
    if (turn.isSigned(prepare)) keepForLater(turn, sender, prepare);
    return;
  }
  if (view !== turn.state.view) return;
  const slot = turn.slot(sequence);
  const earlier = slot.prepares.get(sender);
  if (earlier !== undefined) {
    turn.compare(earlier, prepare);
    return;
  }
  if (slot.prepared && digest === slot.prePrepare?.digest) return;
  if (!turn.isSigned(prepare)) return;
  turn.setSlot(sequence, { prepares: new Map(slot.prepares).set(sender, prepare) });
  tryPrepared(turn, sequence);
}

/** With the leader's order and enough prepares for it, no other batch can be decided here in this view. */
export function tryPrepared(turn: Turn, sequence: number): void {
  const { prePrepare, prepares, prepared } = turn.slot(sequence);
  if (prePrepare === undefined || prepared || turn.state.changing) return;
  const { view, digest } = prePrepare;
  const equal = [...prepares.values()].filter((prepare) => prepare.digest === digest);
  // The leader's order stands for its prepare.
  const needed = turn.group.quorum - 1;
  if (equal.length < needed) return;
  const certificate = { prePrepare, prepares: equal.slice(0, needed) };
  turn.state.certificates = new Map(turn.state.certificates).set(sequence, certificate);
  turn.pledge({ kind: "prepared", certificate });
  const commit = turn.sign<Commit>({ kind: "commit", view, sequence, digest });
  const { commits } = turn.slot(sequence);
  turn.setSlot(sequence, { prepared: true, commits: new Map(commits).set(turn.me, commit) });
  turn.tellOthers(commit);
  tryDecide(turn, sequence);
}

/** Takes another replica's commit, of whatever view: a quorum of them decides in any. */
export function receiveCommit(turn: Turn, commit: Commit): void {
  const { view, sequence, sender } = commit;
  if (sender === turn.me || !turn.isReplica(sender) || !turn.isInWindow(sequence)) return;
  const slot = turn.slot(sequence);
  const earlier = slot.commits.get(sender);
  if (earlier !== undefined && earlier.view >= view) {
    turn.compare(earlier, commit);
    return;
  }
  if (slot.decided !== undefined && slot.decided[0]?.digest === commit.digest) return;
  if (!turn.isSigned(commit)) return;
  turn.setSlot(sequence, { commits: new Map(slot.commits).set(sender, commit) });
  tryDecide(turn, sequence);
}

/**
 * A quorum of commits for one batch in one view decides it for good. Another quorum for another batch can
 * only be when more than `f` replicas lie: that is noted, and what was decided stays.
 */
export function tryDecide(turn: Turn, sequence: number): void {
  const { commits, decided } = turn.slot(sequence);
  const alike = Map.groupBy(commits.values(), ({ view, digest }) => `${view} ${digest}`);
  for (const group of alike.values()) {
    if (group.length < turn.group.quorum) continue;
    if (decided === undefined) {
      turn.setSlot(sequence, { decided: group });
      executeDecided(turn);
      return;
    }
    if (group[0]?.digest !== decided[0]?.digest) turn.note({ kind: "diverged", sequence });
  }
}

/** Takes a batch that was ordered before it was known. */
export function receiveBody(turn: Turn, batch: Batch): void {
  const digest = batchDigest(batch);
  if (turn.state.bodies.has(digest)) return;
  const wanted = [...turn.state.slots].find(([, slot]) =>
    [slot.prePrepare?.digest, slot.decided?.[0]?.digest].includes(digest),
  );
  if (wanted === undefined) return;
  addBody(turn, digest, wanted[0], batch);
  executeDecided(turn);
}

function isAhead({ state }: Turn, view: number): boolean {
  return view > state.view || (view === state.view && state.changing);
}

function keepForLater(turn: Turn, sender: string, message: PeerMessage): void {
  const kept = turn.state.ahead.get(sender) ?? [];
  const latest = [...kept, message].slice(-aheadLimit);
  turn.state.ahead = new Map(turn.state.ahead).set(sender, latest);
}
