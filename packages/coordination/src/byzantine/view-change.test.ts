import { expect, test } from "vitest";
import { planNewView } from "./certificates.ts";
import { emptyBatchDigest } from "./digest.ts";
import { keepPledges, noPromises, recover } from "./durable.ts";
import { Machines, type Passing } from "./machines.test-data.ts";
import type { NewView, PrePrepare, ViewChange } from "./messages.ts";

const isKind =
  (...kinds: readonly string[]) =>
  ({ message }: Passing): boolean =>
    "kind" in message && kinds.includes(message.kind);

/** Lets the named replicas give the leader up. */
function giveUp(machines: Machines, ...names: readonly string[]): void {
  for (const name of names) machines.fire(name, "progress");
  machines.run();
}

function viewChangeOf(machines: Machines, name: string, view: number): ViewChange {
  const { stable, certificates } = machines.state(name);
  return machines.signed<ViewChange>(name, {
    kind: "view-change",
    view,
    stable: stable.sequence,
    proof: [...stable.proof],
    prepared: [...certificates.values()],
  });
}

test("when the leader is silent another one orders what waits", () => {
  const machines = new Machines();
  machines.drop = ({ from }) => from === "a";
  machines.submit(machines.request(["x"]));
  machines.run();
  giveUp(machines, "b", "c", "d");
  for (const name of ["b", "c", "d"]) {
    expect(machines.state(name)).toMatchObject({ view: 1, changing: false });
    expect(machines.done(name)).toEqual(["x"]);
  }
});

test("what may have been decided in a view is decided in the next, at the same place", () => {
  const machines = new Machines();
  machines.decide("w");
  machines.drop = (passing) => isKind("commit")(passing) && passing.to !== "b";
  machines.decide("x");
  expect(machines.done("b"), "one replica has decided").toEqual(["w", "x"]);
  expect(machines.done("c")).toEqual(["w"]);
  machines.drop = ({ from, to }) => from === "b" || to === "b";
  machines.submit(machines.request(["y"]));
  giveUp(machines, "a", "c", "d");
  giveUp(machines, "a", "c", "d");
  machines.drop = () => false;
  machines.exchangeStatus();
  machines.exchangeStatus();
  for (const name of machines.names) expect(machines.done(name)).toEqual(["w", "x", "y"]);
});

test("a place that nobody can have decided is filled with nothing", () => {
  const machines = new Machines({ limits: { batchOperations: 1 } });
  const first = (passing: Passing): boolean =>
    isKind("proposal", "prepare", "commit")(passing) &&
    JSON.stringify(passing.message).includes('"sequence":1');
  machines.drop = (passing) => first(passing) || isKind("commit")(passing);
  for (const operation of ["x", "y"]) machines.submit(machines.request([operation]));
  machines.run();
  machines.drop = ({ from, to }) => from === "a" || to === "a";
  giveUp(machines, "b", "c", "d");
  const newView = machines.state("b").newView;
  expect(newView?.prePrepares.map(({ sequence }) => sequence)).toEqual([1, 2]);
  expect(newView?.prePrepares[0]?.digest).toBe(emptyBatchDigest);
  expect(machines.done("c")).toEqual(["y", "x"]);
});

test("one replica that wants another view moves nobody, two move the others", () => {
  const machines = new Machines();
  giveUp(machines, "d");
  for (const name of ["a", "b", "c"]) expect(machines.state(name).view).toBe(0);
  machines.decide("x");
  expect(machines.done("a")).toEqual(["x"]);
  giveUp(machines, "c");
  for (const name of machines.names) {
    expect(machines.state(name)).toMatchObject({ view: 1, changing: false });
  }
});

test("the clock on the new leader runs once a quorum wants it, and longer each time", () => {
  const machines = new Machines();
  machines.drop = ({ from, to }) => from === "b" || to === "b";
  machines.submit(machines.request(["x"]));
  machines.drop = () => true;
  const own = machines.fire("a", "progress");
  expect(own.timers.filter(({ timer }) => timer === "progress")).toEqual([]);
  machines.tell("a", viewChangeOf(machines, "c", 1));
  const { timers } = machines.tell("a", viewChangeOf(machines, "d", 1));
  expect(timers).toEqual([{ timer: "progress", afterMs: 4000 }]);
});

test("a view change whose proofs are the sender's own word counts for nothing", () => {
  const machines = new Machines();
  machines.decide("x");
  const honest = viewChangeOf(machines, "d", 1);
  const [certificate] = honest.prepared;
  if (certificate === undefined) throw new Error("nothing was prepared");
  const { prePrepare, prepares } = certificate;
  const [one] = prepares;
  if (one === undefined) throw new Error("there are no prepares");
  const { view, sequence, digest } = prePrepare;
  const order = { kind: "pre-prepare", view, sequence, digest } as const;
  const wrong: Partial<ViewChange>[] = [
    { prepared: [{ prePrepare, prepares: [one, one] }] },
    { prepared: [{ prePrepare, prepares: [one] }] },
    {
      prepared: [
        { prePrepare, prepares: prepares.map((each) => ({ ...each, digest: emptyBatchDigest })) },
      ],
    },
    { prepared: [{ prePrepare: machines.signed<PrePrepare>("d", order), prepares }] },
    { prepared: [{ prePrepare: { ...prePrepare, digest: emptyBatchDigest }, prepares }] },
    { prepared: [{ prePrepare, prepares: prepares.map((each) => ({ ...each, signature: "-" })) }] },
    { prepared: [certificate, certificate] },
    { view: 0 },
    { stable: 4 },
    { stable: 4, proof: [] },
  ];
  for (const change of wrong) {
    const message = machines.signed<ViewChange>("d", { ...honest, ...change });
    machines.tell("b", message);
    expect(machines.state("b").viewChanges.size, JSON.stringify(change)).toBe(0);
  }
  machines.tell("b", { ...honest, sender: "c" });
  expect(machines.state("b").viewChanges.size).toBe(0);
  machines.tell("b", honest);
  expect(machines.state("b").viewChanges.size).toBe(1);
});

test("a new view has to order what its view changes say, and nothing else", () => {
  const machines = new Machines();
  machines.drop = isKind("commit");
  machines.decide("x");
  machines.drop = () => true;
  const viewChanges = ["b", "c", "d"].map((name) => viewChangeOf(machines, name, 1));
  const [change] = viewChanges;
  if (change === undefined) throw new Error("there is no view change");
  const digest = machines.state("b").slots.get(1)?.prePrepare?.digest ?? "";
  const order = (value: string, by = "b"): PrePrepare =>
    machines.signed<PrePrepare>(by, { kind: "pre-prepare", view: 1, sequence: 1, digest: value });
  const newView = (
    prePrepares: PrePrepare[],
    changes: ViewChange[] = viewChanges,
    sender = "b",
  ): NewView =>
    machines.signed<NewView>(sender, {
      kind: "new-view",
      view: 1,
      viewChanges: changes,
      prePrepares,
    });
  const blank = machines.signed<ViewChange>("b", { ...change, prepared: [] });
  for (const wrong of [
    newView([order(emptyBatchDigest)]),
    newView([]),
    newView([order(digest, "c")]),
    newView([order(digest)], viewChanges.slice(0, 2)),
    newView([], [blank, blank, blank]),
    newView([], [blank, { ...blank, sender: "c" }, { ...blank, sender: "d" }]),
    newView([order(digest)], viewChanges, "c"),
    { ...newView([order(digest)]), signature: "made-up" },
  ]) {
    machines.tell("d", wrong);
    expect(machines.state("d").view).toBe(0);
  }
  machines.tell("d", newView([order(digest)]));
  expect(machines.state("d")).toMatchObject({ view: 1, changing: false });
});

test("of what was prepared at one place in two views the later counts", () => {
  const machines = new Machines();
  machines.decide("x");
  const of = (name: string, view: number, digest: string): ViewChange => {
    const honest = viewChangeOf(machines, name, 9);
    const prepared = honest.prepared.map(({ prePrepare, prepares }) => ({
      prePrepare: { ...prePrepare, view, digest },
      prepares,
    }));
    return { ...honest, prepared };
  };
  const [early, late] = [of("b", 3, "early"), of("c", 5, "late")];
  expect(planNewView([early, late]).digests).toEqual(["late"]);
  expect(planNewView([late, early]).digests).toEqual(["late"]);
});

test("of each replica one view change is kept, and two for one view prove a lie", () => {
  const machines = new Machines();
  machines.drop = () => true;
  for (let view = 1; view < 30; view += 1) machines.tell("b", viewChangeOf(machines, "d", view));
  expect(machines.state("b").viewChanges.size).toBe(1);
  const other = machines.signed<ViewChange>("d", {
    ...viewChangeOf(machines, "d", 29),
    stable: 1,
  });
  machines.tell("b", other);
  expect([...machines.state("b").evidence.values()]).toMatchObject([
    { signer: "d", slot: "view-change 29" },
  ]);
});

test("a replica that starts again stands by what it has agreed to", () => {
  const machines = new Machines();
  machines.decide(1, 2, 3, 4, 5);
  machines.drop = isKind("commit");
  machines.decide(6);
  const before = machines.state("c");
  const promises = keepPledges(noPromises, machines.pledges.get("c") ?? []);
  const after = recover(machines.identity("c"), JSON.parse(JSON.stringify(promises)));
  expect(after).toMatchObject({ view: 0, executed: 4, stable: { sequence: 4 } });
  expect([...after.certificates.keys()]).toEqual([5, 6]);
  for (const sequence of [5, 6]) {
    const own = (state: typeof before) => state.slots.get(sequence);
    expect(own(after)?.prePrepare).toEqual(own(before)?.prePrepare);
    expect(own(after)?.prepares.get("c")).toEqual(own(before)?.prepares.get("c"));
    expect(own(after)?.commits.get("c")).toEqual(own(before)?.commits.get("c"));
  }
  machines.setState("c", after);
  machines.drop = () => false;
  machines.exchangeStatus();
  machines.exchangeStatus();
  for (const name of machines.names) expect(machines.done(name)).toEqual([1, 2, 3, 4, 5, 6]);
});

test("a leader that starts again orders nothing else at a place it has used", () => {
  const machines = new Machines();
  machines.drop = () => true;
  machines.submit(machines.request(["x"]));
  const promises = keepPledges(noPromises, machines.pledges.get("a") ?? []);
  machines.setState("a", recover(machines.identity("a"), promises));
  machines.submit(machines.request(["y"]));
  const orders = machines.sent.flatMap(({ message }) =>
    "kind" in message && message.kind === "proposal" ? [message.prePrepare] : [],
  );
  const digests = Map.groupBy(orders, ({ sequence }) => sequence);
  expect([...digests.keys()]).toEqual([1, 2]);
  for (const [, same] of digests) expect(new Set(same.map(({ digest }) => digest)).size).toBe(1);
});

test("one that had left a view stays out of it after a restart", () => {
  const machines = new Machines();
  machines.drop = () => true;
  machines.fire("c", "progress");
  const promises = keepPledges(noPromises, machines.pledges.get("c") ?? []);
  const after = recover(machines.identity("c"), promises);
  expect(after).toMatchObject({ view: 1, changing: true });
  expect(after.viewChanges.get("c")).toEqual(machines.state("c").viewChanges.get("c"));
});

test("a request that only a backup knows reaches the leader", () => {
  const machines = new Machines();
  machines.submit(machines.request(["x"]), ["c"]);
  machines.exchangeStatus();
  expect(machines.done("a")).toEqual([]);
  machines.exchangeStatus();
  for (const name of machines.names) expect(machines.done(name)).toEqual(["x"]);
});

test("a leader that orders others' requests gains no time for the one that waits longest", () => {
  const machines = new Machines();
  machines.drop = ({ to, message }) => to === "a" && !("kind" in message);
  machines.submit(machines.request(["starved"]), ["b", "c", "d"]);
  const { awaited } = machines.state("b");
  machines.submit(machines.request(["x"], "l"), ["a"]);
  machines.run();
  expect(machines.done("b")).toEqual(["x"]);
  expect(awaited).toBe("k 1");
  expect(machines.state("b").awaited).toBe(awaited);
  expect(machines.state("b").timers.has("progress")).toBe(true);
});
