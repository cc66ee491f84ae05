import { systemClock, systemRandom } from "@troupe/actor";
import { GoalClient, type GoalRecord } from "@troupe/goals";
import { type Connection, connect, natsTransport } from "@troupe/nats";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Composition, missingForContainers } from "./deployment/composition.ts";

const missing = missingForContainers();
if (missing !== undefined) console.error(`SKIPPED, the compose file is not tried: ${missing}`);

const table = [
  "id,amount",
  ...Array.from({ length: 50 }, (_, row) => `${row},${row * 3}`),
  "9,n/a",
];

describe.skipIf(missing !== undefined)("the shipped compose file, in containers", () => {
  let composition: Composition;
  let connection: Connection;
  let client: GoalClient;

  beforeAll(async () => {
    composition = await Composition.start({ "orders.csv": `${table.join("\n")}\n` });
    const url = composition.urlOf("main-publisher");
    connection = await connect({ url, name: "containers", timeoutMs: 30_000 });
    const ports = {
      transport: natsTransport(connection),
      clock: systemClock,
      random: systemRandom,
    };
    client = new GoalClient({ ports, inboxes: connection.inboxes, waitMs: 60_000 });
  }, 400_000);
  afterAll(async () => {
    await connection?.close();
    await composition?.stop();
  }, 120_000);

  /** What is recorded of a goal, until `enough`, or its end. */
  async function follow(goal: string, enough: (type: string) => boolean) {
    const { promise, resolve } = Promise.withResolvers<void>();
    const records: GoalRecord[] = [];
    const watch = await client.watch(goal, ({ record }) => {
      records.push(record);
      if (enough(record.type)) resolve();
    });
    await promise;
    watch.unsubscribe();
    return records;
  }
  const ended = (type: string): boolean => ["finished", "failed", "cancelled"].includes(type);

  test("a goal reads a mounted file and is finished, with users that may do no more than they need", async () => {
    await client.submit({ id: "table", kind: "clean", source: "/sources/orders.csv" });
    expect((await follow("table", ended)).at(-1)).toMatchObject({ type: "finished" });
    const folder = await composition.inside("n2", "ls", "/data/datasets");
    expect(folder.trim()).not.toBe("");
    for (const node of ["n1", "n2", "n3"]) {
      expect(await composition.logs(node)).not.toContain("Permissions Violation");
    }
  });

  test("a goal ends although the container that coordinates it is killed", async () => {
    const tasks = Array.from({ length: 12 }, (_, at) => ({
      id: `t${at}`,
      type: "wait",
      input: { ms: 1000 },
      dependsOn: at === 0 ? [] : [`t${at - 1}`],
    }));
    await client.submit({ id: "orphan", kind: "flow", tasks });
    const [accepted] = await follow("orphan", (type) => type === "task-done");
    if (accepted?.type !== "accepted") throw new Error("the first event is not the acceptance");
    await composition.kill(accepted.node);
    const records = await follow("orphan", ended);
    expect(records.at(-1)).toMatchObject({ type: "finished" });
    expect(records.some(({ type }) => type === "resumed")).toBe(true);
  });

  test("a container writes nothing but data, is no root, is healthy, and stops in time when it is asked to", async () => {
    await expect(composition.inside("n3", "mkdir", "/app/x")).rejects.toThrow(/ead-only/);
    const status = await composition.inside("n3", "cat", "/proc/1/status");
    expect(status).toMatch(/^Uid:\s+1000\s/m);
    expect(status).toMatch(/^CapEff:\s+0+$/m);
    expect(await composition.checkHealth("n3")).toBe("");
    expect(await composition.stopped("n3")).toBe(0);
  });
});
