import { silentLog } from "@troupe/actor";
import { InMemoryJournal, settled, VirtualClock } from "@troupe/testkit";
import { expect, test } from "vitest";
import { journaledSkills } from "./journaled-skills.ts";
import { Skills } from "./skills.ts";

const subject = "journal.worker.n1-digger";
const types = new Set(["dig"]);
const slow = { succeeded: true, durationMs: 9000, bytes: 1000 };

function stage() {
  const clock = new VirtualClock();
  const journal = new InMemoryJournal(clock);
  const store = journaledSkills(journal, "n1-digger", silentLog);
  const end = new AbortController();
  const live = () => new Skills(clock, end.signal, store);
  return { clock, journal, end, live, store };
}

test("what a worker has learned of its speed is kept, and its next life bids by it", async () => {
  const { clock, journal, live } = stage();
  const first = live();
  const unknown = first.expect("dig", 1000, 0.5);
  for (let n = 0; n < 5; n += 1) first.learn("dig", slow);
  const learned = first.expect("dig", 1000, 0.5);
  expect(learned.durationMs).toBeGreaterThan(10 * unknown.durationMs);
  await clock.advance(20_000);
  const next = live();
  await next.recall(types);
  expect(next.expect("dig", 1000, 0.5)).toEqual(learned);
  // However much it does, one record is kept.
  first.learn("dig", slow);
  await clock.advance(20_000);
  expect(await journal.read(subject)).toHaveLength(1);
});

test("what is learned while earlier lives are remembered counts, and other types are left out", async () => {
  const { clock, live, store } = stage();
  const first = live();
  first.learn("dig", slow);
  first.learn("fly", slow);
  await clock.advance(20_000);
  const next = live();
  next.learn("dig", { ...slow, durationMs: 1 });
  const own = next.expect("dig", 1000, 0.5);
  await next.recall(types);
  expect(next.expect("dig", 1000, 0.5)).toEqual(own);
  expect(next.expect("fly", 1000, 0.5).confidence).toBe(0.5);
  expect(Object.keys(await store.load())).toEqual(["dig", "fly"]);
});

test("a bad past counts as ten tasks at most, so that what was mended shows soon", async () => {
  const { clock, live } = stage();
  const first = live();
  for (let n = 0; n < 1000; n += 1) first.learn("dig", { ...slow, succeeded: false });
  await clock.advance(20_000);
  const next = live();
  await next.recall(types);
  expect(next.expect("dig", 1000, 0.5).quality).toBeLessThan(0.1);
  for (let n = 0; n < 10; n += 1) next.learn("dig", slow);
  expect(next.expect("dig", 1000, 0.5).quality).toBeGreaterThan(0.49);
});

test("a worker that stops leaves no timer, and a journal that fails or is damaged stops nobody", async () => {
  const { clock, journal, end, live } = stage();
  const first = live();
  first.learn("dig", slow);
  end.abort();
  await clock.advance(60_000);
  expect(journal.lastSequence).toBe(0);
  await journal.append(subject, new TextEncoder().encode("no JSON"));
  const next = live();
  await next.recall(types);
  expect(next.expect("dig", 1000, 0.5).confidence).toBe(0.5);
  const broken = { ...journal, append: () => Promise.reject(new Error("no")) };
  const store = journaledSkills(broken as unknown as InMemoryJournal, "n1-digger", silentLog);
  const lost = new Skills(clock, new AbortController().signal, store);
  lost.learn("dig", slow);
  await clock.advance(20_000);
  await settled();
});
