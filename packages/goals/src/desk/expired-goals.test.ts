import { silentLog } from "@troupe/actor";
import {
  InMemoryJournal,
  InMemoryNetwork,
  InMemoryWorkQueue,
  RecordingTracer,
  seededRandom,
  VirtualClock,
} from "@troupe/testkit";
import { expect, test } from "vitest";
import { pursue } from "../retention/ended-goals.test-data.ts";
import { Retention } from "../retention/expire-goals.ts";
import { crew, Simulation, subjects } from "../simulation/simulation.test-data.ts";

const dayMs = 86_400_000;

test("goals that have expired are listed by their age, shown, and known by their id", async () => {
  const clock = new VirtualClock();
  const journal = new InMemoryJournal(clock);
  const simulation = new Simulation({
    clock,
    network: new InMemoryNetwork({ clock, random: seededRandom(1), delayMs: 1 }),
    journal,
    queue: new InMemoryWorkQueue(clock),
    random: seededRandom,
    tracer: new RecordingTracer(clock, seededRandom(2)),
  });
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
