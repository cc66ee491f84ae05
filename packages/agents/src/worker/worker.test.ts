import {
  type ActorSystem,
  createActorSystem,
  defineActor,
  type Ref,
  type SystemEvent,
  silentLog,
} from "@troupe/actor";
import { auctioneerProtocol } from "@troupe/coordination";
import {
  InMemoryNetwork,
  RecordingTracer,
  seededRandom,
  settled,
  VirtualClock,
} from "@troupe/testkit";
import { beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { defineTool, type Job, type Tool } from "../tool.ts";
import {
  customerProtocol,
  type TaskOrder,
  type TaskOutcome,
  type WorkerMessages,
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
  clock = new VirtualClock();
  const network = new InMemoryNetwork({ clock, random: seededRandom(1) });
  const tracer = new RecordingTracer(clock, seededRandom(2));
  const system = (node: string, seed: number) =>
    createActorSystem({
      node,
      ports: {
        transport: network.connect(node),
        clock,
        random: seededRandom(seed),
        tracer,
        log: silentLog,
      },
    });
  home = system("home", 3);
  away = system("away", 4);
  events = [];
  away.observe((event) => events.push(event));
  [told, jobs] = [[], []];
  const auctioneer = defineActor(auctioneerProtocol, () => ({
    bid: (body) => void told.push({ kind: "bid", body: { ...body } }),
    refuse: (body) => void told.push({ kind: "refuse", body: { ...body } }),
  }));
  const customer = defineActor(customerProtocol, () => ({
    taskEnded: (body) => void told.push({ kind: "ended", body: { ...body } }),
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
const order = (task = "t", over: Partial<TaskOrder> = {}): TaskOrder => ({
  goal: "g",
  task,
  attempt: 1,
  type: "dig",
  input: { depth: 1 },
  bytes: 1_000_000,
  customer: "home/customer",
  ...over,
});
const award = (agent: Ref<WorkerMessages>, ordered: unknown, auction = "a") =>
  agent.ask("award", { auction, task: {}, order: ordered, price: 1 }, within);
const progress = (agent: Ref<WorkerMessages>, task = "t", customer = "home/customer") =>
  agent.ask("progress", { goal: "g", task, attempt: 1, customer }, within);
const ended = () => told.filter(({ kind }) => kind === "ended").map(({ body }) => body);

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
  expect(await progress(agent)).toEqual({ state: "running" });
  await clock.advance(250);
  jobs[0]?.end({ found: "a bone" });
  await settled();
  const outcome: TaskOutcome = { ok: true, durationMs: 250, facts: { found: "a bone" } };
  expect(ended()).toEqual([{ goal: "g", task: "t", attempt: 1, by: "away/worker", outcome }]);
  expect(await progress(agent)).toEqual({ state: "ended", outcome });
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
  expect(await award(agent, order("t", { attempt: 2 }))).toEqual({ accepted: true });
  expect(jobs.map(({ attempt }) => attempt)).toEqual([1, 2]);
});

test("a worker that is at work to its limit declines as busy, and takes more when it is free", async () => {
  const agent = hire([dig], 2);
  for (const task of ["t1", "t2"]) await award(agent, order(task));
  expect(await award(agent, order("t3"))).toEqual({ accepted: false, reason: "busy" });
  jobs[0]?.end({});
  await settled();
  expect(await award(agent, order("t3"))).toEqual({ accepted: true });
});

test("what a worker is busy with makes its bids slower, not dearer", async () => {
  const agent = hire();
  await award(agent, order("t1"));
  await award(agent, order("t2"));
  await clock.advance(30);
  const task = { type: "dig", bytes: 1_000_000 };
  expect((await announced(agent, task))?.body).toMatchObject({ cost: 100, durationMs: 240 });
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
  expect(await progress(agent)).toEqual({ state: "running" });
  expect(jobs[0]?.signal.aborted).toBe(false);
});

test("an abandoned task reaches the tool's signal and leaves no mark on the worker's record", async () => {
  const agent = hire();
  await award(agent, order("t1"));
  await award(agent, order("t2"));
  agent.tell("abandon", { goal: "g", task: "t1", attempt: 1 });
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
  agent.tell("abandon", { goal: "g", task: "t", attempt: 1 });
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
