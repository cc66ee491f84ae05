import { TroupeError } from "@troupe/actor";
import type { InMemoryJournal, VirtualClock } from "@troupe/testkit";
import { beforeEach, expect, test } from "vitest";
import { readGoalRecords } from "../goal/journal.ts";
import type { GoalRecord } from "../goal/records.ts";
import { replayGoal } from "../replay/replay-goal.ts";
import { lettersKind } from "../simulation/letters.ts";
import { crew, Simulation, titleOf } from "../simulation/simulation.test-data.ts";
import { quietWorld } from "../simulation/world.test-data.ts";

class GateError extends TroupeError {
  readonly code = "quality-gate-failed";
  readonly retryable = false;
  readonly details = "in dispute";
}

let clock: VirtualClock;
let journal: InMemoryJournal;
let simulation: Simulation;

beforeEach(() => {
  const world = quietWorld();
  ({ clock, journal } = world);
  simulation = new Simulation(world);
  simulation.scripts.set("ship", async ({ task }) => {
    if (task === "ship") throw new GateError("it broke");
    return {};
  });
});

async function begin(says: readonly string[]) {
  crew(simulation, [...says]);
  const first = simulation.node("n1", { coordinates: true, journalMs: 100 });
  await clock.advance(2000);
  simulation.publish({ id: "g", kind: "letters" });
  return first;
}

async function outcome() {
  const records = await simulation.records("g");
  const { different } = await replayGoal("g", await readGoalRecords(journal, "g"), lettersKind);
  const conferred = records.filter(
    (record): record is Extract<GoalRecord, { type: "conferred" }> => record.type === "conferred",
  );
  return { records, titles: records.map(titleOf), conferred, different };
}

test("before a plan is repaired for what is in dispute, the analysts vote, and how they did is on record", async () => {
  await begin(["big", "small", "big", "big", "big"]);
  await clock.advance(60_000);
  const { titles, conferred, different } = await outcome();
  expect(titles.indexOf("conferred ship")).toBe(titles.indexOf("task-failed ship/1") + 1);
  expect(titles.indexOf("replanned")).toBe(titles.indexOf("conferred ship") + 1);
  expect(conferred).toMatchObject([
    {
      task: "ship",
      agreement: { size: "big" },
      votes: [{ decided: "big", counts: { big: 5 }, proposed: { small: ["w2/analyst"] } }],
    },
  ]);
  expect(titles.at(-1)).toBe("finished");
  expect(different).toBe(0);
});

test("a coordinator that dies before the vote is on record is followed by one that holds it, once", async () => {
  const first = await begin(["big", "small", "big", "big", "big"]);
  for (let ms = 0; ms < 30_000; ms += 10) {
    if (simulation.timeline.includes("task-failed ship/1")) break;
    await clock.advance(10);
  }
  first.kill();
  simulation.node("n2", { coordinates: true });
  await clock.advance(120_000);
  const { titles, conferred, different } = await outcome();
  expect(titles).toContain("resumed");
  expect(conferred).toHaveLength(1);
  expect(titles.indexOf("conferred ship")).toBeGreaterThan(titles.indexOf("resumed"));
  expect(titles.filter((title) => title === "replanned")).toHaveLength(1);
  expect(titles.at(-1)).toBe("finished");
  expect(different).toBe(0);
});

test("a repair that nobody was asked about first, and an agreement that does not follow its vote, are found by replay", async () => {
  await begin(["big", "small", "big", "big", "big"]);
  await clock.advance(60_000);
  const stored = await readGoalRecords(journal, "g");
  const wrongIn = async (records: typeof stored) => {
    const { steps } = await replayGoal("g", records, lettersKind);
    return steps.find(({ verdict }) => verdict === "different")?.why;
  };
  const unasked = stored.filter(({ record }) => record.type !== "conferred");
  expect(await wrongIn(unasked)).toBe("the next step was 'confer'");
  const bent = stored.map((one) =>
    one.record.type === "conferred"
      ? { ...one, record: { ...one.record, agreement: { size: "small" } } }
      : one,
  );
  expect(await wrongIn(bent)).toBe("the vote on 'size' decided 'big', not 'small'");
});
