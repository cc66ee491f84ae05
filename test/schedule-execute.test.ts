import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, natsTransport } from "@troupe/nats";
import { canStartServer, startTestServer, type TestServer } from "@troupe/nats/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Command } from "./deployment/command.ts";

const hasServer = await canStartServer("troupe schedule --execute");

/** A fan-out of twelve and what joins it, and a chain beside. */
const tasks = [
  { name: "split", runtime: 1, parents: [] },
  ...Array.from({ length: 12 }, (_, part) => ({
    name: `part-${part}`,
    runtime: 2 + (part % 3),
    parents: ["split"],
  })),
  { name: "join", runtime: 1, parents: Array.from({ length: 12 }, (_, part) => `part-${part}`) },
  { name: "head", runtime: 2, parents: [] },
  { name: "tail", runtime: 3, parents: ["head"] },
];
const workSeconds = tasks.reduce((sum, { runtime }) => sum + runtime, 0);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "troupe-execute-"));
  const document = JSON.stringify({ schemaVersion: "1.3", workflow: { tasks } });
  writeFileSync(join(folder, "flow.json"), document);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function execute(...more: readonly string[]) {
  const command = new Command(folder, [
    ...["schedule", "--workflow", "flow.json", "--workers", "4", "--execute"],
    ...["--time-scale", "0.005", ...more],
  ]);
  const code = await command.ended;
  return { code, documents: command.news as readonly unknown[] };
}

const figures = {
  tasks: tasks.length,
  edges: 25,
  criticalPathSeconds: 6,
  workSeconds,
  lowerBoundSeconds: workSeconds / 4,
};

describe.skipIf(!hasServer)("troupe schedule --execute", { timeout: 60_000 }, () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server?.stop());

  test("runs a workflow on a server and nodes of its own, and prints it beside the replay", async () => {
    const { code, documents } = await execute();
    expect(code).toBe(0);
    expect(documents).toHaveLength(1);
    const [document] = documents as [Record<string, number> & { executed: Record<string, number> }];
    expect(document).toMatchObject(figures);
    const { executed, makespanSeconds = 0 } = document;
    expect(executed).toMatchObject({
      outcome: "succeeded",
      timeScale: 0.005,
      nodes: 2,
      runs: tasks.length,
      repeatedRuns: 0,
      lostRunners: 0,
    });
    const made = executed["makespanSeconds"] ?? 0;
    expect(executed["wallSeconds"]).toBeCloseTo(made * 0.005, 9);
    expect(executed["ratio"]).toBeCloseTo(made / figures.lowerBoundSeconds, 9);
    expect(executed["overReplay"]).toBeCloseTo(made / makespanSeconds, 9);
    // Nobody can do the work that was done in less time than four workers need for it.
    expect(made).toBeGreaterThanOrEqual((executed["workSeconds"] ?? 0) / 4);
  });

  test("on a given server, its runs and their ends are messages between its nodes", async () => {
    const connection = await connect({ url: server.url, name: "listener" });
    const transport = natsTransport(connection);
    const receivers = new Set<string>();
    transport.subscribe("troupe.*.actor.>", ({ subject }) => {
      receivers.add(subject.split(".")[3] ?? "");
    });
    await transport.flush();
    const { code } = await execute("--server", server.url, "--nodes", "3");
    await connection.close();
    expect(code).toBe(0);
    expect([...receivers].toSorted()).toEqual(["conductor", "runners-1", "runners-2", "runners-3"]);
  });
});
