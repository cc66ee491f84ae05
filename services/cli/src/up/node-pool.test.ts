import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@troupe/actor";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type NodeNews, NodePool } from "./node-pool.ts";
import type { NodeProcessOptions } from "./node-process.ts";

let folder = "";
let pool: NodePool | undefined;
let news: NodeNews[] = [];
let listeners: (() => void)[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "troupe-pool-"));
  news = [];
  listeners = [];
});
afterEach(() => {
  pool?.kill();
  rmSync(folder, { recursive: true });
});

/** A node process that does what `body` says instead of joining a deployment. */
function nodes(body: string, ...names: readonly string[]): readonly NodeProcessOptions[] {
  const program = join(folder, "node.mjs");
  writeFileSync(program, body);
  return names.map((name) => ({
    name,
    natsUrl: "nats://127.0.0.1:1",
    prefix: "troupe",
    data: folder,
    sources: [folder, "/b"],
    environment: process.env,
    log: join(folder, "logs", `${name}.log`),
    program,
  }));
}

function poolOf(options: readonly NodeProcessOptions[]): NodePool {
  pool = new NodePool({
    clock: systemClock,
    nodes: options,
    observe: (one) => {
      news.push(one);
      for (const listener of listeners) listener();
    },
  });
  return pool;
}

function until(seen: (news: readonly NodeNews[]) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (seen(news)) resolve();
    };
    listeners.push(look);
    look();
  });
}

const obedient = `
  process.on("SIGTERM", () => process.exit(0));
  process.send({ ready: true, node: process.env.TROUPE_NODE });
  process.on("disconnect", () => process.exit(0));
`;

test("nodes are ready when they say so, and stop when they are asked to", async () => {
  const running = poolOf(nodes(obedient, "a", "b"));
  await running.start();
  expect(
    news
      .filter(({ state }) => state === "ready")
      .map(({ node }) => node)
      .sort(),
  ).toEqual(["a", "b"]);
  await running.stop();
  expect(news.filter(({ state }) => state === "stopped")).toHaveLength(2);
  expect(news.some(({ state }) => state === "lost")).toBe(false);
});

test("a node that is killed is told with its reason and started again", async () => {
  const options = nodes(obedient, "a");
  mkdirSync(join(folder, "logs"));
  writeFileSync(join(folder, "logs", "a.log"), "last words of an earlier run\n");
  const running = poolOf(options);
  await running.start();
  const ready = news.find((one) => one.state === "ready");
  process.kill(ready?.pid ?? 0, "SIGKILL");
  await until((all) => all.filter(({ state }) => state === "ready").length === 2);
  expect(news).toContainEqual({
    node: "a",
    state: "lost",
    why: "signal SIGKILL",
    restartInMs: 500,
  });
  await running.stop();
});

test("a node that can't start fails the start with its last words and its log", async () => {
  const running = poolOf(
    nodes(`console.error("first"); console.error("no room"); process.exit(7);`, "a"),
  );
  await expect(running.start()).rejects.toThrow(
    `node 'a' did not start: exit code 7, last said: no room; its log is ${join(folder, "logs", "a.log")}`,
  );
  await running.stop();
});

test("stopping while nodes start leaves none behind", async () => {
  const running = poolOf(nodes("setInterval(() => {}, 1000);", "a", "b"));
  const failure = running.start().catch((error: Error) => error.message);
  await running.stop();
  expect(await failure).toContain("did not start: signal SIGTERM");
});

test("a node is told everything it needs by environment", async () => {
  const program = `
    const { NATS_URL, TROUPE_PREFIX, TROUPE_NODE, TROUPE_DATA, TROUPE_SOURCES } = process.env;
    console.log(JSON.stringify({ NATS_URL, TROUPE_PREFIX, TROUPE_NODE, TROUPE_DATA, TROUPE_SOURCES }));
    process.exit(1);
  `;
  const told = JSON.stringify({
    NATS_URL: "nats://127.0.0.1:1",
    TROUPE_PREFIX: "troupe",
    TROUPE_NODE: "a",
    TROUPE_DATA: folder,
    TROUPE_SOURCES: `${folder}:/b`,
  });
  await expect(poolOf(nodes(program, "a")).start()).rejects.toThrow(told);
});
