import type { InMemoryJournal, VirtualClock } from "@troupe/testkit";
import { beforeEach, expect, test } from "vitest";
import { openGoalJournal } from "../goal/journal.ts";
import { goalRecordSchema } from "../goal/records.ts";
import { crew, Simulation, subjects } from "../simulation/simulation.test-data.ts";
import { quietWorld } from "../simulation/world.test-data.ts";

let clock: VirtualClock;
let journal: InMemoryJournal;
let simulation: Simulation;
beforeEach(async () => {
  const world = quietWorld({ delayMs: 1 });
  ({ clock, journal } = world);
  simulation = new Simulation(world);
  crew(simulation);
  simulation.node("n1", { coordinates: true, archiveEvery: 3 });
  await clock.advance(2000);
});

interface Page {
  readonly events: readonly { readonly sequence: number; readonly record: unknown }[];
  readonly more: boolean;
}

test("history is whole although most of it has left the journal, from any place on", async () => {
  const stored: string[] = [];
  journal.observe(({ subject, payload }) => {
    if (subject === "journal.goal.g") stored.push(new TextDecoder().decode(payload));
  });
  simulation.publish({ id: "g", kind: "letters" });
  await clock.advance(10_000);
  expect((await journal.read("journal.goal.g")).length).toBeLessThan(stored.length / 2);
  const { events } = (await simulation.request(subjects.history("g"), {})) as Page;
  const records = stored.flatMap((text) => [JSON.parse(text).record].flat());
  expect(events.map(({ record }) => goalRecordSchema.parse(record))).toEqual(records);
  for (const { sequence: after } of events) {
    const page = (await simulation.request(subjects.history("g"), { after })) as Page;
    expect(page.events).toEqual(events.filter(({ sequence }) => sequence > after));
  }
  expect(await simulation.request(subjects.show("g"), {})).toMatchObject({ phase: "succeeded" });
  const none = await simulation.request(subjects.history("nobody"), {});
  expect(none).toMatchObject({ error: { reason: "goal-not-found" } });
});

test("goals are listed by when they were accepted, also when those records are archived", async () => {
  simulation.publish({ id: "older", kind: "letters" });
  await clock.advance(10_000);
  simulation.publish({ id: "newer", kind: "letters" });
  await clock.advance(10_000);
  // What is left of the older one in the journal is newer than all of the other's.
  const older = await openGoalJournal(journal, "older", clock, { archiveEvery: 1 });
  await older.append({ type: "resumed", node: "n1" });
  await clock.advance(0);
  const { goals } = (await simulation.request(subjects.list, {})) as {
    goals: readonly { readonly id: string }[];
  };
  expect(goals.map(({ id }) => id)).toEqual(["newer", "older"]);
});
