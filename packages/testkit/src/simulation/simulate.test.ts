import { describe, expect, test } from "vitest";
import { scenarios } from "./scenarios/index.ts";
import { journaledEntity } from "./scenarios/journaled-entity.ts";
import { messaging } from "./scenarios/messaging.ts";
import { simulate } from "./simulate.ts";
import { firstViolation } from "./testing/seeds.test-data.ts";

test.each(scenarios)(
  "the same seed of $name gives the same hash, another one another",
  async (scenario) => {
    const first = await simulate(scenario, 7);
    expect(await simulate(scenario, 7)).toEqual(first);
    expect((await simulate(scenario, 8)).hash).not.toBe(first.hash);
  },
);

test.each(scenarios)(
  "$name meets at least four faults and some hundred steps",
  async (scenario) => {
    const { faults, steps } = await simulate(scenario, 1);
    expect(faults).toBeGreaterThanOrEqual(4);
    expect(steps).toBeGreaterThan(200);
  },
);

test("a trace holds what happened, when asked for", async () => {
  const { trace, hash } = await simulate(messaging, 3, { trace: true });
  expect(trace[0]).toBe("0 begin messaging 3");
  expect(trace.some((line) => line.includes(" fault partition "))).toBe(true);
  expect((await simulate(messaging, 3)).hash).toBe(hash);
});

test("what a scenario throws is a violation", async () => {
  const broken = {
    ...messaging,
    begin: () => {
      throw new Error("no such luck");
    },
  };
  const { violations } = await simulate(broken, 1);
  expect(violations).toMatchObject([{ invariant: expect.any(String), detail: "no such luck" }]);
});

describe("faults that break a port's contract are found", () => {
  const always = { times: 4, forMs: [4000, 8000] } as const;

  test("two winners of one compare-and-set, as in NATS before 2.9.21", async () => {
    const found = await firstViolation(journaledEntity, {
      twoWinners: { ...always, accepted: 0.9 },
    });
    expect(found?.violations.map(({ invariant }) => invariant)).toContain("history does not fork");
  });

  test("appends that were acknowledged and not synced when the power went", async () => {
    const found = await firstViolation(journaledEntity, {
      powerLoss: { times: 2, syncIntervalMs: 120_000 },
    });
    expect(found?.violations.map(({ invariant }) => invariant)).toContain(
      "what was acknowledged is stored",
    );
  });

  test("reads from a replica that lags", async () => {
    const found = await firstViolation(journaledEntity, {
      staleReads: { ...always, stale: 0.5, lagMs: 3000 },
    });
    expect(found?.violations.map(({ invariant }) => invariant)).toContain(
      "appends and reads are linearizable",
    );
  });

  test.each([
    ["duplicate", "a message is handled at most once"],
    ["reorder", "messages of a pair keep their order"],
  ])("a network that %ss messages", async (fault, invariant) => {
    const links = { times: 20, forMs: [2000, 6000] as const, delayMs: 300, [fault]: 0.5 };
    const found = await firstViolation(messaging, { links });
    expect(found?.violations.map((violation) => violation.invariant)).toContain(invariant);
  });
});
