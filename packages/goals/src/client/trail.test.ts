import { silentLog } from "@troupe/actor";
import { agentLimitsSchema, type Rule, rulesMind, runAgent } from "@troupe/agents";
import {
  type InMemoryJournal,
  type InMemoryNetwork,
  type RecordingTracer,
  seededRandom,
  type VirtualClock,
} from "@troupe/testkit";
import { beforeEach, expect, test } from "vitest";
import { encodeJson } from "../contract/replies.ts";
import { crew, Simulation } from "../simulation/simulation.test-data.ts";
import { quietWorld } from "../simulation/world.test-data.ts";
import { GoalClient } from "./client.ts";

let clock: VirtualClock;
let journal: InMemoryJournal;
let tracer: RecordingTracer;
let client: GoalClient;
let network: InMemoryNetwork;

beforeEach(async () => {
  const world = quietWorld({ delayMs: 1 });
  ({ clock, journal, tracer } = world);
  network = world.network;
  const simulation = new Simulation(world);
  crew(simulation);
  simulation.node("n1", { coordinates: true });
  await clock.advance(2000);
  const server = network.connect("server");
  journal.observe(({ subject, sequence, payload }) => {
    if (!subject.startsWith("journal.agent.")) return;
    const headers = { "Nats-Sequence": `${sequence}` };
    server.publish(subject.replace("journal.", "troupe.events."), payload, { headers });
  });
  const transport = network.connect("client");
  client = new GoalClient({ ports: { transport, clock, random: seededRandom(9) } });
  await inTime(client.submit({ id: "g", kind: "letters" }), 10_000);
});

/** What is promised, while time goes on. */
async function inTime<R>(work: Promise<R>, ms = 7000): Promise<R> {
  const settled = work.catch(() => {});
  await clock.advance(ms);
  await settled;
  return work;
}

/** An agent that works on a task of the goal, and ends at once. */
function think(task: string, result: string) {
  const rule: Rule = () => ({ thought: "it is plain", action: "final_result", input: { result } });
  const signal = new AbortController().signal;
  return runAgent(
    {
      name: "thinker",
      instructions: "Say it.",
      mind: rulesMind([rule]),
      tools: [],
      limits: agentLimitsSchema.parse({}),
    },
    { journal, clock, tracer, log: silentLog },
    { job: { goal: "g", task, attempt: 1, signal, span: tracer.start("test") }, input: null },
  );
}

test("what agents of an ended goal did is read over the network, of all tasks or one", async () => {
  expect(await inTime(client.trail("g"))).toEqual({ goal: "g", trails: [], more: false });
  await think("a", "yes");
  await think("b", "no");
  const { trails, more } = await inTime(client.trail("g"));
  expect(more).toBe(false);
  expect(trails).toMatchObject([
    { task: "a", agent: "thinker", steps: [{ thought: "it is plain" }], end: { result: "yes" } },
    { task: "b", end: { result: "no" } },
  ]);
  const ofOne = await inTime(client.trail("g", { task: "b" }));
  expect(ofOne.trails.map(({ task }) => task)).toEqual(["b"]);
});

test("a long trail is brought in many messages, and no more of it than was asked for", async () => {
  for (let n = 0; n < 100; n += 1) await think(`part.${n}`, "x".repeat(9000));
  const whole = await inTime(client.trail("g"), 20_000);
  expect([whole.trails.length, whole.more]).toEqual([100, false]);
  const cut = await inTime(client.trail("g", { limit: 10 }), 20_000);
  expect([cut.trails.length, cut.more]).toEqual([4, true]);
});

test("who follows a goal's agents is told what was stored and what comes, each once and in order", async () => {
  await think("a", "yes");
  const seen: string[] = [];
  const of: string[] = [];
  const watching = client.watchTrail("g", {}, ({ task, record }) => {
    seen.push(`${task} ${record.type}`);
  });
  const one = client.watchTrail("g", { task: "c" }, ({ task }) => of.push(task));
  // While it is being read.
  await think("b", "no");
  const [all, some] = await inTime(Promise.all([watching, one]));
  await think("c", "maybe");
  await clock.advance(100);
  const run = ["began", "decided", "finished"];
  expect(seen).toEqual(["a", "b", "c"].flatMap((task) => run.map((type) => `${task} ${type}`)));
  expect(of).toEqual(["c", "c", "c"]);
  for (const subscription of [all, some]) subscription.unsubscribe();
  await think("d", "nobody hears it");
  await clock.advance(100);
  expect(seen).toHaveLength(9);
});

test("who follows agents is told of which task a step is, whatever the deployment's prefix", async () => {
  const server = network.connect("other-server");
  server.subscribe("prod.troupe.query.trail.g", ({ reply = "" }) =>
    server.publish(reply, encodeJson({ records: [] })),
  );
  const ports = { transport: network.connect("other-client"), clock, random: seededRandom(3) };
  const other = new GoalClient({ ports, prefix: "prod.troupe" });
  const seen: string[] = [];
  await inTime(other.watchTrail("g", { task: "a.b" }, ({ task }) => seen.push(task)));
  const stored = encodeJson({ at: 1, record: { type: "resumed" } });
  for (const [task, sequence] of [
    ["a", 7],
    ["a.b", 8],
    ["a.b-s1", 9],
  ] as const) {
    const headers = { "Nats-Sequence": `${sequence}` };
    server.publish(`prod.troupe.events.agent.g.${task}`, stored, { headers });
  }
  await clock.advance(100);
  expect(seen).toEqual(["a.b", "a.b-s1"]);
});

test("of a goal that nobody knows there is no trail, and it is said", async () => {
  await expect(inTime(client.trail("nobody"))).rejects.toMatchObject({ code: "goal-not-found" });
});
