import { addBody } from "./bodies.ts";
import { isDecision, provenCheckpoint } from "./certificates.ts";
import { batchDigest, sha256 } from "./digest.ts";
import { adopt, executeDecided, settleCheckpoint } from "./execution.ts";
import { answerTo, decodeLedger } from "./ledger.ts";
import type { Decided, StateTransfer, Status } from "./messages.ts";
import { restartProgress } from "./progress.ts";
import type { Turn } from "./turn.ts";

/** Sequences for which a replica that lags is sent something at a time. */
const catchUpLimit = 16;
/** Requests passed on to the leader at a time. */
const forwardLimit = 16;
/** Batches asked for, and given, at a time. */
const bodyLimit = 16;

/** Tells the others how far it is, and passes on to the leader what has been waiting here. */
export function tellStatus(turn: Turn, now: number): void {
  const { state, group } = turn;
  state.statusNumber = Math.max(state.statusNumber + 1, now);
  const wanted: string[] = [];
  for (const { prePrepare, decided } of state.slots.values()) {
    const digest = decided?.[0]?.digest ?? prePrepare?.digest;
    if (digest !== undefined && !state.bodies.has(digest)) wanted.push(digest);
  }
  const { view, changing, executed, stable, statusNumber: number } = state;
  turn.tellOthers(
    turn.sign<Status>({
      kind: "status",
      number,
      view,
      changing,
      executed,
      stable: stable.sequence,
      wanted: wanted.slice(0, bodyLimit),
    }),
  );
  forward(turn);
  state.answered = new Set();
  turn.start("status", group.limits.statusMs);
}

function forward(turn: Turn): void {
  const { state } = turn;
  if (!state.changing && !turn.leads) {
    let passed = 0;
    for (const [key, request] of state.pending) {
      if (!state.waiting.has(key)) continue;
      turn.out.forwarded.push({ to: turn.leader, request });
      passed += 1;
      if (passed === forwardLimit) break;
    }
  }
  state.waiting = new Set(state.pending.keys());
}

/** Sends a replica again what it lacks, once between two own statuses. */
export function receiveStatus(turn: Turn, status: Status): void {
  const { state } = turn;
  const { sender, number } = status;
  if (sender === turn.me || !turn.isReplica(sender)) return;
  if (number <= (state.statusHeard.get(sender) ?? 0) || state.answered.has(sender)) return;
  if (!turn.isSigned(status)) return;
  state.statusHeard = new Map(state.statusHeard).set(sender, number);
  state.answered = new Set(state.answered).add(sender);
  sendView(turn, status);
  sendCheckpoints(turn, status);
  for (const digest of status.wanted.slice(0, bodyLimit)) {
    const body = state.bodies.get(digest);
    if (body !== undefined) turn.tell(sender, { kind: "body", batch: body.batch });
  }
  const first = Math.max(status.executed, state.stable.sequence) + 1;
  for (let sequence = first; sequence < first + catchUpLimit; sequence += 1) {
    sendSlot(turn, status, sequence);
  }
}

function sendView(turn: Turn, { sender, view, changing }: Status): void {
  const { state } = turn;
  const own = state.viewChanges.get(turn.me);
  if (state.changing) {
    if (own !== undefined && own.view >= view) turn.tell(sender, own);
  } else if (state.newView !== undefined) {
    const isBehind = view < state.view || (view === state.view && changing);
    if (isBehind) turn.tell(sender, state.newView);
  }
}

function sendCheckpoints(turn: Turn, status: Status): void {
  const { state } = turn;
  const { sender, stable, executed } = status;
  if (stable < state.stable.sequence) {
    const { proof, snapshot, sequence } = state.stable;
    const needsState = executed < sequence;
    turn.tell(sender, {
      kind: "state",
      proof: [...proof],
      snapshot: needsState ? snapshot : "",
    });
  }
  for (const [sequence, known] of state.checkpoints) {
    const own = known.get(turn.me);
    if (own !== undefined && sequence > stable) turn.tell(sender, own);
  }
}

function sendSlot(turn: Turn, status: Status, sequence: number): void {
  const { state } = turn;
  const { sender } = status;
  const slot = state.slots.get(sequence);
  if (slot === undefined) return;
  const { prePrepare, prepares, commits, decided } = slot;
  const decidedBody = state.bodies.get(decided?.[0]?.digest ?? "");
  if (decided !== undefined && decidedBody !== undefined) {
    turn.tell(sender, { kind: "decided", commits: [...decided], batch: decidedBody.batch });
    return;
  }
  if (prePrepare !== undefined && turn.leads && status.view === state.view) {
    const body = state.bodies.get(prePrepare.digest);
    if (body !== undefined) turn.tell(sender, { kind: "proposal", prePrepare, batch: body.batch });
  }
  const prepare = prepares.get(turn.me);
  if (prepare !== undefined) turn.tell(sender, prepare);
  const commit = commits.get(turn.me);
  if (commit !== undefined) turn.tell(sender, commit);
}

/** Takes a decided batch with its proof. */
export function receiveDecided(turn: Turn, { commits, batch }: Decided): void {
  const [first] = commits;
  if (first === undefined || !turn.isInWindow(first.sequence)) return;
  const { sequence, digest } = first;
  const { decided } = turn.slot(sequence);
  if (sequence <= turn.state.executed || batchDigest(batch) !== digest) return;
  if (decided === undefined) {
    if (!isDecision(turn, commits)) return;
    turn.setSlot(sequence, { decided: commits });
  } else if (decided[0]?.digest !== digest) return;
  addBody(turn, digest, sequence, batch);
  executeDecided(turn);
}

/**
 * Takes a stable checkpoint. A replica that has not come so far takes the state over, as a quorum has
 * signed its digest.
 */
export function receiveState(turn: Turn, { proof, snapshot }: StateTransfer): void {
  const { state } = turn;
  const [first] = proof;
  if (first === undefined || first.sequence <= state.stable.sequence) return;
  const isNews = first.sequence > state.executed;
  if (isNews && sha256(snapshot) !== first.digest) return;
  const proven = provenCheckpoint(turn, proof);
  if (proven === undefined) return;
  if (!isNews) {
    settleCheckpoint(turn, { ...proven, proof });
    return;
  }
  state.ledger = decodeLedger(snapshot);
  state.executed = proven.sequence;
  state.pending = new Map(
    [...state.pending].filter(([, request]) => answerTo(state.ledger, request) === undefined),
  );
  state.fruitlessViews = 0;
  turn.note({ kind: "caught-up", sequence: proven.sequence });
  adopt(turn, { ...proven, snapshot, proof });
  restartProgress(turn);
  executeDecided(turn);
}
