import {
  InMemoryJournal,
  InMemoryNetwork,
  InMemoryWorkQueue,
  RecordingTracer,
  seededRandom,
  VirtualClock,
} from "@troupe/testkit";
import { expect, test } from "vitest";
import { crew, Simulation, subjects } from "../simulation/simulation.test-data.ts";
import { deadGoalsSchema } from "./dead-goals.ts";

test("goals that were refused are told, newest first, with why and what was published, as many as fit into a message", async () => {
  const clock = new VirtualClock();
  const journal = new InMemoryJournal(clock);
  const network = new InMemoryNetwork({ clock, random: seededRandom(1), delayMs: 1 });
  const simulation = new Simulation({
    clock,
    network,
    journal,
    queue: new InMemoryWorkQueue(clock),
    random: seededRandom,
    tracer: new RecordingTracer(clock, seededRandom(2)),
  });
  crew(simulation);
  simulation.node("n1", { coordinates: true });
  await clock.advance(2000);
  expect(await simulation.request(subjects.dead, {})).toEqual({ dead: [], more: false });
  simulation.publish({ kind: "parcels" });
  simulation.publish({ kind: "letters", note: "x".repeat(5000) });
  await clock.advance(2000);
  const told = await simulation.request(subjects.dead, {});
  expect(told).toMatchObject({
    dead: [
      { sequence: 2, reason: "invalid-goal", cut: true },
      { sequence: 1, reason: "unknown-goal-kind", text: '{"kind":"parcels"}', cut: false },
    ],
    more: false,
  });
  expect(await simulation.request(subjects.dead, { limit: 1 })).toMatchObject({
    dead: [{ sequence: 2 }],
    more: true,
  });
  // Half a million bytes, as JSON.
  for (let at = 0; at < 45; at += 1)
    simulation.publish({ kind: "letters", note: "€".repeat(4000) });
  await clock.advance(5000);
  const { dead, more } = deadGoalsSchema.parse(await simulation.request(subjects.dead, {}));
  const newest = Array.from(dead, (_, at) => 47 - at);
  expect(dead.map(({ sequence }) => sequence)).toEqual(newest);
  expect([dead.length > 20, dead.length < 25, more]).toEqual([true, true, true]);
});
