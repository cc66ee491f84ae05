import { type Actor, defineActor } from "@troupe/actor";
import {
  type CallerContext,
  type InMemoryNetwork,
  settled,
  type VirtualClock,
  VirtualCluster,
} from "@troupe/testkit";
import { beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { InterruptedError, InvalidSpecError } from "../errors.ts";
import { delegate, type JobSpec } from "./delegate.ts";
import type { JobOutcome } from "./outcome.ts";
import { leadProtocol, type WorkerMessages, workerProtocol } from "./protocol.ts";
import { workerActor } from "./worker.ts";

let clock: VirtualClock;
let network: InMemoryNetwork;
let cluster: VirtualCluster;
/** Which node began which leaf, in order. */
let begun: string[];

beforeEach(() => {
  cluster = new VirtualCluster({ seed: 9 });
  ({ clock, network } = cluster);
  begun = [];
});

const spec: JobSpec<number, number> = {
  id: "j",
  leaves: [1, 2, 3, 4, 5, 6],
  result: z.number(),
  aggregation: { start: 0, add: (sum, result) => sum + result },
  deadlineMs: 40_000,
};

/** Squares its leaves, each in `takesMs`. */
const squaring = (name: string, takesMs = 10): Actor<WorkerMessages> =>
  workerActor({
    perform: async (work) => {
      begun.push(`${name} ${work}`);
      await new Promise<void>((resolve) => clock.schedule(takesMs, resolve));
      return Number(work) ** 2;
    },
  });

/** The team, once everybody has heard of everybody's node. */
async function invite(context: CallerContext, ...actors: readonly Actor<WorkerMessages>[]) {
  const team = cluster.invite(context, workerProtocol, actors);
  await settled();
  return team;
}

/** Runs the job until it ends, and says at which time it did. */
async function run<Sum>(
  job: Promise<JobOutcome<Sum>>,
  mostMs = 60_000,
): Promise<JobOutcome<Sum> & { atMs: number }> {
  let ended: JobOutcome<Sum> | undefined;
  let failed: unknown;
  void job.then(
    (outcome) => {
      ended = outcome;
    },
    (error: unknown) => {
      failed = error;
    },
  );
  const start = clock.now();
  while (ended === undefined && failed === undefined && clock.now() - start <= mostMs) {
    await clock.advance(10);
  }
  if (failed !== undefined) throw failed;
  if (ended === undefined) throw new Error(`the job did not end within ${mostMs} ms`);
  return { ...ended, atMs: clock.now() - start };
}

test("leaves are shared out, done by actors on their nodes, and put together in the order of the leaves", async () => {
  const context = cluster.caller();
  const team = await invite(context, squaring("n1"), squaring("n2"), squaring("n3"));
  const aggregation = { start: "", add: (sum: string, result: number) => `${sum} ${result}` };
  const outcome = await run(delegate(context, { ...spec, aggregation }, team));
  expect(outcome).toMatchObject({
    done: true,
    complete: true,
    aggregate: " 1 4 9 16 25 36",
    counted: 6,
    missing: [],
    spare: 0,
    refusedCount: 0,
  });
  expect(outcome.delegated).toEqual([
    { id: "1", worker: "n1", depth: 1, leaves: [0, 1], ended: "done" },
    { id: "2", worker: "n2", depth: 1, leaves: [2, 3], ended: "done" },
    { id: "3", worker: "n3", depth: 1, leaves: [4, 5], ended: "done" },
  ]);
  expect(begun.toSorted()).toEqual(["n1 1", "n1 2", "n2 3", "n2 4", "n3 5", "n3 6"]);
});

test("leaves that do not go evenly among the workers are all done", async () => {
  const context = cluster.caller();
  const team = await invite(context, squaring("n1"), squaring("n2"), squaring("n3"));
  const leaves = [1, 2, 3, 4, 5, 6, 7, 8];
  const outcome = await run(delegate(context, { ...spec, leaves }, team));
  expect(outcome).toMatchObject({ done: true, complete: true, counted: 8, aggregate: 204 });
});

test("a job is done by results, not by having been delegated", async () => {
  const context = cluster.caller();
  const idle = workerActor({ perform: () => new Promise(() => {}) });
  const held = await invite(context, idle, idle);
  const outcome = await run(delegate(context, { ...spec, deadlineMs: 500 }, held));
  expect(outcome).toMatchObject({ done: false, counted: 0, reason: "deadline-passed" });
  expect(outcome.delegated.flatMap(({ leaves }) => leaves)).toHaveLength(6);
});

test("what a worker held whose node is lost is done by others, and counted once", async () => {
  const context = cluster.caller();
  const team = await invite(context, squaring("n1", 2000), squaring("n2"), squaring("n3"));
  const job = delegate(context, spec, team);
  await clock.advance(500);
  network.isolate("n1");
  const outcome = await run(job);
  expect(outcome).toMatchObject({ done: true, complete: true, aggregate: 91, lost: ["n1"] });
  expect(outcome.delegated[0]).toMatchObject({ worker: "n1", ended: "lost" });
});

test("a worker that stops is replaced at once", async () => {
  const context = cluster.caller();
  const team = await invite(context, squaring("n1", 60_000), squaring("n2"));
  const job = delegate(context, spec, team);
  await clock.advance(100);
  await cluster.system("n1").stopActor({ address: "n1/party" });
  const outcome = await run(job, 1000);
  expect(outcome).toMatchObject({ done: true, aggregate: 91, lost: ["n1"] });
});

test("who is silent is told again, then passed over; who takes long but answers is waited for", async () => {
  const context = cluster.caller();
  let told = 0;
  const silent = defineActor(workerProtocol, () => ({
    delegate: () => {
      told += 1;
    },
    withdraw: () => {},
  }));
  const team = await invite(context, silent, squaring("n2", 5000));
  const outcome = await run(delegate(context, { ...spec, patienceMs: 3000 }, team));
  expect(outcome).toMatchObject({ done: true, aggregate: 91, lost: [] });
  expect(outcome.delegated.map(({ worker, ended }) => [worker, ended])).toContainEqual([
    "n1",
    "silent",
  ]);
  expect(
    outcome.delegated
      .filter(({ worker }) => worker === "n2")
      .every(({ ended }) => ended === "done"),
  ).toBe(true);
  expect(told).toBeGreaterThanOrEqual(3);
  expect(begun).toHaveLength(6);
});

test("a leaf that fails goes to another worker, and is given up after so many attempts", async () => {
  const context = cluster.caller();
  const picky = (name: string) =>
    workerActor({
      perform: (work) => {
        begun.push(`${name} ${work}`);
        if (work === 3) throw new Error("three is too much");
        return Number(work);
      },
    });
  const team = await invite(context, picky("n1"), picky("n2"));
  const refused = await run(delegate(context, { ...spec, attempts: 2 }, team));
  expect(refused).toMatchObject({ done: false, reason: "given-up", counted: 5 });
  expect(refused.missing).toEqual([{ leaf: 2, why: "three is too much" }]);
  const tries = begun.filter((line) => line.endsWith(" 3"));
  expect(new Set(tries)).toEqual(new Set(["n1 3", "n2 3"]));
  const partial = { ...spec, attempts: 2, partial: { leaves: 5, of: 6 } };
  const accepted = await run(delegate(context, { ...partial, id: "k" }, team));
  expect(accepted).toMatchObject({ done: true, complete: false, aggregate: 18 });
});

test("a result of another shape is a failure of its leaf", async () => {
  const context = cluster.caller();
  const wrong = workerActor({ perform: () => "a square" });
  const outcome = await run(delegate(context, spec, await invite(context, wrong)));
  expect(outcome).toMatchObject({ done: false, reason: "given-up", counted: 0 });
  expect(outcome.missing[0]?.why).toContain("malformed");
});

test("a job ends at its deadline with what there is, and work under way is told to end", async () => {
  const context = cluster.caller();
  const ends: string[] = [];
  const slow = workerActor({
    perform: (work, signal) =>
      Number(work) < 4
        ? Number(work)
        : new Promise((resolve) =>
            signal.addEventListener("abort", () => {
              ends.push(String(work));
              resolve(0);
            }),
          ),
  });
  const late = { ...spec, deadlineMs: 2000, share: 2 };
  const team = await invite(context, slow, slow, slow);
  const outcome = await run(delegate(context, late, team));
  expect(outcome).toMatchObject({ done: false, reason: "deadline-passed", counted: 3 });
  expect(outcome.atMs).toBeLessThanOrEqual(2010);
  await settled();
  expect(ends.toSorted()).toEqual(["4", "5"]);
});

test("workers have teams of their own, down to the depth that is allowed, and the map tells who did what", async () => {
  const context = cluster.caller();
  const below = (name: string) => {
    const { address } = cluster.system(name).spawn(squaring(name));
    return { member: name, ref: context.ref(workerProtocol, address) };
  };
  const middle = workerActor({ perform: () => expect.fail(), team: [below("m1"), below("m2")] });
  const team = await invite(context, middle, middle);
  const outcome = await run(delegate(context, spec, team));
  expect(outcome).toMatchObject({ done: true, complete: true, aggregate: 91 });
  const deep = outcome.delegated.filter(({ depth }) => depth === 2);
  expect(deep.flatMap(({ leaves }) => leaves).toSorted()).toEqual([0, 1, 2, 3, 4, 5]);
  expect(deep.every(({ id }) => /^[12]\.\d+$/.test(id))).toBe(true);
  expect(begun.every((line) => /^m[12] /.test(line))).toBe(true);
});

test("a worker at the deepest level does the work itself, though it has a team", async () => {
  const context = cluster.caller();
  const team = [{ member: "m", ref: context.ref(workerProtocol, "m/nobody") }];
  const middle = workerActor({ perform: (work) => Number(work) ** 2, team });
  const outcome = await run(
    delegate(context, { ...spec, depth: 1 }, await invite(context, middle)),
  );
  expect(outcome).toMatchObject({ done: true, aggregate: 91 });
  expect(outcome.delegated.map(({ depth }) => depth)).toEqual([1]);
});

test("at the deepest level a worker does the work itself, and nobody leads those who lead above", async () => {
  const context = cluster.caller();
  const own = { member: "n1", ref: context.ref(workerProtocol, "n1/party") };
  const circular = workerActor({ perform: (work) => Number(work) ** 2, team: [own] });
  const [worker] = await invite(context, circular);
  if (worker === undefined) throw new Error("a worker is needed");
  // Its team is itself alone: after the first level nobody is left to delegate to.
  const outcome = await run(delegate(context, { ...spec, depth: 8 }, [worker]));
  expect(outcome).toMatchObject({ done: true, aggregate: 91 });
  const flat = await run(delegate(context, { ...spec, id: "k", depth: 1 }, [worker]));
  expect(flat).toMatchObject({ done: true, aggregate: 91 });
  expect(flat.delegated.every(({ depth }) => depth === 1)).toBe(true);
});

test("a report in another worker's name is refused and kept as evidence", async () => {
  const context = cluster.caller();
  const calls: { worker: string; token: string }[] = [];
  const stealing = defineActor(workerProtocol, (self) => ({
    delegate: ({ job, assignment, worker, token, lead, leaves }) => {
      calls.push({ worker, token });
      const [first] = calls;
      const box = self.ref(leadProtocol, lead);
      const results = leaves.map(({ leaf, work }) => ({ leaf, result: Number(work) ** 2 }));
      if (first !== undefined && first.worker !== worker) {
        const wrong = [{ leaf: 0, result: 1000 }];
        box.tell("report", { job, assignment: "1", ...first, leaves: wrong });
      }
      box.tell("report", { job, assignment, worker, token, leaves: results });
    },
    withdraw: () => {},
  }));
  const outcome = await run(delegate(context, spec, await invite(context, stealing, stealing)));
  expect(outcome).toMatchObject({ done: true, aggregate: 91, refusedCount: 1 });
  expect(outcome.refused).toMatchObject([{ why: "forged", worker: "n1", sender: "n2/party" }]);
});

test("a lead that started again under its old name is not told what the one before had asked for", async () => {
  const said: unknown[] = [];
  const home = cluster.system("home");
  const leading = defineActor(leadProtocol, () => ({
    report: ({ token, leaves }) => void said.push({ token, leaves }),
  }));
  const { address: lead } = home.spawn(leading, { name: "lead" });
  const { address } = cluster.system("n1").spawn(squaring("n1"), { name: "party" });
  await settled();
  const work = { job: "j", assignment: "1", worker: "n1", depth: 1, deepest: 1, lead, above: [] };
  const tell = async (token: string, piece: number) => {
    const leaves = [{ leaf: 0, work: piece }];
    home.ref(workerProtocol, address).tell("delegate", { ...work, token, withinMs: 5000, leaves });
    await clock.advance(100);
  };
  await tell("of the one before", 2);
  await tell("of its own", 3);
  expect(said).toEqual([
    { token: "of the one before", leaves: [{ leaf: 0, result: 4 }] },
    { token: "of its own", leaves: [{ leaf: 0, result: 9 }] },
  ]);
});

test("without anybody left a job ends at once, and when the caller stops it is interrupted", async () => {
  const context = cluster.caller();
  const [gone] = await invite(context, squaring("n1", 60_000));
  if (gone === undefined) throw new Error("a worker is needed");
  const job = delegate(context, spec, [gone]);
  await clock.advance(10);
  await cluster.system("n1").stopActor(gone.ref);
  expect(await run(job, 1000)).toMatchObject({ done: false, reason: "no-workers", lost: ["n1"] });
  const other = delegate(
    context,
    { ...spec, id: "k" },
    await invite(context, squaring("n2", 60_000)),
  );
  const failure = other.catch((error: unknown) => error);
  await clock.advance(10);
  await cluster.system("home").stopActor({ address: "home/caller" });
  expect(await failure).toBeInstanceOf(InterruptedError);
});

test.each([
  ["no leaves", { leaves: [] }],
  ["too many leaves", { leaves: Array.from({ length: 10_001 }, () => 0) }],
  ["too great a depth", { depth: 9 }],
  ["no attempts", { attempts: 0 }],
])("%s are refused before anything is sent", async (_, over) => {
  const context = cluster.caller();
  const team = await invite(context, squaring("n1"));
  await expect(delegate(context, { ...spec, ...over }, team)).rejects.toThrow(InvalidSpecError);
  expect(begun).toEqual([]);
});
