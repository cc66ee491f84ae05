import { expect, test } from "vitest";
import { endedOf, type Lot, Lots } from "./lots.ts";

function lotOf(lot: string, input: unknown): Lot {
  const order = {
    ...{ goal: "g", lot, attempt: 1, type: "pass", bytes: 1, rank: 0, customer: "n/c" },
    tasks: [{ task: "t", input }],
  };
  return {
    ...{ order, auction: `a-${lot}`, trace: undefined, customer: "n/c", expectedMs: 1 },
    open: new Map(),
    ended: new Map([["t", { ok: true, durationMs: 1, facts: { sum: 3 } }]]),
    ...{ untold: ["t"], withdrawn: false },
  };
}

test("what ended is known by its outcome, and what it was given is not kept", () => {
  const lots = new Lots();
  const lot = lotOf("l", { profile: "x".repeat(100_000) });
  lots.begin(lot);
  expect(lots.find({ goal: "g", lot: "l" })?.order.tasks).toHaveLength(1);
  lots.end(lot);
  const found = lots.find({ goal: "g", lot: "l" });
  expect(found?.untold).toEqual(["t"]);
  expect(found === undefined ? [] : endedOf(found)).toMatchObject([
    { task: "t", outcome: { facts: { sum: 3 } } },
  ]);
  expect(JSON.stringify(found?.order)).not.toContain("xxx");
});

test("of a thousand and one ended lots the oldest is forgotten", () => {
  const lots = new Lots();
  for (let at = 0; at <= 1000; at += 1) {
    const lot = lotOf(`l${at}`, at);
    lots.begin(lot);
    lots.end(lot);
  }
  expect(lots.find({ goal: "g", lot: "l0" })).toBeUndefined();
  expect(lots.find({ goal: "g", lot: "l1" })).toBeDefined();
});
