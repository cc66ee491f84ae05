import { expect, test } from "vitest";
import { nothingStored } from "./durable.ts";
import { defineRaftGroup, type RaftLimits } from "./group.ts";
import type { PeerMessage } from "./messages.ts";
import { type Input, type Outputs, type RaftState, startedState } from "./state.ts";
import { step } from "./step.ts";

const noOutputs: Outputs = {
  changes: [],
  messages: [],
  answers: [],
  timers: [],
  decisions: [],
  notices: [],
};

/** One replica, `a`, of three, driven by hand. */
class Replica {
  state: RaftState = startedState(nothingStored);
  out: Outputs = noOutputs;
  now = 0;
  readonly #limits: Partial<RaftLimits>;

  constructor(limits: Partial<RaftLimits> = {}) {
    this.#limits = limits;
    this.take({ kind: "start" });
  }

  take(input: Input): Outputs {
    const replicas = ["a", "b", "c"].map((name) => ({ name, address: `${name}/raft` }));
    const limits = { electionMs: 100, heartbeatMs: 10, ...this.#limits };
    const group = defineRaftGroup({ name: "g", replicas, limits });
    const moment = { now: this.now, chance: 0.5 };
    const before = JSON.stringify(this.state);
    const { state, outputs } = step({ group, name: "a" }, this.state, input, moment);
    expect(JSON.stringify(this.state), "a step leaves the state before as it was").toBe(before);
    this.state = state;
    this.out = outputs;
    return outputs;
  }

  hear(message: PeerMessage): Outputs {
    return this.take({ kind: "message", message });
  }

  sent(): readonly string[] {
    return this.out.messages.map(({ to, message }) => `${message.kind} to ${to}`);
  }

  /** Wins an election with the vote of `b`. */
  lead(): this {
    this.now += 1000;
    this.take({ kind: "timer", timer: "election" });
    const term = this.state.term + 1;
    this.hear({ kind: "vote", from: "b", term, pre: true, granted: true });
    this.hear({ kind: "vote", from: "b", term, pre: false, granted: true });
    return this;
  }

  propose(request: number, id = `p${request}`): Outputs {
    return this.take({ kind: "propose", request, id, entry: id, bytes: 100 });
  }

  acknowledged(match: number, from = "b"): Outputs {
    const { term, round } = this.state;
    return this.hear({ kind: "appended", from, term, match, round });
  }
}

test("who hears no leader asks first whether it would be elected, and begins no term for that", () => {
  const replica = new Replica();
  replica.now = 1000;
  replica.take({ kind: "timer", timer: "election" });
  expect(replica.sent()).toEqual(["request-vote to b", "request-vote to c"]);
  expect(replica.state).toMatchObject({ role: "pre-candidate", term: 0 });
  replica.hear({ kind: "vote", from: "b", term: 1, pre: true, granted: true });
  expect(replica.state).toMatchObject({ role: "candidate", term: 1, votedFor: "a" });
  expect(replica.out.changes).toEqual([{ kind: "term", term: 1, votedFor: "a" }]);
});

test("a follower that hears its leader neither votes nor takes part in a later term", () => {
  const replica = new Replica();
  const beat = { previousIndex: 0, previousTerm: 0, entries: [], commit: 0, round: 1 };
  replica.hear({ kind: "append", from: "b", term: 3, ...beat });
  const request = { kind: "request-vote", from: "c", term: 9, lastIndex: 9, lastTerm: 9 } as const;
  replica.hear({ ...request, pre: false, transfer: false });
  expect([replica.sent(), replica.state.term]).toEqual([[], 3]);
  replica.now += 100;
  replica.hear({ ...request, pre: false, transfer: false });
  expect([replica.sent(), replica.state.votedFor]).toEqual([["vote to c"], "c"]);
});

test("a vote is stored before it leaves, and is the only one of its term", () => {
  const replica = new Replica();
  const request = { kind: "request-vote", term: 2, lastIndex: 0, lastTerm: 0 } as const;
  replica.hear({ ...request, from: "b", pre: false, transfer: false });
  expect(replica.out.changes.at(-1)).toEqual({ kind: "term", term: 2, votedFor: "b" });
  replica.hear({ ...request, from: "c", pre: false, transfer: false });
  expect(replica.out.messages[0]?.message).toMatchObject({ kind: "vote", granted: false });
});

test("an entry of an earlier term waits for one of the own", () => {
  const replica = new Replica();
  const entries = [{ kind: "proposed", term: 1, id: "x", entry: 1, bytes: 9 }] as const;
  const place = { previousIndex: 0, previousTerm: 0, commit: 0, round: 1 };
  replica.hear({ kind: "append", from: "c", term: 1, entries: [...entries], ...place });
  replica.lead();
  replica.acknowledged(1);
  expect(replica.state.commit).toBe(0);
  replica.acknowledged(2);
  expect(replica.state.commit).toBe(2);
  expect(replica.out.decisions).toEqual([{ index: 1, id: "x", entry: 1 }]);
});

test("no more messages are under way than the pipeline holds, and what waits goes together", () => {
  const replica = new Replica({ pipeline: 2, batchEntries: 3 }).lead();
  replica.acknowledged(1);
  for (let request = 1; request <= 6; request += 1) replica.propose(request);
  expect(replica.state.progress.get("b")?.underWay).toEqual([2, 3]);
  const { messages } = replica.acknowledged(2);
  expect(messages[0]?.message).toMatchObject({ previousIndex: 3, entries: [{}, {}, {}] });
});

test("proposals beyond the window are refused as busy, and taken again later", () => {
  const replica = new Replica({ pendingEntries: 2 }).lead();
  replica.acknowledged(1);
  replica.propose(1);
  replica.propose(2);
  expect(replica.propose(3).answers).toEqual([{ request: 3, answer: { kind: "busy" } }]);
  replica.acknowledged(3);
  expect(replica.propose(4).answers).toEqual([]);
});

test("bytes are bounded as entries are", () => {
  const replica = new Replica({ pendingBytes: 250, entryBytes: 100 }).lead();
  replica.acknowledged(1);
  replica.propose(1);
  replica.propose(2);
  expect(replica.propose(3).answers).toEqual([{ request: 3, answer: { kind: "busy" } }]);
});

test("an id that is decided already gives its index again", () => {
  const replica = new Replica().lead();
  replica.propose(1, "same");
  replica.propose(2, "same");
  expect(replica.acknowledged(3).answers).toEqual([
    { request: 1, answer: { kind: "decided", index: 1 } },
    { request: 2, answer: { kind: "decided", index: 1 } },
  ]);
});

test("a read is answered when a round begun after it came back, and not before", () => {
  const replica = new Replica().lead();
  replica.acknowledged(1);
  const before = replica.state.round;
  expect(replica.take({ kind: "read", request: 7 }).answers).toEqual([]);
  expect(replica.state.round).toBe(before + 1);
  const late = { kind: "appended", from: "c", term: 1, match: 1 } as const;
  expect(replica.hear({ ...late, round: before }).answers).toEqual([]);
  expect(replica.hear({ ...late, round: before + 1 }).answers).toMatchObject([
    { request: 7, answer: { kind: "current" } },
  ]);
});

test("reads are bounded", () => {
  const replica = new Replica({ pendingReads: 1 }).lead();
  replica.take({ kind: "read", request: 1 });
  expect(replica.take({ kind: "read", request: 2 }).answers).toEqual([
    { request: 2, answer: { kind: "busy" } },
  ]);
});

test("a leader that most do not answer resigns, and says so to those who wait", () => {
  const replica = new Replica().lead();
  replica.propose(1);
  replica.now += 1000;
  const { answers } = replica.take({ kind: "timer", timer: "election" });
  expect(replica.state.role).toBe("follower");
  expect(answers).toEqual([{ request: 1, answer: { kind: "not-leader", leader: undefined } }]);
});

test("a follower whose log parts early is found by terms, not entry by entry", () => {
  const replica = new Replica();
  const entry = (term: number, id: string) =>
    ({ kind: "proposed", term, id, entry: 1, bytes: 1 }) as const;
  const entries = [entry(1, "x"), entry(2, "y"), entry(2, "z"), entry(2, "w")];
  const place = { previousIndex: 0, previousTerm: 0, commit: 0, round: 1 };
  replica.hear({ kind: "append", from: "b", term: 2, entries, ...place });
  replica.hear({
    kind: "append",
    from: "c",
    term: 4,
    previousIndex: 4,
    previousTerm: 3,
    entries: [],
    commit: 0,
    round: 1,
  });
  expect(replica.out.messages[0]?.message).toMatchObject({
    kind: "refused",
    conflictTerm: 2,
    conflictIndex: 2,
  });
});

test("a snapshot takes the place of applied entries, and goes to whom they are missing", () => {
  const replica = new Replica({ snapshotEvery: 3 }).lead();
  for (let request = 1; request <= 4; request += 1) replica.propose(request);
  replica.acknowledged(5);
  expect(replica.state.snapshot).toMatchObject({ index: 5, term: 1 });
  expect(replica.state.log).toEqual([]);
  replica.hear({
    kind: "refused",
    from: "c",
    term: 1,
    previousIndex: 0,
    conflictTerm: 0,
    conflictIndex: 1,
    round: 1,
  });
  replica.take({ kind: "timer", timer: "heartbeat" });
  expect(replica.sent()).toContain("install-snapshot to c");
});

test("a snapshot brings a replica to where the others are", () => {
  const replica = new Replica();
  const kept = [{ index: 4, id: "x", entry: 1, bytes: 9 }];
  const snapshot = { index: 9, term: 2, decided: { next: 5, bytes: 9, kept } };
  replica.hear({ kind: "install-snapshot", from: "b", term: 2, snapshot, round: 3 });
  expect(replica.state).toMatchObject({ commit: 9, applied: 9, snapshot: { index: 9 } });
  expect(replica.out.decisions).toEqual([{ index: 4, id: "x", entry: 1 }]);
  expect(replica.out.messages[0]?.message).toMatchObject({ kind: "appended", match: 9, round: 3 });
});

test("leadership is handed over to one that has everything, and nothing is taken meanwhile", () => {
  const replica = new Replica().lead();
  replica.propose(1);
  replica.take({ kind: "transfer", request: 9, to: "b" });
  expect(replica.sent()).toEqual([]);
  expect(replica.propose(2).answers).toEqual([{ request: 2, answer: { kind: "busy" } }]);
  replica.acknowledged(2);
  expect(replica.sent()).toContain("lead-now to b");
  replica.now += 1000;
  replica.take({ kind: "timer", timer: "heartbeat" });
  expect(replica.propose(3).answers).toEqual([]);
});

test("who is told to lead elects itself, though the others hear the leader", () => {
  const replica = new Replica();
  const beat = { previousIndex: 0, previousTerm: 0, entries: [], commit: 0, round: 1 };
  replica.hear({ kind: "append", from: "b", term: 3, ...beat });
  replica.hear({ kind: "lead-now", from: "b", term: 3 });
  expect(replica.out.messages[0]?.message).toMatchObject({ term: 4, pre: false, transfer: true });
});

test("what is beyond the limit of what is kept is forgotten, the oldest first", () => {
  const replica = new Replica({ retain: 2 }).lead();
  for (let request = 1; request <= 3; request += 1) replica.propose(request);
  replica.acknowledged(4);
  expect(replica.state.decided.kept.map(({ index }) => index)).toEqual([2, 3]);
  expect(replica.state.decided.next).toBe(4);
});
