import { noTracer } from "@troupe/actor";
import {
  type InMemoryWorkQueue,
  type RecordingTracer,
  seededRandom,
  type VirtualClock,
} from "@troupe/testkit";
import { beforeEach, expect, test } from "vitest";
import { encodeJson } from "../contract/replies.ts";
import { crew, Simulation, subjects } from "../simulation/simulation.test-data.ts";
import { quietWorld } from "../simulation/world.test-data.ts";

let clock: VirtualClock;
let queue: InMemoryWorkQueue;
let tracer: RecordingTracer;
let simulation: Simulation;

beforeEach(async () => {
  const world = quietWorld();
  ({ clock, queue, tracer } = world);
  simulation = new Simulation({ ...world, random: seededRandom });
  crew(simulation);
  simulation.node("n1", { coordinates: true });
  await clock.advance(2000);
  // More goals have begun than are traced.
  tracer.samples = false;
});

const traceId = "5b8aa5a2d2c872e8321cf37308d69df2";
const publisher = "051581bf3cb55c13";

/** Runs a goal to its end; the names of its spans. */
async function run(goal: object = {}, flags?: "00" | "01"): Promise<readonly string[]> {
  queue.push(
    encodeJson({ id: "g", kind: "letters", ...goal }),
    flags === undefined ? {} : { traceparent: `00-${traceId}-${publisher}-${flags}` },
  );
  await clock.advance(120_000);
  return tracer.spans.map(({ name }) => name);
}

test("a goal that is not sampled leaves no span, and its journal, its result and its events are whole", async () => {
  expect(await run()).toEqual([]);
  const untraced = await simulation.records("g");
  expect(untraced[0]).toMatchObject({ type: "accepted", trace: expect.stringMatching(/-00$/) });
  expect(await simulation.result("g")).toMatchObject({ outcome: "succeeded" });
  expect(untraced.at(-1)).toMatchObject({ type: "finished" });
});

test("one that asks for its trace has it in full", async () => {
  const spans = await run({ trace: "always" });
  expect(spans).toContain("goal letters");
  expect(spans).toContain("execute_tool ship");
  const { traceId: own } = tracer.spans[0]?.context ?? {};
  expect(tracer.spans.filter(({ context }) => context.traceId !== own)).toEqual([]);
  const ids = new Set(tracer.spans.map(({ context }) => context.spanId));
  const tops = tracer.spans.filter(({ parent }) => !ids.has(parent?.spanId ?? ""));
  expect(tops.map(({ name }) => name)).toEqual(["goal letters"]);
});

test("a publisher's traceparent decides before the limit, either way", async () => {
  expect(await run({}, "01")).toContain("execute_tool ship");
  expect(new Set(tracer.spans.map(({ context }) => context.traceId))).toEqual(new Set([traceId]));
  tracer.spans.length = 0;
  tracer.samples = true;
  expect(await run({ id: "other" }, "00")).toEqual([]);
});

test("of a goal that failed untraced the root span is there, with why", async () => {
  simulation.scripts.set("fetch", () => Promise.reject(new Error("it broke")));
  expect(await run()).toEqual(["goal letters"]);
  const [{ context, parent, error, attributes = {} } = {}] = tracer.spans;
  const [accepted] = await simulation.records("g");
  expect(accepted).toMatchObject({ trace: `00-${context?.traceId}-${context?.spanId}-00` });
  expect(parent).toBeUndefined();
  expect(error).toContain("it broke");
  expect(attributes).toMatchObject({ "troupe.goal": "g", "troupe.outcome": "failed" });
});

test("of one that failed in a trace that its publisher does not record, nothing is", async () => {
  simulation.scripts.set("fetch", () => Promise.reject(new Error("it broke")));
  expect(await run({}, "00")).toEqual([]);
});

test("a wish that is none is refused, and told what may be wished", async () => {
  const answer = await simulation.request(subjects.goals, { kind: "letters", trace: "often" });
  expect(answer).toMatchObject({
    error: {
      reason: "invalid-goal",
      issues: [{ path: "trace", message: 'must be "always", or left out' }],
    },
  });
});

test("a goal that a node without a tracer accepted hangs below its publisher's span, which is told by nobody else", async () => {
  tracer.root = noTracer.root;
  expect(await run({}, "01")).toContain("execute_tool ship");
  expect(tracer.spans.map(({ context }) => context.spanId)).not.toContain(publisher);
  const ids = new Set(tracer.spans.map(({ context }) => context.spanId));
  const above = tracer.spans.map(({ parent }) => parent?.spanId ?? "");
  expect(new Set(above.filter((id) => !ids.has(id)))).toEqual(new Set([publisher]));
});
