import { join } from "node:path";
import { parseTraceparent } from "@troupe/actor";
import { criticalPath, participation, traceTree } from "@troupe/telemetry";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Deployment } from "./deployment/deployment.ts";
import { OtlpReceiver } from "./deployment/otlp-receiver.ts";
import { isWhole, SpanWatch } from "./deployment/span-watch.ts";

const samples = join(import.meta.dirname, "..", "node_modules", "vega-datasets", "data");
const source = join(samples, "penguins.json");

let receiver: OtlpReceiver;
let deployment: Deployment;
let watch: SpanWatch;
beforeAll(async () => {
  receiver = await OtlpReceiver.start();
  deployment = await Deployment.start({
    nodes: 3,
    sources: [samples],
    environment: {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint,
      OTEL_METRICS_EXPORTER: "none",
      OTEL_METRIC_EXPORT_INTERVAL: "1000",
    },
  });
  watch = new SpanWatch(deployment.transport);
}, 120_000);
afterAll(async () => {
  watch?.close();
  await deployment?.stop();
  await receiver?.stop();
});

async function traceIdOf(goal: string): Promise<string> {
  const { trace } = await deployment.client.show(goal);
  return parseTraceparent(trace)?.traceId ?? "";
}

test("a goal is one connected trace over all nodes, stored and exported alike", async () => {
  await deployment.client.submit({ id: "traced", kind: "clean", source });
  await deployment.follow("traced");
  const traceId = await traceIdOf("traced");
  const ended = (spans: readonly { name: string }[]): boolean =>
    ["goal clean", "execute_tool publish"].every((name) =>
      spans.some((span) => span.name === name),
    );

  const stored = await watch.until(traceId, (spans) => ended(spans) && isWhole(spans));
  const tree = traceTree(stored);
  expect(tree.roots).toHaveLength(1);
  expect(tree.roots[0]?.span.name).toBe("goal clean");
  expect(new Set(stored.map(({ node }) => node)).size).toBe(3);
  expect(stored.filter(({ status }) => status === "error")).toEqual([]);
  const path = criticalPath(tree).sections.map(({ span }) => span.name);
  expect(path).toContain("execute_tool profile");
  expect(path).toContain("execute_tool publish");

  const exported = (): typeof receiver.spans =>
    receiver.spans.filter((span) => span.traceId === traceId);
  const ids = new Set(stored.map(({ spanId }) => spanId));
  await receiver.until(() => ids.isSubsetOf(new Set(exported().map(({ spanId }) => spanId))));
  expect(new Set(exported().map(({ node }) => node))).toEqual(new Set(["n1", "n2", "n3"]));
  // Metrics, which would have been sent each second, are kept from a receiver of spans.
  expect(receiver.paths).toEqual(new Set(["/v1/traces"]));
});

test("a goal published with a traceparent belongs to the publisher's trace", async () => {
  const traceId = "5b8aa5a2d2c872e8321cf37308d69df2";
  const parent = "051581bf3cb55c13";
  const goal = { id: "within", kind: "clean", source };
  deployment.transport.publish("troupe.goals", new TextEncoder().encode(JSON.stringify(goal)), {
    headers: { traceparent: `00-${traceId}-${parent}-01` },
  });
  await deployment.follow("within");
  expect(await traceIdOf("within")).toBe(traceId);
  const spans = await watch.until(traceId, (all) => all.some(({ name }) => name === "goal clean"));
  expect(spans.find(({ name }) => name === "goal clean")?.parentSpanId).toBe(parent);
});

test("every span of a goal reaches the receiver, ended and under its parent; its path follows the tasks", async () => {
  const wait = (id: string, ms: number, ...dependsOn: string[]) => ({
    id,
    type: "wait",
    input: { ms },
    ...(dependsOn.length === 0 ? {} : { dependsOn }),
  });
  const tasks = [
    wait("first", 50),
    wait("quick", 10, "first"),
    wait("slow", 400, "first"),
    // Nothing waits for it, though it takes longer than any of those before the last.
    wait("aside", 600),
    wait("last", 1500, "quick", "slow"),
  ];
  await deployment.client.submit({ id: "graph", kind: "flow", tasks });
  await deployment.follow("graph");
  const traceId = await traceIdOf("graph");
  const runs = (spans: readonly { name: string }[]): number =>
    spans.filter(({ name }) => name === "execute_tool wait").length;
  const stored = await watch.until(
    traceId,
    (spans) =>
      spans.some(({ name }) => name === "goal flow") && runs(spans) === 5 && isWhole(spans),
  );

  const path = criticalPath(traceTree(stored));
  const tasksOn = path.sections.flatMap(({ span, kind }) =>
    kind === "work" && span.name === "execute_tool wait" ? [span.attributes["troupe.task"]] : [],
  );
  // On a busy machine `slow` may begin only after `quick`, which then had a part in it.
  const following = [...new Set(tasksOn)].filter((task) => task !== "quick");
  expect(following).toEqual(["first", "slow", "last"]);
  expect(path.sections.reduce((sum, one) => sum + one.endMs - one.startMs, 0)).toBeCloseTo(
    path.totalMs,
  );
  const workers = participation(traceTree(stored), path).filter(({ agent }) =>
    stored.some(
      ({ name, attributes }) =>
        name === "execute_tool wait" && attributes["gen_ai.agent.id"] === agent,
    ),
  );
  expect(workers.reduce((sum, { criticalMs }) => sum + criticalMs, 0)).toBeGreaterThan(1900);

  const exported = () => receiver.spans.filter((span) => span.traceId === traceId);
  const ids = new Set(stored.map(({ spanId }) => spanId));
  await receiver.until(() => ids.isSubsetOf(new Set(exported().map(({ spanId }) => spanId))));
  const known = new Set(exported().map(({ spanId }) => spanId));
  const roots = exported().filter(({ parentSpanId = "" }) => !known.has(parentSpanId));
  expect(roots.map(({ name }) => name)).toEqual(["goal flow"]);
  expect(exported()).toHaveLength(known.size);
  for (const { startTimeUnixNano, endTimeUnixNano } of exported()) {
    expect(endTimeUnixNano).toBeGreaterThanOrEqual(startTimeUnixNano);
  }
});
