import { sha256 } from "./digest.ts";
import { encodeLedger, execute } from "./ledger.ts";
import type { Checkpoint, Commit, Request } from "./messages.ts";
import { noteProgress } from "./progress.ts";
import { propose } from "./proposing.ts";
import { keyOf, type StableCheckpoint } from "./state.ts";
import type { Turn } from "./turn.ts";

/** Executes what is decided, in order, as far as the batches are known. */
export function executeDecided(turn: Turn): void {
  const { state } = turn;
  const before = state.executed;
  for (;;) {
    const [commit] = turn.slot(state.executed + 1).decided ?? [];
    if (commit === undefined || !executeOne(turn, commit)) break;
  }
  if (state.executed === before) return;
  state.nextSequence = Math.max(state.nextSequence, state.executed + 1);
  state.fruitlessViews = 0;
  noteProgress(turn);
  propose(turn);
}

function executeOne(turn: Turn, { view, sequence, digest }: Commit): boolean {
  const { state, group } = turn;
  const body = state.bodies.get(digest);
  if (body === undefined) return false;
  const requests: Request[] = [];
  const pending = new Map(state.pending);
  const proposed = new Set(state.proposed);
  for (const request of body.batch) {
    const { ledger, answer } = execute(group, state.ledger, request, sequence);
    state.ledger = ledger;
    pending.delete(keyOf(request));
    proposed.delete(keyOf(request));
    if (answer === undefined) continue;
    requests.push(request);
    turn.reply(request, answer);
  }
  Object.assign(state, { pending, proposed, executed: sequence });
  turn.out.decisions.push({ sequence, view, requests });
  if (sequence % group.limits.checkpointEvery === 0) makeCheckpoint(turn);
  return true;
}

function makeCheckpoint(turn: Turn): void {
  const { state } = turn;
  const snapshot = encodeLedger(state.ledger);
  const sequence = state.executed;
  state.snapshots = new Map(state.snapshots).set(sequence, snapshot);
  const checkpoint = { kind: "checkpoint", sequence, digest: sha256(snapshot) } as const;
  const own = turn.sign<Checkpoint>(checkpoint);
  keepCheckpoint(turn, own);
  turn.tellOthers(own);
  tryStable(turn, sequence);
}

/** Takes what another replica says its state is. */
export function receiveCheckpoint(turn: Turn, checkpoint: Checkpoint): void {
  const { sequence, sender } = checkpoint;
  if (sender === turn.me || !turn.isReplica(sender) || !turn.isInWindow(sequence)) return;
  if (sequence % turn.group.limits.checkpointEvery !== 0) return;
  const earlier = turn.state.checkpoints.get(sequence)?.get(sender);
  if (earlier !== undefined) {
    turn.compare(earlier, checkpoint);
    return;
  }
  if (!turn.isSigned(checkpoint)) return;
  keepCheckpoint(turn, checkpoint);
  tryStable(turn, sequence);
}

function keepCheckpoint({ state }: Turn, checkpoint: Checkpoint): void {
  const { sequence, sender } = checkpoint;
  const known = new Map(state.checkpoints.get(sequence)).set(sender, checkpoint);
  state.checkpoints = new Map(state.checkpoints).set(sequence, known);
}

/** A checkpoint of a quorum, the own one among them, needs nothing before it any more. */
function tryStable(turn: Turn, sequence: number): void {
  const { state, group } = turn;
  const alike = Map.groupBy(
    state.checkpoints.get(sequence)?.values() ?? [],
    ({ digest }) => digest,
  );
  for (const [digest, proof] of alike) {
    if (proof.length >= group.quorum) settleCheckpoint(turn, { sequence, digest, proof });
  }
}

/** What a quorum says its state is at one sequence. */
export type ProvenCheckpoint = Omit<StableCheckpoint, "snapshot">;

/** Makes a proven checkpoint the stable one, if the own state at its sequence is at hand. */
export function settleCheckpoint(turn: Turn, proven: ProvenCheckpoint): void {
  const { state } = turn;
  if (proven.sequence <= state.stable.sequence) return;
  const snapshot = state.snapshots.get(proven.sequence);
  if (snapshot === undefined) return;
  if (sha256(snapshot) !== proven.digest) {
    turn.note({ kind: "diverged", sequence: proven.sequence });
    return;
  }
  adopt(turn, { ...proven, snapshot });
}

/** Goes on from a stable checkpoint, and forgets what came before it. */
export function adopt(turn: Turn, stable: StableCheckpoint): void {
  const { state } = turn;
  const { sequence } = stable;
  state.stable = stable;
  state.slots = above(state.slots, sequence);
  state.certificates = above(state.certificates, sequence);
  state.checkpoints = above(state.checkpoints, sequence);
  state.snapshots = above(state.snapshots, sequence);
  state.bodies = new Map([...state.bodies].filter(([, body]) => body.sequence > sequence));
  state.nextSequence = Math.max(state.nextSequence, sequence + 1);
  turn.pledge({ kind: "stable", checkpoint: stable });
  turn.note({ kind: "stable", sequence });
  propose(turn);
}

function above<Value>(map: ReadonlyMap<number, Value>, sequence: number): Map<number, Value> {
  return new Map([...map].filter(([at]) => at > sequence));
}
