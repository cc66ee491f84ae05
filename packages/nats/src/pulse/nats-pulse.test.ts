import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type ActorSystem, createActorSystem } from "@troupe/actor";
import { VirtualClock } from "@troupe/testkit";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { connect } from "../connection/connect.ts";
import type { Connection } from "../connection/connection.ts";
import { startTestServer, type TestServer } from "../testing.ts";
import { natsTransport } from "../transport/nats-transport.ts";

const program = fileURLToPath(new URL("./computing-node.test-program.ts", import.meta.url));
/** As often as the nodes say that they are there, and the silence after which one is taken for lost. */
const membership = { heartbeatMs: 100, suspectMs: 800 };
/** Much longer than that silence. */
const computesMs = 4000;
const heartbeatsOf = "troupe.main.cluster.computing";
/** Longer than a pulse is silent between two heartbeats. */
const silenceMs = 2000;

let folder: string;
let server: TestServer;
let connection: Connection;
/** Time as the observer sees it: it passes when something is heard, or a test says so. */
let clock: VirtualClock;
let observer: ActorSystem;
let news: string[];
let heard: () => void;
let child: ChildProcess | undefined;
let computations = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "troupe-pulse-"));
  server = await startTestServer();
});
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(async () => {
  child?.kill("SIGKILL");
  await observer.stop();
  await connection.close();
});

/** Starts a node that can be made to compute, and waits until the observer sees it. */
async function start(...args: readonly string[]): Promise<ChildProcess> {
  news = [];
  heard = () => {};
  connection = await connect({ url: server.url, name: "observer", timeoutMs: 20_000 });
  clock = new VirtualClock();
  observer = createActorSystem({
    node: "observer",
    ports: { transport: natsTransport(connection), clock },
    membership,
  });
  observer.observe((event) => {
    if (event.kind === "node-joined" || event.kind === "node-lost") news.push(event.kind);
    heard();
  });
  child = fork(program, [server.url, ...args], { execArgv: ["--conditions=troupe:source"] });
  await until("node-joined");
  return child;
}

function until(kind: string): Promise<void> {
  return new Promise((resolve) => {
    heard = () => {
      if (news.includes(kind)) resolve();
    };
    heard();
  });
}

/** The node computes from now on; returns what ends that. */
async function computing(node: ChildProcess): Promise<() => Promise<void>> {
  computations += 1;
  const over = join(folder, String(computations));
  const begun = once(node, "message");
  node.send(over);
  await begun;
  return async () => {
    const paused = once(node, "message");
    writeFileSync(over, "");
    await paused;
  };
}

/** Lets as much of the observer's time pass as there are heartbeats of the node, one after the other. */
async function whileItIsHeard(ms: number): Promise<void> {
  let beats = 0;
  let told = (): void => {};
  const heartbeats = connection.nats.subscribe(heartbeatsOf, {
    callback: () => {
      beats += 1;
      told();
    },
  });
  for (let passed = 0; passed < ms; passed += membership.heartbeatMs) {
    if (beats === 0) await new Promise<void>((resolve) => (told = resolve));
    beats -= 1;
    await clock.advance(membership.heartbeatMs);
  }
  heartbeats.unsubscribe();
}

/** Lets the observer's time pass until it takes the node for lost; each step of it after what the server has by then. */
async function untilLost(): Promise<void> {
  while (!news.includes("node-lost")) {
    await connection.nats.flush();
    await clock.advance(membership.heartbeatMs);
  }
}

test("a node with a pulse is not taken for lost while it computes, but is when it dies", async () => {
  const node = await start("with", "600000");
  const pause = await computing(node);
  await whileItIsHeard(computesMs);
  expect(news).toEqual(["node-joined"]);
  await pause();
  const gone = once(node, "exit");
  node.kill("SIGKILL");
  await gone;
  await untilLost();
});

test("without a pulse a node that computes is taken for lost", async () => {
  const pause = await computing(await start("without"));
  await untilLost();
  await pause();
});

test("the pulse of a process that hangs ends", async () => {
  const hungAfterMs = 500;
  const pause = await computing(await start("with", String(hungAfterMs)));
  const { promise: silent, resolve } = Promise.withResolvers<void>();
  let silence = setTimeout(resolve, silenceMs);
  const heartbeats = connection.nats.subscribe(heartbeatsOf, {
    callback: () => {
      clearTimeout(silence);
      silence = setTimeout(resolve, silenceMs);
    },
  });
  await silent;
  heartbeats.unsubscribe();
  await untilLost();
  await pause();
});
