import type { Journal } from "@troupe/actor";
import { InMemoryJournal, VirtualClock } from "@troupe/testkit";
import { beforeEach, expect, test } from "vitest";
import { openGoalJournal } from "../goal/journal.ts";
import { pursue } from "../retention/ended-goals.test-data.ts";
import { GoalIndex } from "./goal-index.ts";

let clock: VirtualClock;
let journal: InMemoryJournal;
let read: string[];
let index: GoalIndex;
beforeEach(() => {
  clock = new VirtualClock();
  journal = new InMemoryJournal(clock);
  read = [];
  const watched: Journal = {
    append: (...given) => journal.append(...given),
    read: (filter, options) => {
      read.push(filter);
      return journal.read(filter, options);
    },
    last: (subject) => journal.last(subject),
    purge: (...given) => journal.purge(...given),
  };
  index = new GoalIndex(watched, clock);
});

const all = { limit: 1000, changedAfter: 0 };
const goalsRead = () => read.filter((filter) => filter.startsWith("journal.goal.g"));
const ids = ({ goals }: { readonly goals: readonly { readonly id: string }[] }) =>
  goals.map(({ id }) => id);

test("a second list reads only the goals that have changed, and both tell the same", async () => {
  for (const id of ["g1", "g2", "g3"]) {
    await pursue(journal, clock, id, id === "g2" ? undefined : "succeeded");
    await clock.advance(10);
  }
  expect(ids(await index.list(all))).toEqual(["g3", "g2", "g1"]);
  read.length = 0;
  expect(ids(await index.list(all))).toEqual(["g3", "g2", "g1"]);
  expect(goalsRead()).toEqual([]);

  const opened = await openGoalJournal(journal, "g2", clock);
  await opened.append({ type: "cancelled", reason: "enough" });
  const { goals } = await index.list(all);
  expect(goals.map(({ phase }) => phase)).toEqual(["succeeded", "cancelled", "succeeded"]);
  expect(new Set(goalsRead())).toEqual(new Set(["journal.goal.g2"]));
  expect(await new GoalIndex(journal, clock).list(all)).toEqual(await index.list(all));
});

test("lists come in pages, and only of what has changed since", async () => {
  for (const id of ["g1", "g2", "g3"]) {
    await pursue(journal, clock, id, "succeeded");
    await clock.advance(10);
  }
  const page = await index.list({ limit: 2, changedAfter: 0 });
  expect([ids(page), page.more]).toEqual([["g3", "g2"], true]);
  const rest = await index.list({ limit: 2, changedAfter: 0, before: "g2" });
  expect([ids(rest), rest.more]).toEqual([["g1"], false]);

  expect(ids(await index.list({ limit: 2, changedAfter: rest.last }))).toEqual([]);
  await pursue(journal, clock, "g4");
  expect(ids(await index.list({ limit: 2, changedAfter: rest.last }))).toEqual(["g4"]);
});

test("whoever asks while the journal is read sees what was stored before the question", async () => {
  await pursue(journal, clock, "g1", "succeeded");
  const early = index.list(all);
  await pursue(journal, clock, "g2", "succeeded");
  const late = await Promise.all([index.list(all), index.list(all)]);
  expect(ids(await early)).toContain("g1");
  expect(late.map(ids)).toEqual([
    ["g2", "g1"],
    ["g2", "g1"],
  ]);
});
