import { InMemoryJournal, VirtualClock } from "@troupe/testkit";
import { expect, test } from "vitest";
import { live, times } from "./episodes.test-data.ts";
import { Learner } from "./learner.ts";
import type { Episode } from "./memory.ts";
import { reflect } from "./reflect.ts";

/** `a` fails after a while, then `b` does it. */
const detour: Episode = {
  situation: "s",
  tried: [
    { method: "a", ok: false, durationMs: 80 },
    { method: "b", ok: true, durationMs: 20 },
  ],
  ok: true,
  durationMs: 100,
};
const direct = (durationMs: number, ok = true): Episode => ({
  situation: "s",
  tried: [{ method: "b", ok, durationMs }],
  ok,
  durationMs,
});

test("a method that fails five times running is no longer tried first, for a reason with numbers", () => {
  expect(live(times(4, detour)).changes).toEqual([]);
  const { changes } = live(times(5, detour));
  expect(changes).toEqual([
    {
      type: "adapted",
      situation: "s",
      kind: "begin-with",
      method: "b",
      because: "of the last 5 tries 'a' succeeded in 0 %, 'b' in 100 %",
      before: { durationMs: 100, success: 1 },
    },
  ]);
});

test("a change that helps is confirmed once it was measured, and stays", () => {
  const adapted = live(times(5, detour)).memory;
  const { changes, memory } = live(times(20, direct(20)), adapted);
  expect(changes).toEqual([
    {
      type: "confirmed",
      situation: "s",
      kind: "begin-with",
      method: "b",
      because: "100 % done in 20 ms instead of 100 % done in 100 ms",
    },
  ]);
  expect(memory.adaptations["s"]).toMatchObject({ method: "b", confirmed: true });
});

test.for([
  ["slower", direct(150)],
  ["failing more", direct(20, false)],
] as const)("a change that is %s is withdrawn, and not tried again soon", ([, worse]) => {
  const adapted = live(times(5, detour)).memory;
  const { changes, memory } = live(times(5, worse), adapted);
  expect(changes).toMatchObject([{ type: "withdrawn", method: "b" }]);
  expect(memory.adaptations).toEqual({});
  expect(live(times(20, detour), memory).changes).toEqual([]);
  expect(live(times(60, detour), memory).changes[0]).toMatchObject({ type: "adapted" });
});

test("one that was confirmed is withdrawn when it fails later", () => {
  const confirmed = live([...times(5, detour), ...times(5, direct(20))]).memory;
  const { changes } = live(times(1, direct(20, false)), confirmed);
  expect(changes).toMatchObject([{ type: "withdrawn", because: expect.stringContaining("80 %") }]);
});

test("situations are learned apart", () => {
  const other = { ...detour, situation: "t" };
  const { memory } = live([...times(5, detour), ...times(3, other)]);
  expect(Object.keys(memory.adaptations)).toEqual(["s"]);
});

test("500 episodes are kept, and of more the newest 400", () => {
  expect(live(times(500, direct(1))).memory.episodes).toHaveLength(500);
  const { episodes, count } = live(times(501, direct(1))).memory;
  expect([episodes.length, episodes[0]?.number, count]).toEqual([400, 102, 501]);
});

test("trends are told from the last ten episodes", () => {
  const trendOf = (episodes: readonly Episode[]) =>
    reflect(live(episodes).memory, episodes.at(-1) ?? detour).trend;
  expect(trendOf(times(5, direct(10)))).toBe("unknown");
  expect(trendOf([...times(3, direct(100)), ...times(3, direct(10))])).toBe("faster");
  expect(trendOf([...times(3, direct(10)), ...times(3, direct(100))])).toBe("slower");
  expect(trendOf(times(6, direct(10)))).toBe("level");
});

test("tasks that end at the same time lead to one change", async () => {
  const clock = new VirtualClock();
  const journal = new InMemoryJournal(clock);
  const learner = new Learner({ journal, clock, agent: "n1-x" });
  await Promise.all(times(7, detour).map((episode) => learner.learn(episode)));
  const stored = await journal.read("journal.reflection.n1-x");
  const text = stored.map(({ payload }) => new TextDecoder().decode(payload)).join("\n");
  expect(text.split('"adapted"')).toHaveLength(2);
});

test("what was learned outlives the agent, and a journal that fails stops nobody", async () => {
  const clock = new VirtualClock();
  const journal = new InMemoryJournal(clock);
  const learner = new Learner({ journal, clock, agent: "n1-x" });
  // Enough for a snapshot, with which older records go.
  for (const episode of [...times(5, detour), ...times(115, direct(20))])
    await learner.learn(episode);
  const reborn = new Learner({ journal, clock, agent: "n1-x" });
  expect(await reborn.order("s", ["a", "b"])).toEqual(["b", "a"]);
  expect(await reborn.order("other", ["a", "b"])).toEqual(["a", "b"]);
  expect((await journal.read("journal.reflection.n1-x")).length).toBeLessThan(120);
  const broken = {
    ...journal,
    read: () => Promise.reject(new Error("no")),
    last: () => Promise.reject(new Error("no")),
  };
  const lost = new Learner({ journal: broken as unknown as InMemoryJournal, clock, agent: "n1-x" });
  await lost.learn(detour);
  expect(await lost.order("s", ["a", "b"])).toEqual(["a", "b"]);
});
