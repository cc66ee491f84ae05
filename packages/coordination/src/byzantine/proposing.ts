import { addBody } from "./bodies.ts";
import { batchDigest } from "./digest.ts";
import { answerTo } from "./ledger.ts";
import type { Batch, PrePrepare, Request } from "./messages.ts";
import { ensureProgress } from "./progress.ts";
import { keyOf } from "./state.ts";
import { requestText } from "./statement.ts";
import type { Turn } from "./turn.ts";

/** Takes a request of a client, or of a replica that passes it on. */
export function receiveRequest(turn: Turn, request: Request): void {
  const { state, group } = turn;
  const { limits } = group;
  if (!group.clients.some(({ name }) => name === request.client)) return;
  if (request.operations.length > limits.batchOperations) return;
  const answer = answerTo(state.ledger, request);
  if (answer === "forgotten") return;
  if (answer !== undefined) {
    // The answer goes to the client's own address, whoever asks: no need to check who it was.
    turn.reply(request, answer);
    return;
  }
  const key = keyOf(request);
  if (state.pending.has(key) || state.pending.size >= limits.pendingRequests) return;
  let ofClient = 0;
  for (const { client } of state.pending.values()) if (client === request.client) ofClient += 1;
  if (ofClient >= limits.clientOutstanding) return;
  if (!isClients(turn, request)) return;
  state.pending = new Map(state.pending).set(key, request);
  ensureProgress(turn);
  propose(turn);
}

/** Whether it is signed by a client of the group. */
export function isClients(turn: Turn, request: Request): boolean {
  const { group, signatures } = turn.identity;
  return (
    group.clients.some(({ name }) => name === request.client) &&
    signatures.verify(request.client, requestText(group.name, request), request.signature)
  );
}

/** As leader: orders what waits, in batches, as far as the pipeline and the window allow. */
export function propose(turn: Turn): void {
  if (!turn.leads) return;
  const { state, group } = turn;
  const { limits } = group;
  if (limits.batchDelayMs === 0) state.batchDue = true;
  for (;;) {
    const { batch, isFull } = nextBatch(turn);
    if (batch.length === 0) {
      state.batchDue = false;
      return;
    }
    const { nextSequence } = state;
    const hasPlace =
      nextSequence <= state.executed + limits.pipeline && turn.isInWindow(nextSequence);
    if (!hasPlace || !(isFull || state.batchDue)) break;
    proposeOne(turn, batch);
  }
  if (!state.batchDue && !state.timers.has("batch")) turn.start("batch", limits.batchDelayMs);
}

function nextBatch({ state, group }: Turn): { readonly batch: Batch; readonly isFull: boolean } {
  const { batchOperations } = group.limits;
  const batch: Batch = [];
  let operations = 0;
  for (const [key, request] of state.pending) {
    if (state.proposed.has(key)) continue;
    if (operations + request.operations.length > batchOperations) return { batch, isFull: true };
    operations += request.operations.length;
    batch.push(request);
  }
  return { batch, isFull: operations === batchOperations };
}

function proposeOne(turn: Turn, batch: Batch): void {
  const { state } = turn;
  const sequence = state.nextSequence;
  const digest = batchDigest(batch);
  const order = { kind: "pre-prepare", view: state.view, sequence, digest } as const;
  const prePrepare = turn.sign<PrePrepare>(order);
  state.nextSequence = sequence + 1;
  state.proposed = new Set([...state.proposed, ...batch.map(keyOf)]);
  turn.setSlot(sequence, { prePrepare });
  addBody(turn, digest, sequence, batch);
  turn.pledge({ kind: "accepted", prePrepare, batch });
  turn.tellOthers({ kind: "proposal", prePrepare, batch });
}
