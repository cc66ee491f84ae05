import { FencedError, type Journal, silentLog } from "@troupe/actor";
import { InMemoryJournal, JournalUnavailableError, VirtualClock } from "@troupe/testkit";
import { beforeEach, expect, test } from "vitest";
import { openGoalJournal, readGoalRecords } from "../goal/journal.ts";
import { summaryOf, viewOf } from "../goal/view.ts";
import { pursue } from "./ended-goals.test-data.ts";
import { Retention, type RetentionOptions } from "./expire-goals.ts";

const dayMs = 86_400_000;
const { signal } = new AbortController();

let clock: VirtualClock;
let journal: InMemoryJournal;
beforeEach(() => {
  clock = new VirtualClock();
  journal = new InMemoryJournal(clock);
});

function retention(over: Partial<RetentionOptions> = {}): Retention {
  return new Retention({ journal, clock, log: silentLog, keepMs: 30 * dayMs, ...over });
}

const stateOf = async (goal: string) => (await openGoalJournal(journal, goal, clock)).state;
const sizeOf = async (goal: string) => (await journal.read(`journal.goal.${goal}`)).length;

test("goals that ended long ago leave one record, by which they are known; others all of theirs", async () => {
  for (const outcome of ["succeeded", "failed", "cancelled"] as const) {
    await pursue(journal, clock, outcome, outcome);
  }
  await pursue(journal, clock, "running");
  const before = { ...(await stateOf("failed")) };
  await clock.advance(29 * dayMs);
  await pursue(journal, clock, "young", "succeeded");
  await clock.advance(2 * dayMs);

  const swept = await retention().sweep(signal);
  expect(swept).toEqual({ expired: 3, removed: 12, unreadable: 0, isPartial: false });
  for (const outcome of ["succeeded", "failed", "cancelled"]) {
    expect(await sizeOf(outcome)).toBe(1);
    expect(await stateOf(outcome)).toMatchObject({ phase: "expired", expired: { outcome } });
  }
  const { sequence, acceptedAt, updatedAt } = before;
  const after = await stateOf("failed");
  expect(after).toMatchObject({ goal: { kind: "letters" }, sequence, acceptedAt, updatedAt });
  expect(summaryOf(after)).toMatchObject({ id: "failed", phase: "expired", tasks: 0 });
  expect(viewOf(after)).toMatchObject({ expired: { outcome: "failed", endedAt: updatedAt } });
  expect(await sizeOf("running")).toBe(3);
  expect(await sizeOf("young")).toBe(4);
});

test("the segments and the snapshot of an expired goal are removed with its records", async () => {
  const opened = await openGoalJournal(journal, "long", clock, { archiveEvery: 10 });
  await pursue(journal, clock, "long");
  const long = await openGoalJournal(journal, "long", clock, { archiveEvery: 10 });
  for (let i = 0; i < 50; i += 1) await long.append({ type: "resumed", node: "n2" });
  await long.append({ type: "finished", result: { rows: 7 } });
  await expect(opened.append({ type: "suspended" })).rejects.toThrow(FencedError);
  await clock.advance(31 * dayMs);
  const subjects = ["journal.goal.long", "segment.goal.long", "snapshot.goal.long"];
  const bytes = async (subject: string) =>
    (await journal.read(subject)).reduce((sum, { payload }) => sum + payload.length, 0);
  expect(await journal.read("segment.goal.long")).toHaveLength(5);

  expect(await retention().sweep(signal)).toMatchObject({ expired: 1, unreadable: 0 });
  for (const subject of subjects) {
    expect(await journal.read(subject), subject).toHaveLength(1);
    expect(await bytes(subject), subject).toBeLessThan(400);
  }
  const records = await readGoalRecords(journal, "long");
  expect(records.map(({ record }) => record.type)).toEqual(["expired"]);
  expect(await stateOf("long")).toMatchObject({
    phase: "expired",
    expired: { outcome: "succeeded" },
  });
  // Another sweep finds nothing to do; a goal that is marked and not cleared is cleared by the next.
  expect(await retention().sweep(signal)).toMatchObject({ expired: 0, removed: 0 });
});

test("a goal is what it will be from when it has expired, also before its records are removed", async () => {
  await pursue(journal, clock, "g", "failed");
  await clock.advance(31 * dayMs);
  const stuck: Journal = {
    ...bound(journal),
    purge: () => Promise.reject(new JournalUnavailableError("journal.goal.g", "away")),
  };
  const swept = await retention({ journal: stuck }).sweep(signal);
  expect(swept).toMatchObject({ expired: 0, isPartial: true });
  expect(swept.failure).toBeInstanceOf(JournalUnavailableError);
  expect(await sizeOf("g")).toBe(5);
  const between = await stateOf("g");
  // Another node, or the same, does the rest, and writes nothing more.
  expect(await retention().sweep(signal)).toMatchObject({ expired: 1, removed: 4 });
  expect(await stateOf("g")).toEqual(between);
});

test("a sweep that failed begins again where it was, and nothing is passed over", async () => {
  for (const goal of ["a", "b", "c"]) await pursue(journal, clock, goal, "succeeded");
  await clock.advance(31 * dayMs);
  let failures = 1;
  const flaky: Journal = {
    ...bound(journal),
    purge: (subject, options) => {
      if (subject.endsWith(".b") && failures-- > 0) {
        return Promise.reject(new JournalUnavailableError(subject, "away"));
      }
      return journal.purge(subject, options);
    },
  };
  const mine = retention({ journal: flaky });
  expect(await mine.sweep(signal)).toMatchObject({ expired: 1, isPartial: true });
  expect(await mine.sweep(signal)).toMatchObject({ expired: 2, isPartial: false });
  for (const goal of ["a", "b", "c"]) expect(await sizeOf(goal)).toBe(1);
});

test("any number of nodes sweep at once, and each goal expires once", async () => {
  const goals = Array.from({ length: 20 }, (_, i) => `g${i}`);
  for (const goal of goals) await pursue(journal, clock, goal, "succeeded");
  await clock.advance(31 * dayMs);
  let expiries = 0;
  journal.observe(({ payload }) => {
    if (new TextDecoder().decode(payload).includes('"expired"')) expiries += 1;
  });
  await Promise.all([1, 2, 3].map(() => retention().sweep(signal)));
  expect(expiries).toBe(20);
  for (const goal of goals) expect(await sizeOf(goal)).toBe(1);
});

test("a coordinator that wakes after its goal has expired is fenced", async () => {
  await pursue(journal, clock, "g", "succeeded");
  const asleep = await openGoalJournal(journal, "g", clock);
  await clock.advance(31 * dayMs);
  await retention().sweep(signal);
  await expect(asleep.append({ type: "suspended" })).rejects.toThrow(FencedError);
  await expect((await openGoalJournal(journal, "g", clock)).state.phase).toBe("expired");
});

test("one sweep reads so many records, and the next ones go on until all is done", async () => {
  for (let i = 0; i < 10; i += 1) await pursue(journal, clock, `g${i}`, "succeeded");
  await clock.advance(31 * dayMs);
  let reads = 0;
  const counted: Journal = {
    ...bound(journal),
    read: (filter, options) => {
      if (filter === "journal.goal.*") reads += options?.limit ?? 1000;
      return journal.read(filter, options);
    },
  };
  const mine = retention({ journal: counted, pageRecords: 5, sweepRecords: 10 });
  expect(await mine.sweep(signal)).toMatchObject({ expired: 2, isPartial: true });
  expect(reads).toBe(10);
  for (let sweeps = 0; (await mine.sweep(signal)).isPartial; sweeps += 1) {
    expect(sweeps).toBeLessThan(10);
  }
  for (let i = 0; i < 10; i += 1) expect(await sizeOf(`g${i}`)).toBe(1);
  reads = 0;
  expect(await mine.sweep(signal)).toMatchObject({ expired: 0, isPartial: false });
  expect(reads).toBe(5);
});

test("a journal that cannot be read is left as it is, and does not hold up the others", async () => {
  await pursue(journal, clock, "strange", "succeeded");
  const strange = { v: 999, at: 0, record: { type: "finished", result: {} } };
  await journal.append("journal.goal.strange", new TextEncoder().encode(JSON.stringify(strange)));
  await pursue(journal, clock, "plain", "succeeded");
  await clock.advance(31 * dayMs);
  const swept = await retention().sweep(signal);
  expect(swept).toMatchObject({ expired: 1, isPartial: false });
  expect(swept.unreadable).toBeGreaterThan(0);
  expect(await sizeOf("strange")).toBe(5);
});

function bound(store: InMemoryJournal): Journal {
  return {
    append: (...request) => store.append(...request),
    read: (...request) => store.read(...request),
    last: (subject) => store.last(subject),
    purge: (...request) => store.purge(...request),
  };
}

test("of the trails of an expired goal's agents the last record stays, and of living goals all", async () => {
  await pursue(journal, clock, "old", "succeeded");
  await pursue(journal, clock, "running");
  const record = new TextEncoder().encode("{}");
  for (const subject of ["old.a", "old.a", "old.undo.a", "old.undo.a", "running.a", "running.a"]) {
    await journal.append(`journal.agent.${subject}`, record);
  }
  await clock.advance(31 * dayMs);
  await retention().sweep(signal);
  expect(await journal.read("journal.agent.old.>")).toHaveLength(2);
  expect(await journal.read("journal.agent.running.>")).toHaveLength(2);
});
