import type { ReplicaGroup } from "./group.ts";
import type { Reply, Request } from "./messages.ts";
import type { Signatures } from "./signatures.ts";
import { replyText, replyValue, requestText } from "./statement.ts";

/** An operation that somebody waits for. */
interface Submission {
  readonly id: number;
  /** JSON text. */
  readonly operation: string;
}

/** A request under way. */
interface Outstanding {
  readonly request: Request;
  /** The submissions it carries, in the order of its operations. */
  readonly ids: readonly number[];
  /** The first checked reply of each replica. */
  readonly replies: ReadonlyMap<string, Reply>;
}

/** What a client knows. Plain data; every step makes a new value. */
export interface ClientState {
  /** Timestamp of the latest request. */
  readonly latest: number;
  /** Not sent yet, in order. */
  readonly queue: readonly Submission[];
  /** By timestamp. At most `clientOutstanding`. */
  readonly outstanding: ReadonlyMap<number, Outstanding>;
}

/** Who a client is. */
export interface ClientIdentity {
  readonly group: ReplicaGroup;
  readonly name: string;
  readonly signatures: Signatures;
}

/** An operation whose result is known. `result` is JSON text of an `Outcome`. */
export interface Settled {
  readonly id: number;
  readonly sequence: number;
  readonly result: string;
}

export const newClient: ClientState = { latest: 0, queue: [], outstanding: new Map() };

/** Timestamps are made from milliseconds, so many of them in each. */
const timestampsPerMs = 1000;

/** Puts an operation in the queue. */
export function submit(state: ClientState, submission: Submission): ClientState {
  return { ...state, queue: [...state.queue, submission] };
}

/**
 * Makes requests of what waits, as many as may be under way: each carries as many operations as fit,
 * and one signature.
 *
 * @param now milliseconds since the epoch: timestamps go on from it, so that a client that starts again
 *   does not use those of its former life, as long as its clock does not go back
 */
export function makeRequests(
  identity: ClientIdentity,
  state: ClientState,
  now: number,
): { readonly state: ClientState; readonly requests: readonly Request[] } {
  const { group, name: client, signatures } = identity;
  const { batchOperations, clientOutstanding } = group.limits;
  const outstanding = new Map(state.outstanding);
  const requests: Request[] = [];
  let { latest, queue } = state;
  while (queue.length > 0 && outstanding.size < clientOutstanding) {
    const sent = queue.slice(0, batchOperations);
    queue = queue.slice(batchOperations);
    latest = Math.max(latest + 1, now * timestampsPerMs);
    const unsigned = { client, timestamp: latest, operations: sent.map((one) => one.operation) };
    const signature = signatures.sign(requestText(group.name, unsigned));
    const request = { ...unsigned, signature };
    requests.push(request);
    outstanding.set(latest, { request, ids: sent.map(({ id }) => id), replies: new Map() });
  }
  return { state: { latest, queue, outstanding }, requests };
}

/** Takes a replica's reply. When `f + 1` say the same, one of them is honest, and the request is done. */
export function receiveReply(
  { group, name, signatures }: ClientIdentity,
  state: ClientState,
  reply: Reply,
): { readonly state: ClientState; readonly settled: readonly Settled[] } {
  const unchanged = { state, settled: [] };
  const known = state.outstanding.get(reply.timestamp);
  if (known === undefined || reply.client !== name || known.replies.has(reply.sender)) {
    return unchanged;
  }
  if (!group.replicas.some((replica) => replica.name === reply.sender)) return unchanged;
  if (reply.results.length !== known.ids.length) return unchanged;
  if (!signatures.verify(reply.sender, replyText(group.name, reply), reply.signature)) {
    return unchanged;
  }
  const replies = new Map(known.replies).set(reply.sender, reply);
  const outstanding = new Map(state.outstanding);
  const value = replyValue(reply);
  const alike = [...replies.values()].filter((other) => replyValue(other) === value);
  if (alike.length <= group.faulty) {
    outstanding.set(reply.timestamp, { ...known, replies });
    return { state: { ...state, outstanding }, settled: [] };
  }
  outstanding.delete(reply.timestamp);
  const { sequence } = reply;
  const settled = known.ids.map((id, index) => ({
    id,
    sequence,
    result: reply.results[index] ?? "",
  }));
  return { state: { ...state, outstanding }, settled };
}

/** Gives an operation up: nobody waits for it any more. It may be executed all the same. */
export function abandon(state: ClientState, id: number): ClientState {
  const queue = state.queue.filter((one) => one.id !== id);
  const outstanding = new Map(state.outstanding);
  for (const [timestamp, { ids, ...rest }] of outstanding) {
    if (!ids.includes(id)) continue;
    const left = ids.map((other) => (other === id ? abandoned : other));
    if (left.every((other) => other === abandoned)) outstanding.delete(timestamp);
    else outstanding.set(timestamp, { ...rest, ids: left });
  }
  return { ...state, queue, outstanding };
}

/** Stands for a submission that nobody waits for. */
const abandoned = -1;
