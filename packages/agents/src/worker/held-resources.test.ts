import { type ActorSystem, defineActor, newTraceContext, pause, traced } from "@troupe/actor";
import { auctioneerProtocol } from "@troupe/coordination";
import {
  type RecordingTracer,
  seededRandom,
  settled,
  type VirtualClock,
  VirtualCluster,
} from "@troupe/testkit";
import { beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { defineTool } from "../tool.ts";
import type { ResourceDesk } from "./desks.ts";
import { customerProtocol, type EndedTasks } from "./protocol.ts";
import { worker } from "./worker.ts";

let clock: VirtualClock;
let tracer: RecordingTracer;
let system: ActorSystem;
let ended: EndedTasks[number][];
let refusals: string[];

beforeEach(() => {
  const cluster = new VirtualCluster();
  ({ clock, tracer } = cluster);
  system = cluster.system("n1");
  [ended, refusals] = [[], []];
  system.spawn(
    defineActor(customerProtocol, () => ({
      tasksEnded: (body) => void ended.push(...body.ended),
    })),
    { name: "customer" },
  );
  system.spawn(
    defineActor(auctioneerProtocol, () => ({
      bid: () => void refusals.push("none: it bids"),
      refuse: ({ reason }) => void refusals.push(reason),
    })),
    { name: "auctioneer" },
  );
});

class LostError extends Error {
  readonly code = "units-lost";
  readonly retryable = true;
}

/** A worker whose tool never ends and does not heed its signal, at a desk. */
function hire(resources: ResourceDesk) {
  const deaf = defineTool({
    type: "dig",
    purpose: "digs for ever",
    input: z.unknown(),
    run: () => new Promise(() => {}),
  });
  return system.spawn(worker({ tools: [deaf], resources }), { name: "worker" });
}

const order = {
  goal: "g",
  lot: "t",
  attempt: 1,
  type: "dig",
  tasks: [{ task: "t", input: {} }],
  bytes: 1,
  rank: 0,
  customer: "n1/customer",
  resources: { licence: 1 },
};
const award = { auction: "a", task: {}, order, price: 1 };

test.each(["later", "before it began"])(
  "a task that loses what it holds (%s) ends with the reason, and gives back the rest",
  async (when) => {
    const lost = new AbortController();
    let released = 0;
    const release = () => {
      released += 1;
    };
    const agent = hire({ acquire: async () => ({ release, lost: lost.signal }) });
    if (when !== "later") lost.abort(new LostError("gone"));
    await agent.ask("award", award, { withinMs: 1000 });
    await clock.advance(100);
    if (when === "later") {
      expect([released, ended.length]).toEqual([0, 0]);
      lost.abort(new LostError("gone"));
      await clock.advance(100);
    }
    expect(ended[0]?.outcome).toMatchObject({
      ok: false,
      error: { code: "units-lost", message: "gone", retryable: true },
    });
    expect(released).toBe(1);
  },
);

test("what is to be left to other nodes is neither bid for nor taken", async () => {
  const agent = hire({
    acquire: () => Promise.reject(new Error("not asked")),
    leaveToOthers: ({ licence = 0 }) => (licence > 0 ? "no licence here" : undefined),
  });
  const announce = (resources?: object) =>
    agent.tell("announce", {
      auction: "a",
      capability: "dig",
      task: { type: "dig", bytes: 1, ...(resources === undefined ? {} : { resources }) },
      deadline: clock.now() + 1000,
      weights: { cost: 1, duration: 1, quality: 1 },
      pricing: "first-price",
      requirements: {},
      auctioneer: "n1/auctioneer",
    });
  announce({ licence: 1 });
  await settled();
  announce();
  await settled();
  expect(refusals).toEqual(["no licence here", "none: it bids"]);
  const answer = await agent.ask("award", award, { withinMs: 1000 });
  expect(answer).toEqual({ accepted: false, reason: "no licence here" });
});

test("the span of a task that waited for what it holds is in the trace of its own award", async () => {
  const quick = defineTool({
    type: "dig",
    purpose: "digs",
    input: z.unknown(),
    run: async () => ({}),
  });
  const acquire: ResourceDesk["acquire"] = async ({ task }) => {
    await pause(clock, task === "t1" ? 300 : 100);
    return { release: () => {} };
  };
  const options = { tools: [quick], concurrency: 2, resources: { acquire } };
  const agent = system.spawn(worker(options), { name: "worker" });
  const traces: string[] = [];
  for (const [index, task] of ["t1", "t2", "t3", "t4"].entries()) {
    const ordered = { ...order, lot: task, tasks: [{ task, input: {} }] };
    const auction = newTraceContext(seededRandom(index + 4));
    traces.push(auction.traceId);
    const mine = traced(agent, auction);
    await mine.ask("award", { ...award, order: ordered }, { withinMs: 1000 });
  }
  await clock.advance(2000);
  const works = tracer.spans
    .filter(({ name }) => name === "execute_tool dig")
    .map(({ attributes, context }) => `${attributes["troupe.task"]} ${context.traceId}`);
  expect(works.sort()).toEqual(traces.map((trace, index) => `t${index + 1} ${trace}`));
});
