import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { systemClock, systemRandom } from "@troupe/actor";
import { request } from "@troupe/goals";
import { findServices } from "@troupe/nats";
import { type NodeStatus, nodeStatusSchema } from "@troupe/telemetry";
import { hasPromtool, runPromtool } from "@troupe/telemetry/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Deployment } from "./deployment/deployment.ts";

let deployment: Deployment;
beforeAll(async () => {
  deployment = await Deployment.start({
    nodes: 2,
    environment: { TROUPE_METRICS_PORT: "0", TROUPE_HEALTH_MS: "1000" },
  });
}, 120_000);
afterAll(() => deployment?.stop());

async function services() {
  const { transport } = deployment;
  return findServices({
    transport,
    clock: systemClock,
    random: systemRandom,
    name: "troupe-node",
    inbox: "troupe.inbox.client",
  });
}

async function statusOf(node: string): Promise<NodeStatus> {
  const ports = { transport: deployment.transport, clock: systemClock, random: systemRandom };
  return nodeStatusSchema.parse(
    await request(ports, "troupe", `troupe.node.${node}.status`, {}, 5000),
  );
}

/** Asks again until a node's status is as wanted: its health is read every second. */
async function until(node: string, wanted: (status: NodeStatus) => boolean): Promise<NodeStatus> {
  for (;;) {
    const status = await statusOf(node);
    if (wanted(status)) return status;
  }
}

/** Panels of what only happens when something is wrong, or in groups of replicas. */
const rare = ["Dead letters a minute", "What replicas of groups notice a minute"];
const flow = (id: string) => ({
  id,
  kind: "flow",
  tasks: [
    { id: "one", type: "wait", input: { ms: 1 } },
    { id: "two", type: "wait", input: { ms: 1 }, dependsOn: ["one"] },
  ],
});

test("what a goal does is in the metrics of the node that coordinates it, as promtool likes them", async () => {
  const found = await services();
  expect(found.map(({ id }) => id)).toEqual(["n1", "n2"]);
  await deployment.client.submit(flow("measured"));
  await deployment.follow("measured");
  const pages = await Promise.all(
    found.map(async ({ metadata }) => {
      const response = await fetch(`${metadata["metrics"]}/metrics`);
      expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
      return response.text();
    }),
  );
  const sum = (line: string): number =>
    pages.reduce((total, page) => {
      const found = page.split("\n").find((one) => one.startsWith(`${line} `));
      return total + Number(found?.split(" ").at(-1) ?? 0);
    }, 0);
  expect(sum('troupe_goals_accepted_total{kind="flow"}')).toBe(1);
  expect(sum('troupe_goals_ended_total{kind="flow",outcome="succeeded"}')).toBe(1);
  expect(sum('troupe_goal_duration_seconds_count{kind="flow",outcome="succeeded"}')).toBe(1);
  expect(sum('troupe_tasks_ended_total{type="wait",outcome="done"}')).toBe(2);
  expect(sum('troupe_auctions_total{type="wait",outcome="won"}')).toBe(2);
  expect(sum("troupe_nats_connected")).toBe(2);
  expect(sum("troupe_cluster_nodes")).toBe(4);
  expect(sum("troupe_messages_handled_total")).toBeGreaterThan(10);
  expect(pages.join("")).toContain("troupe_journal_append_duration_seconds_bucket");
  if (!hasPromtool) return;
  for (const page of pages) {
    expect(runPromtool(["check", "metrics"], page)).toEqual({ exitCode: 0, said: "" });
  }
});

test("every panel of the dashboard reads a metric and labels that a node has once it has done a goal of each sort", async () => {
  const tasks = [{ id: "one", type: "wait", input: { ms: 120_000 } }];
  await deployment.client.submit({ id: "held", kind: "flow", tasks });
  await deployment.follow("held", ({ record }) => record.type === "awarded");
  const source = join(deployment.inbox, "shown.csv");
  writeFileSync(source, "name,age\nAda,36\nBob,x\n");
  await deployment.client.submit({ id: "cleaned", kind: "clean", source });
  await deployment.follow("cleaned");
  const pages = await Promise.all(
    (await services()).map(async ({ metadata }) =>
      (await fetch(`${metadata["metrics"]}/metrics`)).text(),
    ),
  );
  const lines = pages.join("\n").split("\n");
  const file = join(import.meta.dirname, "../deploy/grafana/dashboards/troupe.json");
  const { panels } = JSON.parse(readFileSync(file, "utf8")) as {
    panels: { title: string; targets: { expr: string }[] }[];
  };
  const unread = panels.flatMap(({ title, targets }) =>
    targets
      .filter(({ expr }) => {
        const [metric = ""] =
          /\b(troupe|process)_[a-z_]+/.exec(expr.replace(/by \([^)]*\)/g, "")) ?? [];
        const labels = (/by \(([^)]*)\)/.exec(expr)?.[1] ?? "").split(", ");
        // Which node it is, Prometheus knows.
        const wanted = labels.filter((label) => label !== "" && label !== "instance");
        return !lines.some(
          (line) =>
            (line.startsWith(`${metric}{`) || line.startsWith(`${metric} `)) &&
            wanted.every((label) => line.includes(`${label}="`)),
        );
      })
      .map(() => title),
  );
  expect(unread.filter((title) => !rare.includes(title))).toEqual([]);
  await deployment.client.cancel("held", "it was seen");
}, 120_000);

test("a node tells how it is, and answers probes", async () => {
  const status = await until("n1", ({ health }) => health.checks.length > 0);
  expect(status.health.checks.filter(({ status: how }) => how === "fail")).toEqual([]);
  expect(status.health.score).toBeGreaterThan(0);
  expect(status.cluster).toEqual(["n1", "n2"]);
  const named = (name: string) => status.actors.shown.find(({ address }) => address === name);
  expect(named("n1/health")).toMatchObject({ protocol: "health", state: "running" });
  expect(named("n1/alerts")).toBeDefined();
  expect(status.resources.memoryBytes).toBeGreaterThan(10_000_000);
  const base = status.metricsUrl ?? "";
  const healthy = await fetch(`${base}/healthz`);
  expect(healthy.status).toBe(200);
  expect(await healthy.json()).toMatchObject({ node: "n1", alive: true });
  expect((await fetch(`${base}/readyz`)).status).toBe(200);
});

/** Runs `troupe report` as a process of its own. */
async function report(...args: readonly string[]): Promise<string> {
  const troupe = join(import.meta.dirname, "..", "services", "cli", "src", "main.ts");
  const command = ["--conditions=troupe:source", troupe, "report", ...args];
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...command,
    "--server",
    deployment.server.url,
  ]);
  return stdout;
}

test("`troupe report` tells how all nodes are, in every form", async () => {
  await until("n1", ({ health }) => health.checks.length > 0);
  await until("n2", ({ health }) => health.checks.length > 0);
  const status = JSON.parse(await report("--json"));
  expect(status.nodes.map((node: NodeStatus) => node.node)).toEqual(["n1", "n2"]);
  expect(status.missing).toEqual([]);
  expect(await report()).toContain("2 node(s) answer");
  expect(await report("--format", "markdown", "--performance")).toContain("## Node n1");
  const file = join(deployment.directory, "report.html");
  expect(await report("--format", "html", "--output", file)).toBe("");
  expect(readFileSync(file, "utf8")).toContain("<td>n2</td>");
});

test("a node without NATS is alive but not ready, and is both again by itself", async () => {
  const { metricsUrl } = await until("n2", ({ health }) => health.checks.length > 0);
  const ready = async (): Promise<number> => (await fetch(`${metricsUrl}/readyz`)).status;
  const untilReady = async (wanted: number): Promise<void> => {
    while ((await ready()) !== wanted) {}
  };
  await untilReady(200);
  await deployment.server.kill();
  await untilReady(503);
  const body = await (await fetch(`${metricsUrl}/healthz`)).json();
  expect(body).toMatchObject({ alive: true });
  expect(JSON.stringify(body)).toContain("no connection to NATS");
  await deployment.server.restart();
  await untilReady(200);
  const page = await (await fetch(`${metricsUrl}/metrics`)).text();
  expect(page).toContain("troupe_nats_reconnects_total 1");
});
