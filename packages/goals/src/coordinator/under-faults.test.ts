import type { Transport } from "@troupe/actor";
import {
  InMemoryJournal,
  InMemoryNetwork,
  InMemoryWorkQueue,
  RecordingTracer,
  seededRandom,
  VirtualClock,
} from "@troupe/testkit";
import { expect, test } from "vitest";
import { letterTasks } from "../simulation/letters.ts";
import { Simulation, titleOf } from "../simulation/simulation.test-data.ts";

const goals = ["g1", "g2", "g3"];
const endings = ["finished", "failed", "cancelled"];

/** Three goals on five nodes, of which one dies and one is cut off, on a network that loses and repeats. */
async function runUnderFaults(seed: number) {
  const clock = new VirtualClock();
  const random = seededRandom(seed);
  const below = (limit: number): number => Math.floor(random.next() * limit);
  const network = new InMemoryNetwork({ clock, random });
  const loss = random.next() * 0.1;
  const faulty = (transport: Transport): Transport => ({
    ...transport,
    publish: (...message) => {
      const copies = random.next() < loss ? 0 : random.next() < 0.05 ? 2 : 1;
      for (let copy = 0; copy < copies; copy += 1) {
        clock.schedule(below(60), () => transport.publish(...message));
      }
    },
  });
  const simulation = new Simulation({
    clock,
    network: {
      connect: (peer) =>
        peer.startsWith("n") ? faulty(network.connect(peer)) : network.connect(peer),
      isolate: (peer) => network.isolate(peer),
      heal: () => network.heal(),
    },
    journal: new InMemoryJournal(clock),
    queue: new InMemoryWorkQueue(clock),
    random: (each) => seededRandom(seed * 1000 + each),
    tracer: new RecordingTracer(clock, seededRandom(seed)),
  });
  simulation.workMs = 9000;
  const nodes = [1, 2, 3, 4, 5].map((index) =>
    simulation.node(`n${index}`, {
      does: letterTasks,
      says: ["big", "small"][below(2)] ?? "big",
      coordinates: true,
      journalMs: 1 + below(20),
    }),
  );
  await clock.advance(5000);
  for (const id of goals) simulation.publish({ id, kind: "letters" });
  const doomed = below(2);
  const victim = nodes[1 - doomed];
  clock.schedule(below(12_000), () => victim?.cutOff());
  clock.schedule(12_000 + below(20_000), () => victim?.rejoin());
  // The first node takes the goals in, so one of the two faults hits their coordinator. The dead node
  // must not come back when the other is connected again, so it dies later.
  clock.schedule(33_000 + below(5000), () => nodes[doomed]?.kill());
  await clock.advance(400_000);
  return simulation;
}

test.for(Array.from({ length: 40 }, (_, index) => index + 1))(
  "goals on a faulty network with faulty nodes end exactly once, and nothing is done twice (seed %i)",
  async (seed) => {
    const simulation = await runUnderFaults(seed);
    for (const id of goals) {
      const records = await simulation.records(id);
      const titles = records.map(titleOf);
      const where = `${id}: ${titles.join(", ")}`;
      const ends = titles.filter((title) => endings.includes(title));
      expect(ends, where).toHaveLength(1);
      expect(titles.at(-1), where).toBe(ends[0]);
      expect(await simulation.result(id), where).toMatchObject({ goal: id });
      const done = records.flatMap((record) => (record.type === "task-done" ? [record.task] : []));
      expect(new Set(done).size, where).toBe(done.length);
      for (const [index, record] of records.entries()) {
        if (record.type !== "awarded") continue;
        const before = records.slice(0, index);
        expect(
          before.some(
            (earlier) => earlier.type === "task-done" && record.tasks.includes(earlier.task),
          ),
          where,
        ).toBe(false);
      }
      for (const once of ["accepted", "deliberated", "planned"]) {
        expect(titles.filter((title) => title === once).length, where).toBeLessThan(2);
      }
    }
  },
);

test("the faults bite: goals change hands and work is lost, and all succeed in spite of it", async () => {
  const titles: string[] = [];
  for (const seed of [6, 7, 8, 9, 10, 11]) {
    const simulation = await runUnderFaults(seed);
    for (const id of goals) titles.push(...(await simulation.records(id)).map(titleOf));
  }
  const count = (start: string) => titles.filter((title) => title.startsWith(start)).length;
  expect(count("resumed")).toBeGreaterThan(6);
  expect(count("task-failed")).toBeGreaterThan(6);
  expect(count("finished")).toBe(6 * goals.length);
});
