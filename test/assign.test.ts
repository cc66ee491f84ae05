import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, natsTransport } from "@troupe/nats";
import { canStartServer, startTestServer, type TestServer } from "@troupe/nats/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Command } from "./deployment/command.ts";

const hasServer = await canStartServer("troupe assign --nodes");
const n = 60;
/** Costs of agent and task without a pattern that the order of bids would follow. */
const costs = Array.from({ length: n }, (_, agent) =>
  Array.from({ length: n }, (_, task) => ((agent * 7919 + task * 104_729) ** 2 % 997) + 1),
);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "troupe-assign-"));
  const rows = costs.map((row) => row.join(" "));
  writeFileSync(join(folder, "sixty.txt"), `${n}\n${rows.join("\n")}\n`);
  const problem = "2 3\n 1 1 1\n 5 6 9\n 2 2 2\n 1 1 1\n 2 9\n";
  writeFileSync(join(folder, "gap.txt"), `4\n${problem.repeat(4)}`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function assign(...args: readonly string[]) {
  const command = new Command(folder, ["assign", ...args]);
  const code = await command.ended;
  return { code, documents: command.news as readonly unknown[] };
}

describe.skipIf(!hasServer)("troupe assign --nodes", { timeout: 60_000 }, () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server?.stop());

  test("bidders in other processes find the same optimum as one in this", async () => {
    const { code, documents } = await assign("--file", "sixty.txt", "--nodes", "2");
    expect(code).toBe(0);
    const [document] = documents as [Record<string, unknown>];
    const [alone] = (await assign("--file", "sixty.txt")).documents as [Record<string, unknown>];
    expect(document).toMatchObject({ n, optimal: true, bidders: 2, nodes: 2, removed: [] });
    expect(document["cost"]).toBe(alone["cost"]);
    expect(document["dualBound"]).toBe(alone["cost"]);
    const taskOf = document["taskOf"] as readonly number[];
    expect(new Set(taskOf).size).toBe(n);
    expect(taskOf.reduce((sum, task, agent) => sum + (costs[agent]?.[task] ?? 0), 0)).toBe(
      document["cost"],
    );
  });

  test("on a given server bids are messages between nodes, and costs do not travel", async () => {
    const connection = await connect({ url: server.url, name: "listener" });
    const transport = natsTransport(connection);
    const receivers = new Set<string>();
    transport.subscribe("troupe.*.actor.>", ({ subject }) => {
      receivers.add(subject.split(".")[3] ?? "");
    });
    await transport.flush();
    const more = ["--server", server.url, "--nodes", "3"];
    const { code } = await assign("--file", "sixty.txt", ...more);
    await connection.close();
    expect(code).toBe(0);
    expect([...receivers].toSorted()).toEqual([
      "auctioneer",
      "bidders-1",
      "bidders-2",
      "bidders-3",
    ]);
  });

  test("when a node's process is killed the others share its tasks, and the command says so", async () => {
    const connection = await connect({ url: server.url, name: "listener" });
    const transport = natsTransport(connection);
    const many = 300;
    const cells = Array.from({ length: many * many }, (_, at) => ((at * 7919) ** 2 % 997) + 1);
    writeFileSync(join(folder, "many.txt"), [many, ...cells].join(" "));
    const args = ["assign", "--file", "many.txt", "--nodes", "2", "--server", server.url];
    const command = new Command(folder, args);
    let messages = 0;
    transport.subscribe("troupe.*.actor.bidders-1.>", () => {
      messages += 1;
      if (messages !== 60) return;
      const found = execFileSync("pgrep", ["-P", String(command.child.pid), "-f", "assign-node"]);
      process.kill(Number(found.toString().split("\n")[0]), "SIGKILL");
    });
    await transport.flush();
    const code = await command.ended;
    await connection.close();
    expect(code).toBe(1);
    const [document] = command.news as readonly unknown[] as [Record<string, unknown>];
    expect(document).toMatchObject({ n: many, settled: true, optimal: true });
    expect(document["removed"]).toMatchObject([{ agents: many / 2 }]);
    expect(document["undone"]).toHaveLength(many / 2);
  });

  test("problems with capacities are shared out to nodes", async () => {
    const { code, documents } = await assign("--gap", "--file", "gap.txt", "--nodes", "2");
    expect(code).toBe(0);
    const [{ problems }] = documents as [{ problems: readonly unknown[] }];
    expect(problems).toHaveLength(4);
    for (const problem of problems) {
      expect(problem).toMatchObject({ feasible: true, cost: 12, bound: 12, agentOf: [1, 1, 0] });
    }
  });
});
