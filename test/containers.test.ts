import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { setDefaultCACertificates } from "node:tls";
import { parseTraceparent, systemClock, systemRandom } from "@troupe/actor";
import { GoalClient, type GoalRecord } from "@troupe/goals";
import { type Connection, connect, natsTransport } from "@troupe/nats";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { Composition, missingForContainers, missingObservers } from "./deployment/composition.ts";

const missing = missingForContainers();
if (missing !== undefined) console.error(`SKIPPED, the compose file is not tried: ${missing}`);
const absent = missing === undefined ? missingObservers() : [];
for (const observer of absent) {
  console.error(`SKIPPED, there is no image of ${observer}: it is not tried`);
}
const startLimitMs = 600_000;
/** Prometheus looks every 15 s; nodes count as lost after 8 s. */
const watchLimitMs = 120_000;

const table = [
  "id,amount",
  ...Array.from({ length: 50 }, (_, row) => `${row},${row * 3}`),
  "9,n/a",
];
const files = { "orders.csv": `${table.join("\n")}\n` };
const ended = (type: string): boolean => ["finished", "failed", "cancelled"].includes(type);

/** Publishes goals to a composition from outside, and follows them. */
class Publisher {
  readonly client: GoalClient;
  readonly #connection: Connection;

  private constructor(connection: Connection) {
    this.#connection = connection;
    const ports = {
      transport: natsTransport(connection),
      clock: systemClock,
      random: systemRandom,
    };
    this.client = new GoalClient({ ports, inboxes: connection.inboxes, waitMs: 60_000 });
  }

  static async of(composition: Composition): Promise<Publisher> {
    const url = composition.urlOf("main-publisher");
    return new Publisher(await connect({ url, name: "containers", timeoutMs: 30_000 }));
  }

  /** What is recorded of a goal, until `enough`, or its end. */
  async follow(goal: string, enough: (type: string) => boolean = ended) {
    const { promise, resolve } = Promise.withResolvers<void>();
    const records: GoalRecord[] = [];
    const watch = await this.client.watch(goal, ({ record }) => {
      records.push(record);
      if (enough(record.type)) resolve();
    });
    await promise;
    watch.unsubscribe();
    return records;
  }

  close(): Promise<void> {
    return this.#connection.close();
  }
}

/** Asks again until the answer is as wanted. Services of others say nothing when they have changed. */
async function until<S extends z.ZodType>(
  url: string,
  schema: S,
  wanted: (answer: z.output<S>) => boolean,
): Promise<z.output<S>> {
  for (;;) {
    const answer = await fetch(url).catch(() => undefined);
    const read = answer?.ok === true ? schema.safeParse(await answer.json()) : undefined;
    if (read?.success === true && wanted(read.data)) return read.data;
    await delay(500);
  }
}

const targetsSchema = z.object({
  data: z.object({
    activeTargets: z.array(
      z.object({ health: z.string(), labels: z.looseObject({ instance: z.string() }) }),
    ),
  }),
});
const alertsSchema = z.object({
  data: z.object({
    alerts: z.array(
      z.object({ state: z.string(), labels: z.looseObject({ alertname: z.string() }) }),
    ),
  }),
});
const rulesSchema = z.object({
  data: z.object({
    groups: z.array(z.object({ rules: z.array(z.object({ health: z.string() })) })),
  }),
});
const traceSchema = z.object({
  data: z.array(
    z.object({
      spans: z.array(z.object({ operationName: z.string(), processID: z.string() })),
      processes: z.record(z.string(), z.object({ serviceName: z.string() })),
    }),
  ),
});

const dashboardSchema = z.object({
  panels: z.array(
    z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })) }),
  ),
});
const querySchema = z.object({ data: z.object({ result: z.array(z.unknown()) }) });

describe.skipIf(missing !== undefined)("the shipped compose file, in containers", () => {
  let composition: Composition;
  let publisher: Publisher;

  beforeAll(async () => {
    const observers = (["jaeger", "prometheus", "grafana"] as const).filter(
      (name) => !absent.includes(name),
    );
    composition = await Composition.start({ files, also: ["console", ...observers] });
    publisher = await Publisher.of(composition);
  }, startLimitMs);
  afterAll(async () => {
    await publisher?.close();
    await composition?.stop();
  }, 120_000);

  test("a goal reads a mounted file and is finished, with users that may do no more than they need", async () => {
    await publisher.client.submit({ id: "table", kind: "clean", source: "/sources/orders.csv" });
    expect((await publisher.follow("table")).at(-1)).toMatchObject({ type: "finished" });
    const folder = await composition.inside("n2", "ls", "/data/datasets");
    expect(folder.trim()).not.toBe("");
    for (const node of ["n1", "n2", "n3"]) {
      // Of an old server nodes warn, and rightly so.
      const lines = (await composition.logs(node)).split("\n");
      const said = lines.filter((line) => !/"nats-server [\d.]+ is older than/.test(line));
      expect(said.join("\n")).not.toMatch(/Permissions Violation|"level":"(warn|error)"/);
    }
  });

  test("the console shows the goal and the nodes to who has the token, and nothing to others", async () => {
    const url = composition.httpOf("console");
    expect((await fetch(`${url}/api/goals`)).status).toBe(401);
    const [, token = ""] =
      /^TROUPE_CONSOLE_TOKEN=(.*)$/m.exec(composition.secret("main-console.env")) ?? [];
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`${url}/api/goals`, { headers });
    expect(await answer.json()).toMatchObject({ goals: [{ id: "table", phase: "succeeded" }] });
    // It asks the nodes again and again.
    const nodes = async () => (await fetch(`${url}/api/nodes`, { headers })).text();
    await expect.poll(nodes, { timeout: 30_000 }).toMatch(/"n1".*"n2".*"n3"/);
    expect(await composition.logs("console")).not.toContain("Permissions Violation");
  });

  test.skipIf(absent.includes("jaeger"))("Jaeger shows the trace of a goal", async () => {
    const [accepted] = await publisher.follow("table");
    if (accepted?.type !== "accepted") throw new Error("the first event is not the acceptance");
    const { traceId } = parseTraceparent(accepted.trace) ?? { traceId: "" };
    const url = `${composition.httpOf("jaeger")}/api/traces/${traceId}`;
    const { data } = await until(url, traceSchema, ({ data: [trace] }) =>
      (trace?.spans ?? []).some(({ operationName }) => operationName.startsWith("goal")),
    );
    expect(data[0]?.spans.length).toBeGreaterThan(10);
  });

  test.skipIf(absent.includes("prometheus"))(
    "Prometheus reads every node and goes by the rules",
    async () => {
      const url = `${composition.httpOf("prometheus")}/api/v1`;
      // It finds its targets and reads its rules a moment after it answers.
      const up = await until(
        `${url}/targets`,
        targetsSchema,
        ({ data: { activeTargets } }) =>
          activeTargets.length > 0 && activeTargets.every(({ health }) => health === "up"),
      );
      const instances = up.data.activeTargets.map(({ labels }) => labels.instance);
      expect(instances.sort()).toEqual(["n1", "n2", "n3"]);
      const { data } = await until(
        `${url}/rules`,
        rulesSchema,
        ({ data: { groups } }) =>
          groups.length > 0 &&
          groups.every(({ rules }) => rules.every(({ health }) => health !== "unknown")),
      );
      expect(data.groups[0]?.rules.length).toBeGreaterThan(20);
      expect(data.groups[0]?.rules.every(({ health }) => health === "ok")).toBe(true);
    },
    watchLimitMs,
  );

  test.skipIf(absent.includes("prometheus"))(
    "what every panel of the dashboard asks is answered",
    async () => {
      const url = `${composition.httpOf("prometheus")}/api/v1/query`;
      const file = join(import.meta.dirname, "../deploy/grafana/dashboards/troupe.json");
      const { panels } = dashboardSchema.parse(JSON.parse(readFileSync(file, "utf8")));
      for (const { targets } of panels) {
        for (const { expr } of targets) {
          // A rate is known from the second look on.
          await until(`${url}?query=${encodeURIComponent(expr)}`, querySchema, (answer) => {
            return answer.data.result.length > 0;
          });
        }
      }
    },
    watchLimitMs,
  );

  /** A goal that takes some seconds, and the node that coordinates it. */
  async function slowGoal(id: string): Promise<string> {
    const tasks = Array.from({ length: 12 }, (_, at) => ({
      id: `t${at}`,
      type: "wait",
      input: { ms: 1000 },
      dependsOn: at === 0 ? [] : [`t${at - 1}`],
    }));
    await publisher.client.submit({ id, kind: "flow", tasks });
    const [accepted] = await publisher.follow(id, (type) => type === "task-done");
    if (accepted?.type !== "accepted") throw new Error("the first event is not the acceptance");
    return accepted.node;
  }

  test("a container is no root, writes nothing but data, and is healthy", async () => {
    for (const service of ["n3", "console"]) {
      await expect(composition.inside(service, "mkdir", "/app/x")).rejects.toThrow(/ead-only/);
      const status = await composition.inside(service, "cat", "/proc/1/status");
      expect(status).toMatch(/^Uid:\s+1000\s/m);
      expect(status).toMatch(/^CapEff:\s+0+$/m);
      expect(await composition.checkHealth(service)).toBe("");
    }
  });

  test(
    "a container that is asked to stop ends in time, and its goal goes on in another",
    async () => {
      const node = await slowGoal("handed-over");
      expect(await composition.stopped(node)).toBe(0);
      const records = await publisher.follow("handed-over");
      expect(records.at(-1)).toMatchObject({ type: "finished" });
      expect(records.some(({ type }) => type === "resumed")).toBe(true);
      expect(await composition.stopped("console")).toBe(0);
      await composition.restart(node);
    },
    watchLimitMs,
  );

  test(
    "a goal ends although the container that coordinates it is killed, and an alert tells of the node",
    async () => {
      const node = await slowGoal("orphan");
      await composition.kill(node);
      const records = await publisher.follow("orphan");
      expect(records.at(-1)).toMatchObject({ type: "finished" });
      expect(records.some(({ type }) => type === "resumed")).toBe(true);
      if (absent.includes("prometheus")) return;
      const url = `${composition.httpOf("prometheus")}/api/v1`;
      await until(`${url}/targets`, targetsSchema, ({ data: { activeTargets } }) =>
        activeTargets.some(({ health, labels }) => health === "down" && labels.instance === node),
      );
      await until(`${url}/alerts`, alertsSchema, ({ data: { alerts } }) =>
        alerts.some(({ state, labels }) => state === "firing" && labels.alertname === "NodeLost"),
      );
    },
    watchLimitMs * 2,
  );
});

describe.skipIf(missing !== undefined)(
  "the shipped compose files with TLS and nkeys, in containers",
  () => {
    test(
      "nodes reach the server over TLS only, and a goal is finished",
      async () => {
        const composition = await Composition.start({ files, tls: true, nkeys: true });
        try {
          const url = composition.urlOf("main-publisher");
          expect(url).toMatch(/^tls:/);
          setDefaultCACertificates([composition.secret("ca.pem")]);
          const publisher = await Publisher.of(composition);
          await publisher.client.submit({
            id: "table",
            kind: "clean",
            source: "/sources/orders.csv",
          });
          expect((await publisher.follow("table")).at(-1)).toMatchObject({ type: "finished" });
          await publisher.close();
        } finally {
          await composition.stop();
        }
      },
      startLimitMs,
    );
  },
);
