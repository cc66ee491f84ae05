import { seededRandom, VirtualCluster } from "@troupe/testkit";
import { expect, test } from "vitest";
import { z } from "zod";
import { lossy } from "../cluster.test-data.ts";
import { delegate } from "./delegate.ts";
import type { JobOutcome } from "./outcome.ts";
import { workerProtocol } from "./protocol.ts";
import { workerActor } from "./worker.ts";

const seeds = Array.from({ length: 40 }, (_, index) => index + 1);
const deadlineMs = 60_000;
const size = 12;
const depth = 2;

interface Run {
  readonly outcome: JobOutcome<readonly number[]> | undefined;
  readonly crashed: readonly string[];
}

/** Heartbeats get through, so that nobody is taken for dead who lives; all else is at the network's mercy. */
const spares = (subject: string): boolean => subject.includes(".cluster.");

/** A job on three teams of three, with messages lost, doubled and overtaken, and nodes that crash while it runs. */
async function runJob(seed: number): Promise<Run> {
  const random = seededRandom(seed);
  const lost = random.next() * 0.3;
  const wrap = lossy({ lost, repeated: 0.2, withinMs: 150, spares });
  const cluster = new VirtualCluster({ random, wrap });
  const { clock, network } = cluster;
  const context = cluster.caller();
  const perform = async (work: unknown): Promise<unknown> => {
    await new Promise<void>((resolve) => clock.schedule(50 + random.next() * 1500, resolve));
    if (random.next() < 0.1) throw new Error("it failed");
    return Number(work);
  };
  const nodes: string[] = [];
  const spawn = (node: string, team: readonly { member: string; address: string }[] = []) => {
    nodes.push(node);
    const deputies = team.map(({ member, address }) => ({
      member,
      ref: context.ref(workerProtocol, address),
    }));
    const leading = { patienceMs: 6000, attempts: 4 };
    const spec = deputies.length === 0 ? { perform } : { perform, team: deputies, leading };
    const { address } = cluster.system(node).spawn(workerActor(spec), { name: "worker" });
    return { member: node, address };
  };
  const team = ["a", "b", "c"].map((name) =>
    spawn(
      name,
      ["1", "2", "3"].map((number) => spawn(`${name}${number}`)),
    ),
  );
  // Until everybody has heard of everybody.
  await clock.advance(5000);
  const crashed: string[] = [];
  for (let crash = 0; crash < Math.floor(random.next() * 4); crash += 1) {
    const node = nodes[Math.floor(random.next() * nodes.length)] ?? "a";
    clock.schedule(random.next() * 10_000, () => {
      network.isolate(node);
      crashed.push(node);
    });
  }
  let outcome: JobOutcome<readonly number[]> | undefined;
  void delegate(
    context,
    {
      id: "j",
      leaves: Array.from({ length: size }, (_, leaf) => leaf),
      result: z.number(),
      aggregation: { start: [] as readonly number[], add: (all, result) => [...all, result] },
      deadlineMs,
      patienceMs: 12_000,
      attempts: 5,
      share: 4,
      depth,
      partial: { leaves: 1, of: 2 },
    },
    team.map(({ member, address }) => ({ member, ref: context.ref(workerProtocol, address) })),
  ).then((ended) => {
    outcome = ended;
  });
  await clock.advance(deadlineMs);
  await clock.advance(1);
  return { outcome, crashed };
}

test("jobs on a faulty cluster end in time, count every leaf once at most, and never go too deep", async () => {
  let complete = 0;
  let redone = 0;
  for (const seed of seeds) {
    const { outcome, crashed } = await runJob(seed);
    const where = `seed ${seed}`;
    expect(outcome, `${where}: it did not end by its deadline`).toBeDefined();
    if (outcome === undefined) continue;
    const { counted, missing, delegated } = outcome;
    expect(counted + missing.length, where).toBe(size);
    const absent = new Set(missing.map(({ leaf }) => leaf));
    const present = Array.from({ length: size }, (_, leaf) => leaf).filter(
      (leaf) => !absent.has(leaf),
    );
    if (outcome.done) {
      expect(outcome.aggregate, where).toEqual(present);
      expect(outcome.complete, where).toBe(counted === size);
      expect(counted * 2, where).toBeGreaterThanOrEqual(size);
    }
    for (const { id, depth: level } of delegated) {
      expect(level, where).toBe(id.split(".").length);
      expect(level, where).toBeLessThanOrEqual(depth);
    }
    expect(outcome.refused, where).toEqual([]);
    // Lost is only who is gone.
    for (const worker of outcome.lost) expect(crashed, where).toContain(worker);
    if (outcome.done && outcome.complete) complete += 1;
    if (delegated.some(({ ended }) => ended === "lost" || ended === "silent")) redone += 1;
  }
  expect(complete).toBeGreaterThan(seeds.length / 2);
  expect(redone).toBeGreaterThan(seeds.length / 10);
}, 120_000);

test("the same seed gives the same job", async () => {
  expect((await runJob(7)).outcome).toEqual((await runJob(7)).outcome);
});
