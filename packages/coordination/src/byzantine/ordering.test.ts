import { expect, test } from "vitest";
import { batchDigest } from "./digest.ts";
import { keepPledges, noPromises, recover } from "./durable.ts";
import { Machines } from "./machines.test-data.ts";
import type { Batch, Commit, PrePrepare, Prepare, Proposal } from "./messages.ts";
import { isSigned } from "./statement.ts";

function proposal(machines: Machines, batch: Batch, view = 0, sequence = 1): Proposal {
  const leader = machines.names[view % machines.names.length] ?? "";
  const prePrepare = machines.signed<PrePrepare>(leader, {
    kind: "pre-prepare",
    view,
    sequence,
    digest: batchDigest(batch),
  });
  return { kind: "proposal", prePrepare, batch };
}

function vote<Kind extends "prepare" | "commit">(
  machines: Machines,
  kind: Kind,
  sender: string,
  digest: string,
  view = 0,
  sequence = 1,
): Kind extends "prepare" ? Prepare : Commit {
  return machines.signed<Prepare | Commit>(sender, { kind, view, sequence, digest }) as never;
}

test("all replicas execute what a client asks for, in one order, and all answer it", () => {
  const machines = new Machines();
  machines.decide("x", "y", "z");
  for (const name of machines.names) expect(machines.done(name)).toEqual(["x", "y", "z"]);
  expect(machines.replies.map(({ sender }) => sender).sort()).toEqual([..."aaabbbcccddd"]);
  expect(new Set(machines.replies.map(({ results }) => results[0]))).toEqual(
    new Set(['{"value":1}', '{"value":2}', '{"value":3}']),
  );
});

test("a replica alone decides nothing, however long it waits", () => {
  const machines = new Machines();
  machines.drop = () => true;
  machines.submit(machines.request(["x"]));
  for (let round = 0; round < 50; round += 1) {
    for (const name of machines.names) {
      for (const timer of ["batch", "progress", "status"] as const) machines.fire(name, timer);
    }
    machines.run();
  }
  for (const name of machines.names) expect(machines.decisions.get(name)).toEqual([]);
});

test("three of four decide, the own vote included, while one is silent", () => {
  const machines = new Machines();
  machines.drop = ({ from, to }) => from === "d" || to === "d";
  machines.decide("x");
  for (const name of ["a", "b", "c"]) expect(machines.done(name)).toEqual(["x"]);
  expect(machines.done("d")).toEqual([]);
});

test("two of four decide nothing", () => {
  const machines = new Machines();
  machines.drop = ({ from, to }) => "cd".includes(from) || "cd".includes(to);
  machines.decide("x");
  for (const name of machines.names) expect(machines.done(name)).toEqual([]);
});

test("one sender's repeated votes are one vote", () => {
  const machines = new Machines();
  const batch = [machines.request(["x"])];
  const digest = batchDigest(batch);
  machines.tell("c", proposal(machines, batch));
  for (let copy = 0; copy < 5; copy += 1) machines.tell("c", vote(machines, "commit", "d", digest));
  machines.tell("c", vote(machines, "commit", "b", digest));
  expect(machines.done("c")).toEqual([]);
  machines.tell("c", vote(machines, "commit", "a", digest));
  expect(machines.done("c")).toEqual(["x"]);
});

test("a sender's repeated prepares are one prepare, and the leader's own is none", () => {
  const machines = new Machines();
  const batch = [machines.request(["x"])];
  const digest = batchDigest(batch);
  machines.drop = () => true;
  machines.tell("c", proposal(machines, batch));
  for (let copy = 0; copy < 5; copy += 1)
    machines.tell("c", vote(machines, "prepare", "a", digest));
  expect(machines.state("c").slots.get(1)?.prepared).toBe(false);
  machines.tell("c", vote(machines, "prepare", "d", digest));
  expect(machines.state("c").slots.get(1)?.prepared).toBe(true);
});

test("a vote for another digest counts for nothing", () => {
  const machines = new Machines();
  const batch = [machines.request(["x"])];
  const other = batchDigest([machines.request(["y"])]);
  machines.tell("c", proposal(machines, batch));
  for (const name of ["b", "d"]) machines.tell("c", vote(machines, "prepare", name, other));
  expect(machines.state("c").slots.get(1)?.prepared).toBe(false);
  for (const name of ["a", "b"]) machines.tell("c", vote(machines, "commit", name, other));
  machines.tell("c", vote(machines, "commit", "d", batchDigest(batch)));
  expect(machines.done("c")).toEqual([]);
});

test("a vote in another's name counts for nothing", () => {
  const machines = new Machines();
  const batch = [machines.request(["x"])];
  const digest = batchDigest(batch);
  machines.tell("c", proposal(machines, batch));
  const own = vote(machines, "commit", "d", digest);
  for (const sender of ["a", "b", "d"]) machines.tell("c", { ...own, sender });
  expect(machines.state("c").slots.get(1)?.commits.size).toBe(1);
  const stranger = vote(machines, "commit", "z", digest);
  machines.tell("c", stranger);
  expect(machines.state("c").slots.get(1)?.commits.size).toBe(1);
});

test("a commit is sent once, however many prepares come", () => {
  const machines = new Machines({ count: 7 });
  machines.decide("x");
  const commits = machines.sent.filter(
    ({ from, message }) => from === "b" && "kind" in message && message.kind === "commit",
  );
  expect(commits).toHaveLength(6);
});

test("everything that replicas tell each other about the order is signed", () => {
  const machines = new Machines();
  machines.decide("x", "y", "z", "v", "w");
  machines.fire("b", "progress");
  machines.fire("c", "progress");
  machines.run();
  const kinds = new Set<string>();
  for (const { from, message } of machines.sent) {
    if (!("kind" in message)) continue;
    const claim = message.kind === "proposal" ? message.prePrepare : message;
    if (!("sender" in claim)) continue;
    kinds.add(message.kind);
    expect(claim.sender).toBe(from);
    expect(isSigned("group", claim, machines.identity("a").signatures)).toBe(true);
  }
  expect([...kinds].sort()).toEqual(
    ["checkpoint", "commit", "new-view", "prepare", "proposal", "view-change"].sort(),
  );
});

test("only the leader's order counts, for a batch that fits its digest, of requests that clients signed", () => {
  const machines = new Machines();
  machines.drop = () => true;
  const request = machines.request(["x"]);
  const honest = proposal(machines, [request]);
  const sentBy = (sender: string): Proposal => {
    const { view, sequence, digest } = honest.prePrepare;
    const order = { kind: "pre-prepare", view, sequence, digest } as const;
    return { ...honest, prePrepare: machines.signed<PrePrepare>(sender, order) };
  };
  const invented = { ...request, operations: ['"stolen"'] };
  for (const wrong of [
    sentBy("b"),
    { ...sentBy("b"), prePrepare: { ...sentBy("b").prePrepare, sender: "a" } },
    { ...honest, batch: [machines.request(["y"])] },
    proposal(machines, [invented]),
    proposal(machines, [{ ...request, client: "nobody" }]),
    proposal(machines, [request, request]),
    proposal(machines, []),
    proposal(machines, [request], 0, 9),
    proposal(machines, [request], 0, 0),
  ]) {
    machines.tell("c", wrong);
    expect([...machines.state("c").slots.keys()]).toEqual([]);
  }
  machines.tell("c", honest);
  expect(machines.state("c").slots.get(1)?.prepares.size).toBe(1);
});

test("a leader that orders two batches at one place is caught, with a proof", () => {
  const machines = new Machines();
  const first = proposal(machines, [machines.request(["x"])]);
  const second = proposal(machines, [machines.request(["y"])]);
  machines.tell("b", first);
  machines.tell("b", second);
  machines.tell("b", { ...second, prePrepare: { ...second.prePrepare, signature: "made-up" } });
  const [proof, ...others] = [...machines.state("b").evidence.values()];
  expect(others).toEqual([]);
  expect(proof).toMatchObject({ signer: "a", slot: "pre-prepare 0 1" });
  expect(machines.notices.get("b")).toEqual([{ kind: "equivocation", proof }]);
  const promises = keepPledges(noPromises, machines.pledges.get("b") ?? []);
  const { evidence } = recover(machines.identity("b"), promises);
  expect([...evidence.values()], "a restart keeps it").toEqual([proof]);
});

test("what nobody signed accuses nobody", () => {
  const machines = new Machines();
  const first = proposal(machines, [machines.request(["x"])]);
  const second = proposal(machines, [machines.request(["y"])]);
  machines.tell("b", first);
  machines.tell("b", { ...second, prePrepare: { ...second.prePrepare, signature: "made-up" } });
  expect(machines.state("b").evidence.size).toBe(0);
});

test("an honest run leaves no evidence", () => {
  const machines = new Machines();
  machines.decide("x", "y", "z", "v", "w");
  for (const name of machines.names) expect(machines.state(name).evidence.size).toBe(0);
});

test("a second quorum for another batch, which takes more liars than are tolerated, is noticed", () => {
  const machines = new Machines();
  machines.decide("x");
  const other = batchDigest([machines.request(["y"])]);
  for (const sender of ["b", "c", "d"]) {
    machines.tell("a", vote(machines, "commit", sender, other, 1));
  }
  expect(machines.notices.get("a")).toEqual([{ kind: "diverged", sequence: 1 }]);
  expect(machines.done("a")).toEqual(["x"]);
});

test("a request that comes again is answered again, and executed once", () => {
  const machines = new Machines();
  const request = machines.request(["x"]);
  machines.submit(request);
  machines.run();
  machines.submit(request);
  machines.run();
  expect(machines.done("a")).toEqual(["x"]);
  expect(machines.replies.filter(({ sender }) => sender === "a")).toHaveLength(2);
});

test("a request that a leader orders twice is executed once", () => {
  const machines = new Machines();
  const request = machines.request(["x"]);
  const filler = machines.request(["y"]);
  for (const [index, batch] of [[request], [request, filler]].entries()) {
    const order = proposal(machines, batch, 0, index + 1);
    for (const name of ["b", "c", "d"]) machines.tell(name, order);
    machines.run();
  }
  expect(machines.done("b")).toEqual(["x", "y"]);
  expect(machines.decisions.get("b")?.map(({ requests }) => requests.length)).toEqual([1, 1]);
});

test("an operation that the machine refuses changes nothing, and is answered so", () => {
  const machines = new Machines();
  machines.decide("x", "refused", "y");
  expect(machines.done("d")).toEqual(["x", "y"]);
  const results = machines.replies.filter(({ sender }) => sender === "d").map((one) => one.results);
  expect(results).toEqual([['{"value":1}'], ['{"error":"no such operation"}'], ['{"value":2}']]);
});

test("requests that wait go into one batch, which ends at its limit", () => {
  const machines = new Machines({ limits: { batchOperations: 3, batchDelayMs: 5 } });
  for (const operation of [1, 2, 3, 4]) machines.submit(machines.request([operation]));
  machines.run();
  expect(machines.decisions.get("b")?.map(({ requests }) => requests.length)).toEqual([3]);
  expect(machines.state("a").timers.has("batch")).toBe(true);
  machines.fire("a", "batch");
  machines.run();
  expect(machines.decisions.get("b")?.map(({ requests }) => requests.length)).toEqual([3, 1]);
});

test("no more batches are under way than the pipeline holds", () => {
  const machines = new Machines({ limits: { batchOperations: 1, pipeline: 2 } });
  for (let operation = 0; operation < 5; operation += 1) {
    machines.submit(machines.request([operation]));
  }
  expect(machines.state("a").nextSequence).toBe(3);
  machines.run();
  expect(machines.done("c")).toEqual([0, 1, 2, 3, 4]);
});

test("pending requests are bounded, in all and for each client", () => {
  const limits = { pendingRequests: 5, clientOutstanding: 3, pipeline: 1 };
  const machines = new Machines({ limits });
  machines.drop = () => true;
  for (let copy = 0; copy < 5; copy += 1) machines.submit(machines.request([copy]), ["b"]);
  expect(machines.state("b").pending.size).toBe(3);
  for (let copy = 0; copy < 5; copy += 1) machines.submit(machines.request([copy], "l"), ["b"]);
  expect(machines.state("b").pending.size).toBe(5);
});

test("messages for views to come are kept up to a limit, and no unsigned ones", () => {
  const machines = new Machines();
  for (let view = 4; view < 400; view += 4) {
    const one = vote(machines, "prepare", "c", "0".repeat(64), view);
    machines.tell("b", one);
    machines.tell("b", { ...one, sender: "d" });
  }
  expect(machines.state("b").ahead.get("c")).toHaveLength(64);
  expect(machines.state("b").ahead.has("d")).toBe(false);
});

test("a step leaves the state before it as it was", () => {
  const machines = new Machines();
  const before = machines.state("b");
  const copy = structuredClone(before);
  machines.decide("x", "y", "z", "v", "w");
  expect(before).toEqual(copy);
  expect(machines.state("b").executed).toBe(5);
});

test("what is known already is not checked again", () => {
  let checked = 0;
  const machines = new Machines({
    signaturesOf: (name) => ({
      sign: (text) => `${name} ${text}`,
      verify: (signer, text, signature) => {
        checked += 1;
        return signature === `${signer} ${text}`;
      },
    }),
  });
  machines.decide("x");
  // Each replica checks the request; the three others the order. Besides, of the votes: two prepares at the
  // leader and one at each other, which is prepared then; two commits everywhere.
  expect(checked).toBe(4 + 3 + (2 + 3) + 4 * 2);
});
