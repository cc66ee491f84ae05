import { type ActorSystem, defineActor, type Ref, type SystemEvent } from "@troupe/actor";
import { auctioneerProtocol } from "@troupe/coordination";
import { settled, type VirtualClock, VirtualCluster } from "@troupe/testkit";
import { beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { defineTool, type Job, type Tool } from "../tool.ts";
import type { ResultDesk } from "./desks.ts";
import {
  customerProtocol,
  type EndedTasks,
  type TaskOutcome,
  type WorkerMessages,
  type WorkOrder,
  workerProtocol,
} from "./protocol.ts";
import { worker } from "./worker.ts";

interface Told {
  readonly kind: "bid" | "refuse" | "ended";
  readonly body: Record<string, unknown>;
}

let clock: VirtualClock;
let home: ActorSystem;
let away: ActorSystem;
let events: SystemEvent[];
/** What the auctioneer and the customer were told, in order. */
let told: Told[];
/** Jobs the tool was given, each with what ends it. */
let jobs: (Job & { readonly end: (facts: unknown) => void; readonly crash: (e: Error) => void })[];

beforeEach(() => {
  const cluster = new VirtualCluster();
  ({ clock } = cluster);
  home = cluster.system("home");
  away = cluster.system("away");
  events = [];
  away.observe((event) => events.push(event));
  [told, jobs] = [[], []];
  const auctioneer = defineActor(auctioneerProtocol, () => ({
    bid: (body) => void told.push({ kind: "bid", body: { ...body } }),
    refuse: (body) => void told.push({ kind: "refuse", body: { ...body } }),
  }));
  const customer = defineActor(customerProtocol, () => ({
    tasksEnded: (body) => void told.push({ kind: "ended", body: { ...body } }),
  }));
  home.spawn(auctioneer, { name: "auctioneer" });
  home.spawn(customer, { name: "customer" });
  home.spawn(customer, { name: "successor" });
});

/** A tool that works until the test ends the job, or the job is aborted. */
const dig: Tool = defineTool({
  type: "dig",
  purpose: "digs",
  input: z.object({ depth: z.number() }),
  run: (_input, job) =>
    new Promise((end, crash) => {
      jobs.push({ ...job, end, crash });
      job.signal.addEventListener("abort", () => crash(job.signal.reason));
    }),
});

function hire(tools: readonly Tool[] = [dig], concurrency = 2): Ref<WorkerMessages> {
  const { address } = away.spawn(worker({ tools, concurrency }), { name: "worker" });
  return home.ref(workerProtocol, address);
}

const within = { withinMs: 1000 };
const order = (task = "t", over: Partial<WorkOrder> & { input?: unknown } = {}): WorkOrder => {
  const { input = { depth: 1 }, ...rest } = over;
  return {
    goal: "g",
    lot: task,
    attempt: 1,
    type: "dig",
    tasks: [{ task, input }],
    bytes: 1_000_000,
    rank: 0,
    customer: "home/customer",
    ...rest,
  };
};
const award = (agent: Ref<WorkerMessages>, ordered: unknown, auction = "a") =>
  agent.ask("award", { auction, task: {}, order: ordered, price: 1 }, within);
const progress = (agent: Ref<WorkerMessages>, task = "t", customer = "home/customer") =>
  agent.ask("progress", { goal: "g", lot: task, tasks: [task], customer }, within);
const ended = () =>
  told.flatMap(({ kind, body }) => (kind === "ended" ? (body["ended"] as EndedTasks) : []));

async function announced(agent: Ref<WorkerMessages>, task: unknown): Promise<Told | undefined> {
  agent.tell("announce", {
    auction: "a",
    capability: "dig",
    task,
    deadline: clock.now() + 1000,
    weights: { cost: 1, duration: 1, quality: 1 },
    pricing: "first-price",
    requirements: {},
    auctioneer: "home/auctioneer",
  });
  await settled();
  return told.findLast(({ kind }) => kind !== "ended");
}

test("a worker bids by what an earlier life of it has learned", async () => {
  const experience = { msPerByte: 0.001, baseMs: 500, succeeded: 4, failed: 4 };
  const skills = { load: async () => ({ dig: experience }), save: async () => {} };
  const { address } = away.spawn(worker({ tools: [dig], skills }), { name: "worker" });
  await settled();
  const bid = await announced(home.ref(workerProtocol, address), { type: "dig", bytes: 1_000_000 });
  expect(bid?.body).toMatchObject({ durationMs: 1500, quality: 0.5, confidence: 0.9 });
});

test("a worker bids on what it has a tool for, with what it knows of its speed", async () => {
  expect(await announced(hire(), { type: "dig", bytes: 1_000_000 })).toEqual({
    kind: "bid",
    body: {
      auction: "a",
      bidder: "away/worker",
      cost: 100,
      durationMs: 100,
      quality: 0.5,
      confidence: 0.5,
    },
  });
});

test.for([
  ["has no tool for", { type: "paint", bytes: 1 }],
  ["cannot read", "dig!"],
])("a worker refuses what it %s, so that nobody waits for its bid", async ([, task]) => {
  const refusal = { auction: "a", bidder: "away/worker", reason: "no tool for this task" };
  expect(await announced(hire(), task)).toEqual({ kind: "refuse", body: refusal });
});

test("an award is accepted, done once, and its end told to the customer", async () => {
  const agent = hire();
  expect(await award(agent, order())).toEqual({ accepted: true });
  expect(await progress(agent)).toEqual({ state: "known", missing: [] });
  await clock.advance(250);
  jobs[0]?.end({ found: "a bone" });
  await settled();
  const outcome: TaskOutcome = { ok: true, durationMs: 250, facts: { found: "a bone" } };
  expect(told.at(-1)?.body).toEqual({
    goal: "g",
    lot: "t",
    by: "away/worker",
    ended: [{ task: "t", outcome }],
  });
  told = [];
  expect(await progress(agent)).toEqual({ state: "known", missing: [] });
  await settled();
  expect(ended()).toEqual([{ task: "t", outcome }]);
  expect(jobs).toHaveLength(1);
});

test("an award that comes again is accepted again, and nothing runs twice, also after the end", async () => {
  const agent = hire();
  await award(agent, order());
  expect(await award(agent, order())).toEqual({ accepted: true });
  jobs[0]?.end({});
  await settled();
  expect(await award(agent, order(), "another-auction")).toEqual({ accepted: true });
  expect(jobs).toHaveLength(1);
});

test("a new attempt at a task that failed is done", async () => {
  const agent = hire();
  await award(agent, order());
  jobs[0]?.crash(new Error("hit a rock"));
  await settled();
  expect(await award(agent, order("t", { lot: "t-2", attempt: 2 }))).toEqual({ accepted: true });
  expect(jobs.map(({ attempt }) => attempt)).toEqual([1, 2]);
});

test("a worker holds orders to its limit, declines further ones as busy, and takes more when it is free", async () => {
  const agent = hire([dig], 1);
  for (const task of ["t1", "t2", "t3", "t4"]) {
    expect(await award(agent, order(task))).toEqual({ accepted: true });
  }
  expect(jobs.map(({ task }) => task)).toEqual(["t1"]);
  expect(await award(agent, order("t5"))).toEqual({ accepted: false, reason: "busy" });
  jobs[0]?.end({});
  await settled();
  expect(await award(agent, order("t5"))).toEqual({ accepted: true });
});

test("tasks that wait are begun fairly between goals, the longest way to the end first", async () => {
  const agent = hire([dig], 1);
  await award(agent, order("first"));
  await award(agent, order("short", { rank: 1 }));
  await award(agent, order("long", { rank: 5 }));
  await award(agent, order("other", { goal: "h", rank: 0 }));
  for (let index = 0; index < 4; index += 1) {
    jobs[index]?.end({});
    await settled();
  }
  expect(jobs.map(({ task }) => task)).toEqual(["first", "other", "long", "short"]);
});

test("the tasks of one order are done side by side, and what ends together is told together", async () => {
  const agent = hire([dig], 2);
  const tasks = ["a", "b", "c"].map((task) => ({ task, input: { depth: 1 } }));
  await award(agent, order("lot", { tasks }));
  expect(jobs.map(({ task }) => task)).toEqual(["a", "b"]);
  jobs[0]?.end({});
  jobs[1]?.end({});
  await settled();
  expect(ended()).toEqual([]);
  await clock.advance(25);
  expect(told).toHaveLength(1);
  expect(ended().map(({ task }) => task)).toEqual(["a", "b"]);
  jobs[2]?.end({});
  await settled();
  expect(ended().map(({ task }) => task)).toEqual(["a", "b", "c"]);
});

test("one task of an order can be let go of, and is said to be missing when it is asked about", async () => {
  const agent = hire([dig], 1);
  const tasks = ["a", "b"].map((task) => ({ task, input: { depth: 1 } }));
  await award(agent, order("lot", { tasks }));
  agent.tell("abandon", { goal: "g", lot: "lot", tasks: ["b"] });
  const asked = { goal: "g", lot: "lot", tasks: ["a", "b"], customer: "home/customer" };
  expect(await agent.ask("progress", asked, within)).toEqual({ state: "known", missing: ["b"] });
  jobs[0]?.end({});
  await settled();
  expect(ended().map(({ task }) => task)).toEqual(["a"]);
  expect(jobs).toHaveLength(1);
});

test("findings too large for one message are told in several", async () => {
  const agent = hire([dig], 3);
  const tasks = ["a", "b", "c"].map((task) => ({ task, input: { depth: 1 } }));
  await award(agent, order("lot", { tasks }));
  for (const job of jobs) job.end({ earth: "x".repeat(200_000) });
  await settled();
  expect(told.map(({ body }) => (body["ended"] as EndedTasks).length)).toEqual([1, 1, 1]);
});

test("a task begins only when what it needs of the machine is free, and gives it back", async () => {
  const held: string[] = [];
  const free = Promise.withResolvers<void>();
  const { address } = away.spawn(
    worker({
      tools: [dig],
      resources: {
        acquire: async ({ goal, task, resources, priority }) => {
          held.push(`${goal}/${task} ${priority} ${JSON.stringify(resources)}`);
          await free.promise;
          return { release: () => held.push("released") };
        },
      },
    }),
    { name: "worker" },
  );
  await award(home.ref(workerProtocol, address), order("t", { resources: { cpu: 500 }, rank: 7 }));
  expect(jobs).toEqual([]);
  free.resolve();
  await settled();
  expect(jobs).toHaveLength(1);
  jobs[0]?.end({});
  await settled();
  expect(held).toEqual(['g/t 7 {"cpu":500}', "released"]);
});

test("a result that was kept is taken instead of working, where the order and the tool allow it", async () => {
  const kept = new Map<string, unknown>();
  const results: ResultDesk = {
    getOrRun: async (identity, run, { signal }) => {
      const key = JSON.stringify(identity);
      if (!kept.has(key)) kept.set(key, await run(signal));
      return kept.get(key);
    },
  };
  const files = async ({ depth }: { depth: number }) => ({ ground: `digest-${depth}` });
  const cache = { version: "2", files };
  const actor = worker({ tools: [{ ...dig, cache } as Tool], results });
  const { address } = away.spawn(actor, { name: "worker" });
  const agent = home.ref(workerProtocol, address);
  await award(agent, order("t1", { cached: true }));
  await settled();
  jobs[0]?.end({ found: "a bone" });
  await settled();
  await award(agent, order("t2", { cached: true }));
  await settled();
  expect(jobs).toHaveLength(1);
  expect(ended().at(-1)).toMatchObject({ task: "t2", outcome: { facts: { found: "a bone" } } });
  const key = { type: "dig", version: "2", input: { depth: 1 }, files: { ground: "digest-1" } };
  expect([...kept.keys()]).toEqual([JSON.stringify(key)]);
  await award(agent, order("t3"));
  await settled();
  expect(jobs).toHaveLength(2);
});

test("a task that asks for more than there is fails with the reason", async () => {
  const refuse = async () => {
    throw Object.assign(new Error("too much"), { code: "unsatisfiable-demand" });
  };
  const actor = worker({ tools: [dig], resources: { acquire: refuse } });
  const { address } = away.spawn(actor, { name: "worker" });
  await award(home.ref(workerProtocol, address), order("t", { resources: { cpu: 5 } }));
  await settled();
  const error = { code: "unsatisfiable-demand", message: "too much" };
  expect(ended()).toMatchObject([{ outcome: { ok: false, error } }]);
});

test("what a worker is busy with makes its bids slower, not dearer", async () => {
  const agent = hire();
  await award(agent, order("t1"));
  await award(agent, order("t2"));
  await clock.advance(30);
  const task = { type: "dig", bytes: 1_000_000 };
  expect((await announced(agent, task))?.body).toMatchObject({ cost: 100, durationMs: 170 });
});

test.for([
  ["malformed", { goal: "g" }, "the order is malformed"],
  ["for another trade", order("t", { type: "paint" }), "no tool for this task"],
])("an order that is %s is declined", async ([, ordered, reason]) => {
  expect(await award(hire(), ordered)).toEqual({ accepted: false, reason });
});

test("whoever loses an auction it had accepted lets go of the work, and may be given it again", async () => {
  const agent = hire([dig], 1);
  await award(agent, order(), "a");
  agent.tell("reject", { auction: "a" });
  await settled();
  expect(jobs[0]?.signal.aborted).toBe(true);
  expect(await progress(agent)).toEqual({ state: "unknown" });
  expect(ended()).toEqual([]);
  expect(await award(agent, order(), "a/2")).toEqual({ accepted: true });
  expect(jobs).toHaveLength(2);
});

test("work that is being let go of is not promised to anybody", async () => {
  const stubborn = { ...dig, run: () => new Promise(() => {}) };
  const agent = hire([stubborn]);
  await award(agent, order(), "a");
  agent.tell("reject", { auction: "a" });
  expect(await award(agent, order(), "a/2")).toEqual({ accepted: false, reason: "busy" });
});

test("a rejection in an auction it did not win changes nothing", async () => {
  const agent = hire();
  await award(agent, order(), "a");
  agent.tell("reject", { auction: "b" });
  expect(await progress(agent)).toEqual({ state: "known", missing: [] });
  expect(jobs[0]?.signal.aborted).toBe(false);
});

test("an abandoned task reaches the tool's signal and leaves no mark on the worker's record", async () => {
  const agent = hire();
  await award(agent, order("t1"));
  await award(agent, order("t2"));
  agent.tell("abandon", { goal: "g", lot: "t1" });
  await settled();
  expect(jobs.map(({ signal }) => signal.aborted)).toEqual([true, false]);
  jobs[1]?.end({});
  await settled();
  const bid = await announced(agent, { type: "dig", bytes: 1 });
  expect(bid?.body["quality"]).toBeCloseTo(2 / 3);
});

test("the end is told to whoever asked last", async () => {
  const agent = hire();
  await award(agent, order("t", { customer: "home/nobody" }));
  await progress(agent, "t", "home/successor");
  jobs[0]?.end({});
  await settled();
  expect(ended()).toHaveLength(1);
});

test("a worker says that it does not know what it never took on", async () => {
  expect(await progress(hire())).toEqual({ state: "unknown" });
});

test.for([
  ["an error", new Error("hit a rock"), { code: "internal", retryable: false }],
  [
    "an error that says more",
    Object.assign(new Error("hit a rock"), { code: "rock", retryable: true, details: { at: 3 } }),
    { code: "rock", retryable: true, details: { at: 3 } },
  ],
] as const)(
  "a tool that throws %s fails the attempt, and the worker goes on",
  async ([, error, expected]) => {
    const agent = hire();
    await award(agent, order("t1"));
    jobs[0]?.crash(error);
    await settled();
    const outcome = { ok: false, durationMs: 0, error: { message: "hit a rock", ...expected } };
    expect(ended()).toEqual([expect.objectContaining({ task: "t1", outcome })]);
    expect(await award(agent, order("t2"))).toEqual({ accepted: true });
    expect(events.filter(({ kind }) => kind === "restarted")).toEqual([]);
  },
);

test("input that the tool's schema refuses fails the attempt as malformed", async () => {
  await award(hire(), order("t", { input: { depth: "deep" } }));
  await settled();
  const error = { code: "malformed-input", retryable: false };
  expect(ended()).toMatchObject([{ outcome: { ok: false, error } }]);
  expect(jobs).toEqual([]);
});

test.for([
  ["no JSON", { depth: 3n }],
  ["too large to be told", { earth: "x".repeat(600_000) }],
])(
  "findings that are %s fail the attempt with the reason instead of staying unheard",
  async ([, facts]) => {
    const agent = hire();
    await award(agent, order());
    jobs[0]?.end(facts);
    await settled();
    const error = { code: "untellable-findings", message: expect.stringContaining("'dig'") };
    expect(ended()).toMatchObject([{ outcome: { ok: false, error } }]);
  },
);

test("a tool that found nothing out has still done its work", async () => {
  await award(hire(), order());
  jobs[0]?.end(undefined);
  await settled();
  expect(ended()).toMatchObject([{ outcome: { ok: true, facts: null } }]);
});

test("a worker that crashes stops its work, forgets it, and says so once it is restarted", async () => {
  const actor = worker({ tools: [dig] });
  const mortal: typeof actor = {
    ...actor,
    setup: async (context) => ({
      ...(await actor.setup(context)),
      abandon: () => {
        throw new Error("a bug");
      },
    }),
  };
  away.spawn(mortal, { name: "worker" });
  const agent = home.ref(workerProtocol, "away/worker");
  await settled();
  await award(agent, order());
  agent.tell("abandon", { goal: "g", lot: "t" });
  const answer = progress(agent);
  await clock.advance(500);
  expect(await answer).toEqual({ state: "unknown" });
  expect(jobs[0]?.signal.aborted).toBe(true);
  expect(events.filter(({ kind }) => kind === "restarted")).toHaveLength(1);
});

test("what a worker learns about itself changes its later bids", async () => {
  const agent = hire();
  const bid = async () => (await announced(agent, { type: "dig", bytes: 1_000_000 }))?.body;
  const before = await bid();
  await award(agent, order());
  await clock.advance(2000);
  jobs[0]?.end({});
  await settled();
  const after = await bid();
  expect(after?.["cost"]).toBeGreaterThan(500);
  expect(after?.["quality"]).toBeCloseTo(2 / 3);
  expect(after?.["confidence"]).toBeGreaterThan(Number(before?.["confidence"]));
  await award(agent, order("t2"));
  jobs[1]?.crash(new Error("hit a rock"));
  await settled();
  expect((await bid())?.["quality"]).toBe(0.5);
  expect((await bid())?.["cost"]).toBe(after?.["cost"]);
});
