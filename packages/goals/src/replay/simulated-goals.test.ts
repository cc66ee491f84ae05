import { TroupeError } from "@troupe/actor";
import { defineTool, type Tool } from "@troupe/agents";
import { type InMemoryJournal, seededRandom } from "@troupe/testkit";
import { expect, test } from "vitest";
import { z } from "zod";
import { readGoalRecords } from "../goal/journal.ts";
import { basicTools } from "../kinds/flow/basic-tools.ts";
import type { GoalKind } from "../kinds/kind.ts";
import { FlowWorld } from "../simulation/flow-world.test-data.ts";
import { lettersKind } from "../simulation/letters.ts";
import { crew, Simulation } from "../simulation/simulation.test-data.ts";
import { quietWorld } from "../simulation/world.test-data.ts";
import { replayGoal } from "./replay-goal.ts";
import { replayKinds } from "./replay-kinds.ts";

class GateError extends TroupeError {
  readonly code = "quality-gate-failed";
  readonly retryable = false;
  readonly details = "in dispute";
}

const seeds = [1, 2, 3, 4, 5, 6, 7, 8];

async function replayOf(journal: InMemoryJournal, goal: string, kind: GoalKind) {
  const stored = await journal.read(`journal.goal.${goal}`);
  const records = await readGoalRecords(journal, goal);
  const replay = await replayGoal(goal, records, kind);
  expect(await journal.read(`journal.goal.${goal}`)).toEqual(stored);
  return replay;
}

function wrongIn({ steps }: Awaited<ReturnType<typeof replayOf>>) {
  return steps.flatMap(({ verdict, record, why }, index) =>
    verdict === "different" ? [`${index} ${record.type}: ${why}`] : [],
  );
}

/** A flow with copies, races, retries, tolerated failures, an approval, and what undoes it all. */
const flow = {
  tasks: [
    { id: "load", type: "work", input: { ms: 30 }, compensate: { type: "work", input: {} } },
    {
      id: "part",
      type: "work",
      input: { ms: 20 },
      copies: 40,
      dependsOn: ["load"],
      retry: { limit: 2, delayMs: 50 },
      compensate: { type: "work", input: { ms: 5 } },
    },
    {
      id: "slow",
      type: "work",
      input: { ms: 400 },
      dependsOn: ["load"],
      expectedMs: 40,
      speculateAfter: 2,
    },
    { id: "extra", type: "work", input: { ms: 10 }, dependsOn: ["load"] },
    { id: "beside", type: "work", dependsOn: [{ task: "extra", onFailure: "skip" }] },
    { id: "ask", type: "approval", input: { question: "is it right?" }, dependsOn: ["part"] },
    {
      id: "join",
      type: "work",
      input: { parts: { $from: "part" } },
      dependsOn: ["part", "ask", "slow", { task: "beside", onFailure: "continue" }],
    },
  ],
};

test.for(seeds)(
  "a flow that failed here and there, slept and lost a node is decided the same again, seed %i",
  async (seed) => {
    const world = new FlowWorld({ seed });
    const { clock, journal } = world;
    const chance = seededRandom(seed + 100);
    const work = defineTool({
      type: "work",
      purpose: "does what the test says",
      input: z.looseObject({ ms: z.number().optional() }),
      run: async ({ ms = 10 }, job) => {
        await new Promise<void>((resolve, reject) => {
          clock.schedule(ms * (0.5 + chance.next()), resolve);
          job.signal.addEventListener("abort", () => reject(job.signal.reason));
        });
        if (job.task !== "load" && chance.next() < 0.12) throw new Error(`${job.task} broke`);
        return { task: job.task };
      },
    });
    const tools: readonly Tool[] = [work, ...basicTools(clock)];
    const first = world.node("n1", tools, { concurrency: 3 });
    world.node("n22", tools, { concurrency: 3, coordinates: false });
    await clock.advance(1000);
    world.publish({ id: "g", kind: "flow", ...flow });
    await clock.advance(80);
    world.node("n333", tools, { concurrency: 3 });
    await clock.advance(chance.next() * 400);
    if (seed % 2 === 0) first.kill();
    await clock.advance(120_000);
    world.publish({ command: "approve", goal: "g", task: "ask", approved: seed % 3 > 0 });
    await clock.advance(120_000);
    const [kind] = replayKinds.filter(({ name }) => name === "flow");
    if (kind === undefined) throw new Error("no kind");
    const replay = await replayOf(journal, "g", kind);
    expect(wrongIn(replay)).toEqual([]);
    expect(["succeeded", "failed"]).toContain(replay.state.phase);
    expect(replay.same).toBeGreaterThan(20);
  },
);

test.for(["big", "small"])(
  "a vote that %s takes part in, what analysts make of a failure, and its repair are decided the same",
  async (word) => {
    const world = quietWorld();
    const { clock, journal } = world;
    const simulation = new Simulation(world);
    crew(simulation, ["big", word, "big"]);
    let shipped = false;
    simulation.scripts.set("ship", async () => {
      if (shipped) return {};
      shipped = true;
      throw new GateError("it broke");
    });
    simulation.node("n1", { coordinates: true });
    await clock.advance(2000);
    simulation.publish({ id: "g", kind: "letters" });
    await clock.advance(60_000);
    const replay = await replayOf(journal, "g", lettersKind);
    expect(wrongIn(replay)).toEqual([]);
    expect(replay.state).toMatchObject({
      phase: "succeeded",
      replannings: [{ cause: "it broke" }],
      conferred: { ship: { agreement: { size: "big" } } },
    });
    expect(replay.steps.map(({ record }) => record.type)).toContain("conferred");
  },
);
