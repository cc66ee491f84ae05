import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type ActorSystem, createActorSystem } from "@troupe/actor";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { connect } from "../connection/connect.ts";
import type { Connection } from "../connection/connection.ts";
import { startTestServer, type TestServer } from "../testing.ts";
import { natsTransport } from "../transport/nats-transport.ts";

const program = fileURLToPath(new URL("./computing-node.test-program.ts", import.meta.url));
/** Much longer than the silence after which a node is taken for lost, and than the machine's own hiccups. */
const computesMs = 4000;

let server: TestServer;
let connection: Connection;
let observer: ActorSystem;
let news: string[];
let heard: () => void;
let child: ChildProcess | undefined;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server?.stop());
afterEach(async () => {
  child?.kill("SIGKILL");
  await observer.stop();
  await connection.close();
});

/** Starts a node that can be made to compute, and waits until the observer sees it. */
async function start(...args: readonly string[]): Promise<ChildProcess> {
  news = [];
  heard = () => {};
  connection = await connect({ url: server.url, name: "observer" });
  observer = createActorSystem({
    node: "observer",
    ports: { transport: natsTransport(connection) },
    membership: { heartbeatMs: 100, suspectMs: 800 },
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

async function compute(node: ChildProcess): Promise<void> {
  node.send(computesMs);
  await once(node, "message");
}

test("a node with a pulse is not taken for lost while it computes, but is when it dies", async () => {
  const node = await start("with", "60000");
  await compute(node);
  expect(news).toEqual(["node-joined"]);
  node.kill("SIGKILL");
  await until("node-lost");
});

test("without a pulse a node that computes is taken for lost", async () => {
  await compute(await start("without"));
  await until("node-lost");
});

test("the pulse of a process that hangs ends", async () => {
  const node = await start("with", "500");
  const paused = compute(node);
  await until("node-lost");
  await paused;
});
