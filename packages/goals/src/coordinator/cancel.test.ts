import {
  InMemoryJournal,
  InMemoryNetwork,
  InMemoryWorkQueue,
  RecordingTracer,
  seededRandom,
  VirtualClock,
} from "@troupe/testkit";
import { expect, test } from "vitest";
import { crew, Simulation, subjects, titleOf } from "../simulation/simulation.test-data.ts";

/** How long a message takes, and the journal, milliseconds. */
interface Speed {
  readonly messageMs: number;
  readonly journalMs: number;
}
const endings = ["finished", "failed", "cancelled"];

/** Runs a goal in which everything takes its time, and cancels it after a while. */
async function cancelAfter(ms: number, { messageMs, journalMs }: Speed) {
  const clock = new VirtualClock();
  const network = new InMemoryNetwork({ clock, random: seededRandom(1), delayMs: messageMs });
  const journal = new InMemoryJournal(clock);
  const queue = new InMemoryWorkQueue(clock);
  const tracer = new RecordingTracer(clock, seededRandom(2));
  const world = { clock, network, journal, queue, random: seededRandom, tracer };
  const simulation = new Simulation(world);
  crew(simulation, ["big", "small", "big"]);
  simulation.node("n1", { coordinates: true, journalMs });
  await clock.advance(2000);
  simulation.publish({ id: "g", kind: "letters" });
  await clock.advance(ms);
  const answer = await simulation.request(subjects.cancel("g"), { reason: "changed my mind" });
  await clock.advance(20_000);
  return { answer, simulation, records: await simulation.records("g") };
}

const moments = Array.from({ length: 230 }, (_, index) => 6 + index * 6);
const slowJournal: Speed = { messageMs: 2, journalMs: 6 };
const slowMessages: Speed = { messageMs: 9, journalMs: 12 };

test.for([
  ["a slow journal", slowJournal],
  ["slower messages", slowMessages],
] as const)(
  "with %s, a goal cancelled at any moment ends once as cancelled, and its running work is told",
  async ([, speed]) => {
    // The word of the end takes the journal's answer and a message, or two when it crosses an acceptance.
    const onTheWayMs = speed.journalMs + 3 * speed.messageMs;
    const cancelledAfter = new Set<string>();
    for (const ms of moments) {
      const { answer, simulation, records } = await cancelAfter(ms, speed);
      const { timeline } = simulation;
      const where = `${ms} ms: ${timeline.join(", ")}`;
      const titles = records.map(titleOf);
      expect(
        titles.filter((title) => endings.includes(title)),
        where,
      ).toHaveLength(1);
      const asked = titles.indexOf("cancel-requested");
      if (asked === -1) {
        expect(answer, where).toMatchObject({ error: { code: expect.any(Number) } });
        expect(titles.at(-1), where).toBe("finished");
        continue;
      }
      expect(answer, where).toEqual({ goal: "g", cancelling: true });
      expect(titles.at(-1), where).toBe("cancelled");
      expect(await simulation.result("g"), where).toMatchObject({ outcome: "cancelled" });
      cancelledAfter.add(titles[asked - 1] ?? "");
      const stopped = (run: string) =>
        timeline.some((entry) => entry === `ended ${run}` || entry === `aborted ${run}`);
      // What ends while the word is on its way has ended by itself.
      const told = (simulation.times[timeline.indexOf("cancelled")] ?? 0) + onTheWayMs;
      for (const [index, entry] of timeline.entries()) {
        if ((simulation.times[index] ?? 0) > told)
          expect(entry, where).not.toMatch(/^(run|ended) /);
      }
      for (const entry of timeline) {
        const run = /^run (\S+)/.exec(entry)?.[1];
        if (run !== undefined) expect(stopped(run), `${where}; ${run} goes on`).toBe(true);
      }
    }
    expect([...cancelledAfter]).toEqual(
      expect.arrayContaining(["accepted", "task-done look/1", "planned", "awarded ship/1"]),
    );
  },
);

test("a goal that ended is not cancelled, and whoever asks is told", async () => {
  const { answer, records } = await cancelAfter(5000, slowJournal);
  expect(answer).toMatchObject({ error: { code: 409, reason: "goal-ended" } });
  expect(records.at(-1)).toMatchObject({ type: "finished" });
});
