import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@troupe/actor";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type FleetNews, NodeFleet } from "./node-fleet.ts";

let folder = "";
let fleet: NodeFleet;
let news: FleetNews[] = [];
let look: () => void = () => {};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "troupe-fleet-"));
  news = [];
});
afterEach(async () => {
  await fleet.stop();
  rmSync(folder, { recursive: true });
});

/** Nodes that do what `body` says instead of joining a deployment. */
function fleetOf(body: string, ...names: readonly string[]): NodeFleet {
  const program = join(folder, "node.mjs");
  writeFileSync(program, body);
  fleet = new NodeFleet({
    clock: systemClock,
    observe: (one) => {
      news.push(one);
      look();
    },
    nodes: names.map((name) => ({
      name,
      natsUrl: "nats://127.0.0.1:1",
      prefix: "troupe",
      data: folder,
      sources: [],
      environment: process.env,
      log: join(folder, `${name}.log`),
      program,
    })),
  });
  return fleet;
}

function until(seen: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    look = () => {
      if (seen()) resolve();
    };
    look();
  });
}

function times(state: FleetNews["state"]): number {
  return news.filter((one) => one.state === state).length;
}

const ready = `process.send({ ready: true }); process.on("disconnect", () => process.exit(0));`;

test("a node that is killed comes back, more often than a pool would allow", async () => {
  const running = fleetOf(ready, "a");
  await running.start();
  for (let kills = 1; kills <= 8; kills += 1) {
    running.kill("a");
    expect(running.up).toEqual([]);
    await until(() => times("ready") === kills + 1);
  }
  expect(times("crashed")).toBe(0);
});

test("a paused node does nothing until it is resumed, and is not among those that are up", async () => {
  const running = fleetOf(ready, "a", "b");
  await running.start();
  const paused = running.pause("a", 300);
  expect(running.up).toEqual(["b"]);
  await paused;
  expect(running.up).toEqual(["a", "b"]);
  expect(news.slice(-2)).toEqual([
    { node: "a", state: "paused" },
    { node: "a", state: "resumed" },
  ]);
});

test("healing wakes who is paused and waits for who is killed", async () => {
  const running = fleetOf(ready, "a", "b");
  await running.start();
  void running.pause("a", 1_000_000);
  running.kill("b");
  await running.heal();
  expect(running.up).toEqual(["a", "b"]);
});

test("a node that ends by itself is told as a crash", async () => {
  await fleetOf(`${ready} setTimeout(() => process.exit(3), 200);`, "a").start();
  await until(() => times("crashed") === 1);
  expect(news).toContainEqual({ node: "a", state: "crashed", why: "exit code 3" });
});

test("a node that never starts fails the fleet with its last words", async () => {
  const running = fleetOf(`console.error("no room"); process.exit(7);`, "a");
  await expect(running.start()).rejects.toThrow(
    "node 'a' did not start: exit code 7, last said: no room, 20 times in a row",
  );
});

test("stopping ends paused nodes too", async () => {
  const running = fleetOf(ready, "a");
  await running.start();
  void running.pause("a", 1_000_000);
  await running.stop();
  const pid = news.flatMap((one) => (one.state === "ready" ? [one.pid ?? 0] : []))[0] ?? 0;
  expect(() => process.kill(pid, 0)).toThrow("ESRCH");
});
