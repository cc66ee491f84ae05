import { expect, test } from "vitest";
import {
  abandon,
  type ClientState,
  makeRequests,
  newClient,
  receiveReply,
  submit,
} from "./client.ts";
import { Machines } from "./machines.test-data.ts";
import type { Reply } from "./messages.ts";
import { keyedSignatures } from "./simulation/keyed-signatures.ts";
import { replyText } from "./statement.ts";

const { group } = new Machines({ limits: { batchOperations: 2, clientOutstanding: 2 } });
const identity = { group, name: "k", signatures: keyedSignatures("k") };

function submitted(count: number): ClientState {
  let state = newClient;
  for (let id = 1; id <= count; id += 1) state = submit(state, { id, operation: `"${id}"` });
  return state;
}

function reply(sender: string, timestamp: number, results: string[], by = sender): Reply {
  const unsigned = { client: "k", timestamp, sequence: 7, results, sender };
  return { ...unsigned, signature: keyedSignatures(by).sign(replyText(group.name, unsigned)) };
}

test("a result is believed when f + 1 replicas gave the same", () => {
  const { state, requests } = makeRequests(identity, submitted(1), 1);
  const timestamp = requests[0]?.timestamp ?? 0;
  const lie = receiveReply(identity, state, reply("a", timestamp, ["lie"]));
  expect(lie.settled).toEqual([]);
  const one = receiveReply(identity, lie.state, reply("b", timestamp, ["true"]));
  expect(one.settled).toEqual([]);
  const two = receiveReply(identity, one.state, reply("c", timestamp, ["true"]));
  expect(two.settled).toEqual([{ id: 1, sequence: 7, result: "true" }]);
  expect(two.state.outstanding.size).toBe(0);
});

test("a replica's second reply, a forged one and a stranger's count for nothing", () => {
  const { state, requests } = makeRequests(identity, submitted(1), 1);
  const timestamp = requests[0]?.timestamp ?? 0;
  let now = receiveReply(identity, state, reply("a", timestamp, ["lie"])).state;
  for (const again of [
    reply("a", timestamp, ["lie"]),
    reply("b", timestamp, ["lie"], "a"),
    reply("z", timestamp, ["lie"]),
    reply("b", timestamp, ["lie", "lie"]),
    reply("b", timestamp + 1, ["lie"]),
  ]) {
    const received = receiveReply(identity, now, again);
    expect(received.settled).toEqual([]);
    now = received.state;
  }
});

test("what waits goes into as few requests as it fits, of which a limited number is under way", () => {
  const { state, requests } = makeRequests(identity, submitted(7), 1);
  expect(requests.map(({ operations }) => operations.length)).toEqual([2, 2]);
  expect(state.queue).toHaveLength(3);
  expect(makeRequests(identity, state, 2).requests).toEqual([]);
});

test("timestamps grow, within a life and beyond it", () => {
  const first = makeRequests(identity, submitted(4), 5).requests.map(({ timestamp }) => timestamp);
  expect(first[1]).toBeGreaterThan(first[0] ?? Number.NaN);
  const [second] = makeRequests(identity, submitted(1), 6).requests;
  expect(second?.timestamp).toBeGreaterThan(first[1] ?? Number.NaN);
});

test("a request is given up when nobody waits for any of its operations", () => {
  const { state } = makeRequests(identity, submitted(3), 1);
  const one = abandon(state, 1);
  expect(one.outstanding.size).toBe(2);
  expect(abandon(one, 2).outstanding.size).toBe(1);
});
