import { type Actor, defineActor } from "@troupe/actor";
import {
  type CallerContext,
  seededRandom,
  type VirtualClock,
  VirtualCluster,
  type Wrap,
} from "@troupe/testkit";
import { beforeEach, expect, test } from "vitest";
import { lossy } from "../cluster.test-data.ts";
import { InterruptedError, InvalidCostsError, InvalidSpecError } from "../errors.ts";
import { type AllocationBidder, type AllocationSpec, allocate } from "./allocate.ts";
import { costMatrix } from "./assignment/cost-matrix.ts";
import { hungarianCost, randomCosts } from "./assignment/reference.test-data.ts";
import { type Award, allocationBidder, allocationBidding } from "./bidding.ts";
import type { AllocationOutcome } from "./outcome.ts";
import { type AllocationBidderMessages, allocationBidderProtocol } from "./protocol.ts";

type BidderActor = Actor<AllocationBidderMessages>;

let clock: VirtualClock;
let cluster: VirtualCluster;
/** By node, what its bidder was told that its agents do. */
let awarded: Map<string, readonly Award[]>;

beforeEach(() => start(1));

function start(seed: number, delayMs = 0, wrap?: Wrap): void {
  cluster = new VirtualCluster({ seed, delayMs, ...(wrap === undefined ? {} : { wrap }) });
  ({ clock } = cluster);
  awarded = new Map();
}

function bidding(node: string, rows: readonly (readonly number[])[]) {
  return {
    costs: () => costMatrix(rows),
    awarded: (_: string, awards: readonly Award[]) => void awarded.set(node, awards),
  };
}

/** After that long nodes know each other. */
const aBeat = 2000;

/** Spawns each actor on a node of its own, n1, n2, and so on; nodes know each other then. */
async function invite(
  context: CallerContext,
  actors: readonly ((node: string) => BidderActor)[],
): Promise<readonly AllocationBidder[]> {
  const bidders = actors.map((make, index) => {
    const node = `n${index + 1}`;
    const { address } = cluster.system(node).spawn(make(node), { name: "bidder" });
    return { member: address, ref: context.ref(allocationBidderProtocol, address) };
  });
  await clock.advance(aBeat);
  return bidders;
}
const standingFor =
  (...rows: readonly (readonly number[])[]) =>
  (node: string): BidderActor =>
    allocationBidder(bidding(node, rows));

const spec = (tasks: number, more: Partial<AllocationSpec> = {}): AllocationSpec => ({
  id: "x",
  tasks: Array.from({ length: tasks }, (_, task) => ({ task })),
  answerMs: 1000,
  deadlineMs: 60_000,
  ...more,
});

/** The outcome, in as much virtual time as it takes. */
async function ended(allocation: Promise<AllocationOutcome>): Promise<AllocationOutcome> {
  let isOver = false;
  void allocation
    .catch(() => {})
    .finally(() => {
      isOver = true;
    });
  for (let step = 0; !isOver && step < 10_000; step += 1) await clock.advance(10);
  return allocation;
}

/** Shares rows out to so many bidders, as evenly as it goes. */
function shared(costs: readonly (readonly number[])[], bidders: number) {
  return Array.from({ length: bidders }, (_, at) => {
    const begin = Math.floor((at * costs.length) / bidders);
    return standingFor(...costs.slice(begin, Math.floor(((at + 1) * costs.length) / bidders)));
  });
}

test("three bidders with an agent each share three tasks at the least cost, and learn what they do", async () => {
  const context = cluster.caller();
  const bidders = await invite(context, [
    standingFor([4, 1, 3]),
    standingFor([2, 0, 5]),
    standingFor([3, 2, 2]),
  ]);
  const outcome = await ended(allocate(context, spec(3), bidders));
  expect(outcome).toMatchObject({
    settled: true,
    allocation: "x",
    pairs: [
      { member: "n2/bidder", agent: 0, task: 0, cost: 2 },
      { member: "n1/bidder", agent: 0, task: 1, cost: 1 },
      { member: "n3/bidder", agent: 0, task: 2, cost: 2 },
    ],
    undone: [],
    cost: 5,
    dualBound: 5,
    optimal: true,
    sittings: 1,
    removed: [],
  });
  await clock.advance(10);
  expect(Object.fromEntries(awarded)).toEqual({
    n1: [{ agent: 0, task: 1, cost: 1 }],
    n2: [{ agent: 0, task: 0, cost: 2 }],
    n3: [{ agent: 0, task: 2, cost: 2 }],
  });
  expect(cluster.events.filter(({ kind }) => kind === "stopped")).toEqual([
    { kind: "stopped", actor: "home/caller/1" },
  ]);
  const span = cluster.tracer.spans.find(({ name }) => name === "allocate");
  expect(span?.attributes).toMatchObject({ "troupe.allocation.cost": 5 });
});

test("however many bidders share the agents, the optimum is found and proved", async () => {
  for (const [seed, bidders] of [1, 2, 3, 7, 30].entries()) {
    start(seed + 1, 3);
    const costs = randomCosts(seededRandom(seed + 1), 30, 30, -50, 50);
    const context = cluster.caller();
    const allocation = allocate(context, spec(30), await invite(context, shared(costs, bidders)));
    const where = `seed ${seed + 1}, ${bidders} bidders`;
    expect(await ended(allocation), where).toMatchObject({
      settled: true,
      cost: hungarianCost(costs),
      dualBound: hungarianCost(costs),
      optimal: true,
    });
  }
});

test("a bidder with all agents needs one message a phase", async () => {
  const costs = randomCosts(seededRandom(3), 40, 40, 1, 100);
  const context = cluster.caller();
  const outcome = await ended(allocate(context, spec(40), await invite(context, shared(costs, 1))));
  expect(outcome.rounds).toBeLessThan(12);
  expect(outcome.bids).toBeGreaterThan(40);
});

test("with fewer tasks some agents idle, with more some tasks are undone, and both are as good as can be", async () => {
  const context = cluster.caller();
  const few = await invite(context, [standingFor([5, 9], [1, 9]), standingFor([7, 2], [7, 3])]);
  expect(await ended(allocate(context, spec(2), few))).toMatchObject({
    pairs: [
      { member: "n1/bidder", agent: 1, task: 0 },
      { member: "n2/bidder", agent: 0, task: 1 },
    ],
    cost: 3,
    optimal: true,
  });
  await clock.advance(10);
  expect(awarded.get("n2")).toEqual([{ agent: 0, task: 1, cost: 2 }]);
  start(1);
  const other = cluster.caller();
  const many = await invite(other, [standingFor([5, 9, 2], [1, 9, 9])]);
  expect(await ended(allocate(other, spec(3), many))).toMatchObject({
    undone: [1],
    cost: 3,
    optimal: true,
  });
});

/** A bidder whose rounds are handled by `bid` instead. */
function stubborn(
  rows: readonly (readonly number[])[],
  bid: (
    body: Parameters<ReturnType<typeof allocationBidding>["bid"]>[0],
    honest: ReturnType<typeof allocationBidding>["bid"],
  ) => ReturnType<ReturnType<typeof allocationBidding>["bid"]>,
) {
  return (node: string): BidderActor =>
    defineActor(allocationBidderProtocol, () => {
      const honest = allocationBidding(bidding(node, rows));
      return { ...honest, bid: (body) => bid(body, honest.bid) };
    });
}
const nobody = { known: true, released: [], offers: [], bids: 0 };

test("a bidder that dies in the middle is taken out, and the others share its tasks anew", async () => {
  const context = cluster.caller();
  const dying = stubborn([[1, 1]], () => {
    void cluster.system("n3").stopActor({ address: "n3/bidder" });
    return new Promise(() => {});
  });
  const bidders = await invite(context, [standingFor([5, 9]), standingFor([6, 4]), dying]);
  const outcome = await ended(allocate(context, spec(2), bidders));
  expect(outcome).toMatchObject({
    settled: true,
    pairs: [
      { member: "n1/bidder", task: 0 },
      { member: "n2/bidder", task: 1 },
    ],
    cost: 9,
    optimal: true,
    sittings: 2,
    removed: [{ member: "n3/bidder", agents: 1, reason: "it is gone (stopped)" }],
  });
  await clock.advance(10);
  expect([...awarded.keys()].toSorted()).toEqual(["n1", "n2"]);
});

test("a node that is cut off is taken out when it is given up, not when its answer is", async () => {
  const context = cluster.caller();
  const cut = stubborn([[1, 1]], () => {
    cluster.network.isolate("n2");
    return nobody;
  });
  const bidders = await invite(context, [standingFor([5, 9]), cut]);
  const began = clock.now();
  const allocation = allocate(
    context,
    spec(2, { answerMs: 3_600_000, deadlineMs: 7_200_000 }),
    bidders,
  );
  expect(await ended(allocation)).toMatchObject({
    settled: true,
    undone: [1],
    removed: [{ member: "n2/bidder", reason: "it is gone (node-lost)" }],
  });
  expect(clock.now() - began).toBeLessThan(20_000);
});

test("a silent, a restarted and a lying bidder are taken out with the reason", async () => {
  const context = cluster.caller();
  let crashed = false;
  const bidders = await invite(context, [
    standingFor([3]),
    stubborn([[1]], () => new Promise(() => {})),
    stubborn([[1]], (body, honest) => {
      if (crashed) return honest(body);
      crashed = true;
      throw new Error("a bug");
    }),
    stubborn([[1]], () => ({ ...nobody, offers: [7, 100] })),
    stubborn([[1]], () => ({ ...nobody, offers: [0, 0] })),
    stubborn([[1]], () => ({ ...nobody, known: false })),
    stubborn([[1]], () => ({ ...nobody, offers: [0, 2 ** 60] })),
    stubborn([[1]], () => nobody),
  ]);
  const outcome = await ended(allocate(context, spec(1), bidders));
  expect(outcome).toMatchObject({ settled: true, pairs: [{ member: "n1/bidder" }], cost: 3 });
  const reasons = new Map(outcome.removed.map(({ member, reason }) => [member, reason]));
  expect(reasons.get("n2/bidder")).toContain("within 1000 ms");
  expect(reasons.get("n3/bidder")).toContain("a bug");
  expect(reasons.get("n4/bidder")).toContain("object 7, which does not exist");
  expect(reasons.get("n5/bidder")).toContain("not above its price");
  expect(reasons.get("n6/bidder")).toContain("forgotten");
  expect(reasons.get("n7/bidder")).toContain("which is no price");
  expect(reasons.get("n8/bidder")).toContain("it bids nothing for agents that have nothing");
});

test("who claims what it has not won, or hides what is better for it, is taken out", async () => {
  const context = cluster.caller();
  const lying =
    (
      rows: readonly (readonly number[])[],
      change: (objects: readonly number[], outlays: readonly number[]) => object,
    ) =>
    (node: string): BidderActor =>
      defineActor(allocationBidderProtocol, () => {
        const honest = allocationBidding(bidding(node, rows));
        return {
          ...honest,
          appraise: async (body) => {
            const appraisal = await honest.appraise(body);
            return { ...appraisal, ...change(appraisal.objects, appraisal.outlays) };
          },
        };
      });
  const bidders = await invite(context, [
    standingFor([1, 5, 5, 5]),
    lying([[5, 1, 5, 5]], () => ({ objects: [0] })),
    lying([[5, 5, 1, 5]], (_, [outlay = 0]) => ({ outlays: [outlay - 100] })),
    lying([[5, 5, 5, 1]], () => ({ objects: [] })),
  ]);
  const outcome = await ended(allocate(context, spec(4), bidders));
  expect(outcome).toMatchObject({ settled: true, cost: 1, undone: [1, 2, 3] });
  const reasons = new Map(outcome.removed.map(({ member, reason }) => [member, reason]));
  expect(reasons.get("n2/bidder")).toContain("claims object 0, which it did not win");
  expect(reasons.get("n3/bidder")).toContain("says that its best is");
  expect(reasons.get("n4/bidder")).toContain("accounts for 0 persons, and entered 1");
});

test("without anybody who brings an agent nothing is settled, and nobody is awarded anything", async () => {
  const context = cluster.caller();
  const none = { settled: false, reason: "no-bidders" };
  expect(await ended(allocate(context, spec(1), []))).toMatchObject({ ...none, sittings: 0 });
  const wrong = await invite(context, [standingFor([1, 2])]);
  const outcome = await ended(allocate(context, spec(1), wrong));
  expect(outcome).toMatchObject(none);
  expect(outcome.removed[0]?.reason).toContain("2 columns for 1 tasks");
  expect(awarded.size).toBe(0);
});

test("a sitting that ended without awards is dismissed by name", async () => {
  const dismissed: string[] = [];
  const context = cluster.caller();
  const bidders = await invite(context, [
    (node) =>
      defineActor(allocationBidderProtocol, () => ({
        ...allocationBidding(bidding(node, [[3]])),
        dismiss: ({ allocation }) => void dismissed.push(allocation),
      })),
    stubborn([[1]], () => ({ ...nobody, known: false })),
  ]);
  await ended(allocate(context, spec(1), bidders));
  await clock.advance(10);
  expect(dismissed).toEqual(["x"]);
  expect(awarded.get("n1")).toEqual([{ agent: 0, task: 0, cost: 3 }]);
});

test("at the deadline it is over, and what was bid holds no more", async () => {
  const context = cluster.caller();
  const slow = stubborn([[1]], () => new Promise(() => {}));
  const limits = { answerMs: 50_000, deadlineMs: 500 };
  const allocation = allocate(context, spec(1, limits), await invite(context, [slow]));
  const began = clock.now();
  expect(await ended(allocation)).toMatchObject({ settled: false, reason: "deadline" });
  expect(clock.now() - began).toBe(500);
  expect(awarded.size).toBe(0);
});

test("costs that are too far apart, a wrong spec and a caller that stops are errors", async () => {
  const context = cluster.caller();
  const apart = await invite(context, [standingFor([0, 2 ** 50])]);
  await expect(ended(allocate(context, spec(2), apart))).rejects.toThrow(InvalidCostsError);
  await expect(allocate(context, spec(0), apart)).rejects.toThrow(InvalidSpecError);
  await expect(allocate(context, spec(2), [...apart, ...apart])).rejects.toThrow("named twice");
  const mute = cluster
    .system("home")
    .spawn(stubborn([[1, 1]], () => new Promise(() => {}))("home"));
  const waiting = [{ member: "mute", ref: mute }];
  const pending = allocate(context, spec(2), waiting);
  void pending.catch(() => {});
  await clock.advance(5);
  await cluster.system("home").stopActor(context.self);
  await expect(pending).rejects.toThrow(InterruptedError);
});

test("on a network that loses, repeats, delays and reorders it ends in time with what is best for those it kept", async () => {
  let settledOnes = 0;
  for (let seed = 1; seed <= 60; seed += 1) {
    const random = seededRandom(seed);
    const faults = { lost: random.next() * 0.25, repeated: random.next() * 0.3, withinMs: 50 };
    start(seed, 0, lossy(faults));
    const costs = randomCosts(random, 8, 8, 0, 9);
    const context = cluster.caller();
    const bidders = await invite(context, shared(costs, 4));
    const outcome = await ended(
      allocate(context, spec(8, { answerMs: 300, deadlineMs: 30_000 }), bidders),
    );
    const where = `seed ${seed}`;
    if (!outcome.settled) continue;
    settledOnes += 1;
    expect(outcome.optimal, where).toBe(true);
    const gone = new Set(outcome.removed.map(({ member }) => member));
    const kept = costs.filter((_, agent) => !gone.has(`n${Math.floor(agent / 2) + 1}/bidder`));
    expect(outcome.pairs.length, where).toBe(kept.length);
    expect(outcome.cost, where).toBe(hungarianCost(kept));
  }
  expect(settledOnes).toBeGreaterThan(30);
});
