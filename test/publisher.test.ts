import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { systemClock, systemRandom } from "@troupe/actor";
import { GoalClient } from "@troupe/goals";
import { natsTransport } from "@troupe/nats";
import { type RunningNode, readNodeConfig, startNode } from "@troupe/node-service";
import { decodeSpans } from "@troupe/telemetry";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clusterVersion } from "./deployment/nats-cluster.ts";
import { SecuredServer } from "./deployment/secured-server.ts";

const troupe = join(import.meta.dirname, "..", "services", "cli", "src", "main.ts");

describe.skipIf(clusterVersion() === undefined)("who may only publish goals", () => {
  let server: SecuredServer;
  let node: RunningNode;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "troupe-publisher-"));
    server = await SecuredServer.withRoles({
      n1: { role: "node", node: "n1" },
      pub: { role: "publisher" },
    });
    const environment = { TROUPE_NODE: "n1", TROUPE_DATA: folder, TROUPE_LOG: "error" };
    await server.connectAll();
    node = await startNode(readNodeConfig({ NATS_URL: server.urlOf("n1"), ...environment }));
  });
  afterAll(async () => {
    await node?.stop();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test("learns what decided how long a goal took, without reading what is stored", async () => {
    const connection = server.of("pub");
    const transport = natsTransport(connection);
    const { inboxes } = connection;
    const ports = { transport, clock: systemClock, random: systemRandom };
    const client = new GoalClient({ ports, inboxes });
    await client.submit({ id: "short", kind: "flow", tasks: [{ id: "one", type: "pass" }] });
    const names = async () => {
      const batches = await client.spans("short");
      return batches.flatMap((batch) => decodeSpans(batch)).map(({ name }) => name);
    };
    await expect.poll(names, { timeout: 30_000 }).toContain("plan flow");
    expect(await server.refusedTo("pub")).toEqual([]);
  });

  test("watches a goal that it publishes to its end, critical path included", async () => {
    const command = ["goal", "submit", "--watch", "--server"];
    const { NATS_URL: _server, TROUPE_DATA: _data, ...environment } = process.env;
    const file = join(folder, "goal.json");
    writeFileSync(file, JSON.stringify({ kind: "flow", tasks: [{ id: "one", type: "pass" }] }));
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ["--conditions=troupe:source", troupe, ...command, server.urlOf("pub"), "--file", file],
      { cwd: folder, env: environment },
    );
    expect(stderr).toBe("");
    expect(stdout).toContain("by the goal's trace");
  });
});
