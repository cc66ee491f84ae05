import { VirtualClock } from "@troupe/testkit";
import { expect, test } from "vitest";
import type { Fault } from "./fault-schedule.ts";
import { injectFaults } from "./injection.ts";

const faults: readonly Fault[] = [
  { kind: "nodes", draw: 0.9 },
  { kind: "nats", downMs: 10 },
  { kind: "pause", draw: 0, forMs: 4000 },
  { kind: "nats", downMs: 20 },
  { kind: "nodes", draw: 0 },
];

function struck(up: readonly string[], serverUp: boolean) {
  const done: string[] = [];
  const fleet = {
    up,
    kill: (name: string) => void done.push(`kill ${name}`),
    pause: async (name: string, ms: number) => void done.push(`pause ${name} ${ms}`),
  };
  const server = {
    up: serverUp,
    kill: async (downMs: number) => void done.push(`server ${downMs}`),
  };
  return { done, fleet, server };
}

async function inject(up: readonly string[], serverUp: boolean, ms: number) {
  const clock = new VirtualClock();
  const { done, fleet, server } = struck(up, serverUp);
  const end = new AbortController();
  const running = injectFaults({
    clock,
    faults,
    everyMs: 1000,
    fleet,
    server,
    observe: () => {},
    fail: (error) => {
      throw error;
    },
    signal: end.signal,
  });
  await clock.advance(ms);
  end.abort();
  return { done, ...(await running) };
}

test("one fault comes after the other, each on what is up", async () => {
  const { done, faults: counts, skipped } = await inject(["a", "b"], true, 10_000);
  expect(done).toEqual(["kill b", "server 10", "pause a 4000", "server 20", "kill a"]);
  expect(counts).toEqual({ nodes: 2, nats: 2, pause: 1 });
  expect(skipped).toBe(0);
});

test("a fault that finds nothing up is left out and counted as such", async () => {
  const { done, faults: counts, skipped } = await inject([], false, 10_000);
  expect(done).toEqual([]);
  expect(counts).toEqual({ nodes: 0, nats: 0, pause: 0 });
  expect(skipped).toBe(5);
});

test("no fault comes after the end", async () => {
  expect((await inject(["a"], true, 2500)).done).toEqual(["kill a", "server 10"]);
});
