import { expect, test } from "vitest";
import { faultKinds } from "./fault-kinds.ts";
import { chosen, type Fault, faultSchedule } from "./fault-schedule.ts";

function first(count: number, seed: number, kinds = [...faultKinds]): readonly Fault[] {
  return faultSchedule({ seed, kinds, leaseMs: 3000 }).take(count).toArray();
}

test("a seed always gives the same faults, and another seed others", () => {
  expect(first(60, 7)).toEqual(first(60, 7));
  expect(first(60, 7)).not.toEqual(first(60, 8));
});

test("each round of faults holds every kind once, and rounds differ in their order", () => {
  const rounds = Array.from({ length: 20 }, (_, round) =>
    first(60, 3)
      .slice(round * 3, round * 3 + 3)
      .map(({ kind }) => kind),
  );
  for (const round of rounds) expect([...round].sort()).toEqual([...faultKinds].sort());
  expect(new Set(rounds.map(String)).size).toBeGreaterThan(1);
});

test("only the kinds that were asked for come", () => {
  expect(new Set(first(30, 1, ["nats", "pause"]).map(({ kind }) => kind))).toEqual(
    new Set(["nats", "pause"]),
  );
});

test("a paused node sleeps longer than its lease", () => {
  const pauses = first(90, 5).flatMap((fault) => (fault.kind === "pause" ? [fault.forMs] : []));
  expect(pauses).toHaveLength(30);
  expect(Math.min(...pauses)).toBeGreaterThan(3000);
  expect(Math.max(...pauses)).toBeLessThanOrEqual(6000);
});

test("a draw chooses each of those there are, and nothing of none", () => {
  expect([0, 0.34, 0.99].map((draw) => chosen(draw, ["a", "b", "c"]))).toEqual(["a", "b", "c"]);
  expect(chosen(0.5, [])).toBeUndefined();
});
