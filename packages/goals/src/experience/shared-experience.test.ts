import { FencedError, type Journal } from "@troupe/actor";
import { InMemoryJournal, seededRandom, VirtualClock } from "@troupe/testkit";
import { beforeEach, expect, test } from "vitest";
import { type SharedExperience, sharedExperience } from "./shared-experience.ts";

let clock: VirtualClock;
let journal: InMemoryJournal;
let warnings: string[];

beforeEach(() => {
  clock = new VirtualClock();
  journal = new InMemoryJournal(clock);
  warnings = [];
});

function onNode(of: Journal = journal, seed = 1): SharedExperience {
  const log = (_level: string, text: string) => void warnings.push(text);
  return sharedExperience({ journal: of, clock, random: seededRandom(seed), log });
}

const lesson = (goal: string, type = "fetch", failed = 0) => ({
  goal,
  at: clock.now(),
  tasks: { [type]: { succeeded: 1, failed } },
});

test("what one node stores all others read, also nodes that are started later", async () => {
  await onNode().add(lesson("a"));
  await onNode(journal, 2).add(lesson("b", "fetch", 2));
  const { actions } = await onNode(journal, 3).read();
  expect(actions["fetch"]).toMatchObject({ succeeded: 2, failed: 2 });
});

test("the end of a goal counts once, whoever tells it again", async () => {
  const node = onNode();
  await Promise.all([node.add(lesson("a")), node.add(lesson("a"))]);
  await onNode(journal, 2).add(lesson("a"));
  expect((await node.read()).actions["fetch"]).toMatchObject({ succeeded: 1, failed: 0 });
});

test("nodes that store at the same time lose nothing", async () => {
  const nodes = [1, 2, 3, 4].map((seed) => onNode(journal, seed));
  const stored = Promise.all(
    Array.from({ length: 40 }, (_, i) => nodes[i % nodes.length]?.add(lesson(`g${i}`))),
  );
  await clock.advance(5_000);
  await stored;
  expect((await onNode().read()).actions["fetch"]?.succeeded).toBe(40);
  expect(warnings).toEqual([]);
});

test("the store stays small however many goals end, and forgets none of the rates", async () => {
  const node = onNode();
  for (let i = 0; i < 450; i += 1) await node.add(lesson(`g${i}`));
  expect((await node.read()).actions["fetch"]?.succeeded).toBe(450);
  const stored = await journal.read(">");
  expect(stored.length).toBeLessThanOrEqual(102);
});

test("a journal that can't be written holds nobody up: that is logged", async () => {
  const broken: Journal = {
    append: () => Promise.reject(new FencedError("experience", 0)),
    read: (...request) => journal.read(...request),
    last: (...request) => journal.last(...request),
    purge: (...request) => journal.purge(...request),
  };
  const told = onNode(broken).add(lesson("a"));
  await clock.advance(5_000);
  await told;
  expect(warnings).toEqual(["what goals taught could not be stored"]);
});
