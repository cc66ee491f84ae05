import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { silentLog, systemClock, systemRandom } from "@troupe/actor";
import { nodeStatuses } from "@troupe/console/nodes";
import { encodeJson } from "@troupe/goals";
import {
  type Connection,
  connect,
  ensureStreams,
  natsJournal,
  natsTransport,
  serveService,
} from "@troupe/nats";
import { readNodeConfig, startNode } from "@troupe/node-service";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { clusterProgram } from "./deployment/nats-cluster.ts";

const troupe = join(import.meta.dirname, "..", "services", "cli", "src", "main.ts");

let folder: string;
const undo: (() => unknown)[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "troupe-doctor-"));
});
afterEach(async () => {
  for (const act of undo.splice(0).reverse()) await act();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Check {
  readonly name: string;
  readonly verdict: "ok" | "warn" | "fail";
  readonly found: string;
  readonly meaning?: string;
  readonly remedy?: string;
}

/** What `troupe doctor` says, in an environment of its own. */
function doctor(
  environment: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<{ readonly exitCode: number; readonly checks: readonly Check[] }> {
  const command = ["--conditions=troupe:source", troupe, "doctor", "--json", ...args];
  const { NATS_URL: _url, TROUPE_DATA: _data, ...inherited } = process.env;
  const env = { ...inherited, ...environment };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, command, { cwd: folder, env }, (_error, stdout) => {
      resolve({ exitCode: child.exitCode ?? 0, checks: JSON.parse(stdout).checks });
    });
  });
}

/** Starts a nats-server with this configuration, beside a free port. */
async function serverWith(configuration: string): Promise<{ url: string; host: string }> {
  const directory = mkdtempSync(join(folder, "server-"));
  const file = join(directory, "nats.conf");
  writeFileSync(file, `host: "127.0.0.1"\nport: -1\n${configuration.replace("STORE", directory)}`);
  const child: ChildProcess = spawn(clusterProgram(), ["--config", file], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  undo.push(async () => {
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  });
  if (child.stderr === null) throw new Error("the server was to have a log");
  for await (const line of createInterface({ input: child.stderr })) {
    const host = /client connections on (\S+)/.exec(line)?.[1];
    if (host === undefined) continue;
    child.stderr.resume();
    return { url: `nats://${host}`, host };
  }
  throw new Error("the server did not start");
}

const jetstream = `jetstream { store_dir: "STORE" }`;

async function connected(url: string): Promise<Connection> {
  const connection = await connect({ url, name: "test", log: silentLog });
  undo.push(() => connection.close());
  return connection;
}

test("no server is told, with where its address came from", async () => {
  const { exitCode, checks } = await doctor({ NATS_URL: "nats://127.0.0.1:1" });
  expect(exitCode).toBe(1);
  expect(checks).toContainEqual(
    expect.objectContaining({
      name: "NATS server",
      verdict: "fail",
      found: expect.stringContaining("from NATS_URL"),
      remedy: expect.stringContaining("troupe up"),
    }),
  );
});

test("a server without JetStream is told, with how to have it", async () => {
  const { url } = await serverWith("");
  const { checks } = await doctor({ NATS_URL: url });
  expect(checks).toContainEqual(
    expect.objectContaining({
      name: "JetStream",
      verdict: "fail",
      remedy: expect.stringContaining("-js"),
    }),
  );
});

test("wrong credentials are told as that, and not as a server that is away", async () => {
  const { host } = await serverWith(`${jetstream}\nauthorization { user: ada, password: right }`);
  const { checks } = await doctor({ NATS_URL: `nats://ada:wrong@${host}` });
  const [check] = checks.filter(({ verdict }) => verdict === "fail");
  expect(check).toMatchObject({
    name: "NATS credentials",
    remedy: expect.stringContaining("nats://user:password@host:port"),
  });
  expect(JSON.stringify(checks)).not.toContain("wrong");
});

test("a user that may not ask JetStream is told to have too few permissions", async () => {
  const users = `users: [{ user: spy, password: p, permissions: { publish: ["troupe.goals"] } }]`;
  const { host } = await serverWith(`${jetstream}\nauthorization { ${users} }`);
  const { checks } = await doctor({ NATS_URL: `nats://spy:p@${host}` });
  expect(checks).toContainEqual(
    expect.objectContaining({
      name: "permissions",
      verdict: "fail",
      found: expect.stringMatching(/permissions violation/i),
      remedy: expect.stringContaining("docs/security.md"),
    }),
  );
});

test("a server that takes small messages only is told what that refuses", async () => {
  const { url } = await serverWith(`${jetstream}\nmax_payload: 32KB`);
  const { checks } = await doctor({ NATS_URL: url });
  expect(checks).toContainEqual(
    expect.objectContaining({
      name: "message size",
      verdict: "fail",
      remedy: expect.stringContaining("max_payload"),
    }),
  );
});

test("a stream of another program's, and one that was changed by hand, are told apart", async () => {
  const { url } = await serverWith(jetstream);
  const { manager } = await connected(url);
  await manager.streams.add({
    ...{ name: "TROUPE_JOURNAL", subjects: ["troupe.journal.>"], storage: "memory" as never },
  });
  const before = await doctor({ NATS_URL: url });
  expect(before.checks).toContainEqual(
    expect.objectContaining({
      name: "stream settings",
      verdict: "fail",
      found: expect.stringContaining("TROUPE_JOURNAL: "),
      meaning: "no node can start with it",
    }),
  );
  await manager.streams.delete("TROUPE_JOURNAL");
  await ensureStreams(await connected(url), { prefix: "troupe" });
  const { config } = await manager.streams.info("TROUPE_DEAD");
  await manager.streams.update("TROUPE_DEAD", { ...config, discard: "old" as never });
  const after = await doctor({ NATS_URL: url });
  const told = after.checks.filter(({ name }) => name === "stream settings");
  expect(told).toMatchObject([
    { verdict: "warn", found: 'TROUPE_DEAD: discard: "old", not "new"' },
  ]);
});

test("a stream that is nearly full is told before it refuses anything", async () => {
  const { url } = await serverWith(jetstream);
  const connection = await connected(url);
  await ensureStreams(connection, { prefix: "troupe" });
  const { config } = await connection.manager.streams.info("TROUPE_DEAD");
  await connection.manager.streams.update("TROUPE_DEAD", { ...config, max_bytes: 12_000 });
  const journal = natsJournal(connection, { prefix: "troupe" });
  for (let at = 0; at < 10; at += 1) await journal.append("dead.x", new Uint8Array(1000));
  const { checks } = await doctor({ NATS_URL: url });
  expect(checks).toContainEqual(
    expect.objectContaining({ name: "stream nearly full", verdict: "warn" }),
  );
});

test("nodes that are away, of another release, or with another time are told by name", async () => {
  const { url } = await serverWith(jetstream);
  const none = await doctor({ NATS_URL: url });
  expect(none.checks).toContainEqual(expect.objectContaining({ name: "nodes", verdict: "fail" }));

  const TROUPE_DATA = join(folder, "nodes");
  const config = readNodeConfig({
    NATS_URL: url,
    TROUPE_NODE: "n1",
    TROUPE_DATA,
    TROUPE_LOG: "error",
  });
  const node = await startNode(config);
  undo.push(() => node.stop());
  const one = await doctor({ NATS_URL: url });
  const about = (checks: readonly Check[]) =>
    checks.filter(({ name }) => ["nodes", "releases", "clock of a node"].includes(name));
  expect(about(one.checks)).toMatchObject([
    { name: "nodes", verdict: "ok", found: "1 node under the prefix 'troupe': n1" },
  ]);

  // A second node: it says what the first one says, of another release and an hour late.
  const connection = await connected(url);
  const transport = natsTransport(connection);
  const ports = { transport, clock: systemClock, random: systemRandom };
  const door = { ports, prefix: "troupe", inboxes: connection.inboxes };
  const [status] = (await nodeStatuses(door)).nodes;
  const late = () => ({ ...status, node: "n2", version: "9.9.9", at: Date.now() - 3_600_000 });
  const stop = serveService({
    ...{ transport, clock: systemClock, name: "troupe-node", id: "n2", version: "9.9.9" },
    ...{ description: "another", metadata: { prefix: "troupe", node: "n2" } },
    endpoints: [
      { name: "status", subject: "troupe.node.n2.status", answer: async () => encodeJson(late()) },
    ],
  });
  undo.push(stop);
  const two = await doctor({ NATS_URL: url });
  expect(about(two.checks)).toMatchObject([
    { name: "nodes", verdict: "ok" },
    { name: "releases", verdict: "warn", found: expect.stringContaining("9.9.9 on n2") },
    { name: "clock of a node", verdict: "warn", found: "n2 is 3600 s behind this machine" },
  ]);
});

test("what this machine cannot give is told: memory, a port, a folder", async () => {
  const taken = createServer();
  taken.listen(0, "127.0.0.1");
  await once(taken, "listening");
  undo.push(() => taken.close());
  const address = taken.address();
  const port = typeof address === "object" ? String(address?.port) : "";
  const blocked = join(folder, "blocked");
  mkdirSync(blocked);
  writeFileSync(join(blocked, "data"), "a file where a folder is to be");
  const { checks } = await doctor(
    { NATS_URL: "nats://127.0.0.1:1", TROUPE_MEMORY_MB: "1048576", TROUPE_METRICS_PORT: port },
    ...["--data", join(blocked, "data", "deep"), "--sources", join(folder, "absent")],
  );
  expect(checks).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        name: "memory",
        verdict: "fail",
        remedy: expect.stringContaining("TROUPE_MEMORY_MB"),
      }),
      expect.objectContaining({
        name: `port ${port}`,
        verdict: "warn",
        found: expect.stringContaining("EADDRINUSE"),
      }),
      expect.objectContaining({ name: "data folder", verdict: "fail" }),
      expect.objectContaining({ name: "source directory", verdict: "fail" }),
    ]),
  );
});

test("a variable that no node could be started with is told by its name", async () => {
  const wrong = { NATS_URL: "nats://127.0.0.1:1", TROUPE_LEASE_MS: "5", TROUPE_UNITS: "gpu" };
  const { checks } = await doctor(wrong);
  const told = checks.filter(({ name }) => name === "settings");
  expect(told.map(({ verdict, found }) => `${verdict} ${found}`)).toEqual([
    expect.stringMatching(/^fail (units|leaseMs): /),
    expect.stringMatching(/^fail (units|leaseMs): /),
  ]);
});
