import { silentLog } from "@troupe/actor";
import { expect, test } from "vitest";
import { pursue } from "../retention/ended-goals.test-data.ts";
import { Retention } from "../retention/expire-goals.ts";
import { crew, Simulation, subjects } from "../simulation/simulation.test-data.ts";
import { quietWorld } from "../simulation/world.test-data.ts";

const dayMs = 86_400_000;

test("goals that have expired are listed by their age, shown, and known by their id", async () => {
  const world = quietWorld({ delayMs: 1 });
  const { clock, journal } = world;
  const simulation = new Simulation(world);
  await pursue(journal, clock, "oldest", "failed");
  await pursue(journal, clock, "old", "succeeded");
  await clock.advance(31 * dayMs);
  // Its records come before those that are all that is left of the old ones.
  await pursue(journal, clock, "young", "succeeded");
  const retention = new Retention({ journal, clock, log: silentLog, keepMs: 30 * dayMs });
  await retention.sweep(new AbortController().signal);

  crew(simulation);
  simulation.node("n1", { coordinates: true });
  await clock.advance(2000);
  const { goals } = (await simulation.request(subjects.list, {})) as {
    goals: readonly { readonly id: string; readonly phase: string }[];
  };
  expect(goals.map(({ id, phase }) => `${id} ${phase}`)).toEqual([
    "young succeeded",
    "old expired",
    "oldest expired",
  ]);
  expect(await simulation.request(subjects.show("oldest"), {})).toMatchObject({
    phase: "expired",
    kind: "letters",
    expired: { outcome: "failed" },
  });
  const again = await simulation.request(subjects.goals, { id: "old", kind: "letters" });
  expect(again).toMatchObject({ goal: "old", duplicate: true });
  await clock.advance(10_000);
  expect(await simulation.records("old")).toHaveLength(1);
  const cancelled = await simulation.request(subjects.cancel("old"), {});
  expect(cancelled).toMatchObject({ error: { reason: "goal-ended" } });
});
