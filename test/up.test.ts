import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLog, systemClock, systemRandom } from "@troupe/actor";
import { GoalClient } from "@troupe/goals";
import { connect, natsTransport } from "@troupe/nats";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Command } from "./deployment/command.ts";

/** Process ids of the nodes, as they were told. */
function nodesOf({ news }: Command): readonly number[] {
  return news.flatMap(({ type, pid }) => (type === "node" && typeof pid === "number" ? [pid] : []));
}

/** A process that has ended and that nobody has asked about yet is not alive. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    const state = `/proc/${pid}/stat`;
    return !existsSync(state) || !readFileSync(state, "utf8").includes(") Z ");
  } catch {
    return false;
  }
}

async function reach(url: string): Promise<void> {
  const { hostname, port } = new URL(url);
  const socket = createConnection({ host: hostname, port: Number(port) });
  await once(socket, "connect").finally(() => socket.destroy());
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "troupe-up-"));
});
/** Commands that a failed test may leave running. */
const running = new Set<Command>();
afterEach(async () => {
  for (const command of running) command.child.kill("SIGTERM");
  await Promise.all([...running].map(({ ended }) => ended));
});
function start(...args: readonly string[]): Command {
  const command = new Command(folder, args);
  running.add(command);
  return command;
}

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("one command starts a server and three nodes, runs the sample, ends with 0 and leaves nothing running", async () => {
  const up = start("up", "--once");
  expect(await up.ended).toBe(0);
  const types = up.news.map(({ type }) => type);
  expect(types.filter((type) => type === "published")).toHaveLength(1);
  const ended = up.news.find(({ type }) => type === "result");
  expect(JSON.stringify(ended)).toContain('"repaired":22');
  expect(nodesOf(up)).toHaveLength(3);
  expect(nodesOf(up).filter(isAlive)).toEqual([]);
  const url = String(up.news.find(({ type }) => type === "server")?.["url"]);
  await expect(reach(url)).rejects.toMatchObject({ code: "ECONNREFUSED" });
});

test("a second start finds what was there, takes goals of other clients, and an interrupt stops it all", async () => {
  const up = start("up", "--no-sample");
  await up.until("up");
  const url = readFileSync(join(folder, ".troupe", "nats-url"), "utf8").trim();
  const connection = await connect({ url, name: "test", log: silentLog });
  const client = new GoalClient({
    ports: { transport: natsTransport(connection), clock: systemClock, random: systemRandom },
  });
  const extra = start("node", "--name", "extra");
  expect(await extra.until("node")).toMatchObject({ node: "extra", state: "ready" });
  expect(JSON.stringify(extra.news)).not.toContain(new URL(url).password);
  extra.child.kill("SIGINT");
  expect(await extra.ended).toBe(130);

  const before = await client.list();
  expect(before.map(({ phase }) => phase)).toEqual(["succeeded"]);
  const source = join(folder, "mine.csv");
  writeFileSync(source, "city,people\nBern,134000\nThun,44000\n");
  expect(await client.submit({ id: "mine", kind: "clean", source })).toMatchObject({
    goal: "mine",
  });
  const outcome = await new Promise<string>((resolve) => {
    void client.watch("mine", ({ record: { type } }) => {
      if (type === "finished" || type === "failed") resolve(type);
    });
  });
  expect(outcome).toBe("finished");
  await connection.close();
  up.child.kill("SIGINT");
  expect([0, 130]).toContain(await up.ended);
  expect(nodesOf(up).filter(isAlive)).toEqual([]);
  expect(existsSync(join(folder, ".troupe", "nats-url"))).toBe(false);
});

test("a second interrupt does not wait for a node that sleeps, and leaves nothing running either", async () => {
  const up = start("up", "--no-sample");
  await up.until("up");
  const nodes = nodesOf(up);
  const url = String(up.news.find(({ type }) => type === "server")?.["url"]);
  for (const pid of nodes) process.kill(pid, "SIGSTOP");
  up.child.kill("SIGINT");
  await up.until("stopping");
  up.child.kill("SIGINT");
  expect(await up.ended).toBe(130);
  expect(up.news.at(-1)?.type).toBe("stopping");
  await expect.poll(() => nodes.filter(isAlive)).toEqual([]);
  await expect(reach(url)).rejects.toMatchObject({ code: "ECONNREFUSED" });
});

test("a server that dies is told at once, and everything still ends in good order", async () => {
  const up = start("up", "--no-sample", "--nodes", "1");
  await up.until("up");
  const kept = JSON.parse(readFileSync(join(folder, ".troupe", "nats-server.json"), "utf8"));
  process.kill(kept.pid, "SIGKILL");
  expect(await up.until("connection")).toMatchObject({
    isWell: false,
    message: expect.stringContaining("lost the connection to NATS"),
  });
  up.child.kill("SIGINT");
  expect(await up.ended).toBe(130);
  expect(nodesOf(up).filter(isAlive)).toEqual([]);
});
