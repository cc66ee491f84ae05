import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { createActorSystem, defineActor, defineProtocol, message, silentLog } from "@troupe/actor";
import { InMemoryJournal, InMemoryNetwork, seededRandom, VirtualClock } from "@troupe/testkit";
import { expect, test } from "vitest";
import { z } from "zod";
import { InvalidTelemetryOptionError } from "../errors.ts";
import { hasPromtool, runPromtool } from "../testing.ts";
import { measuredJournal } from "./measured-journal.ts";
import { createMetrics } from "./metrics.ts";
import { ProcessMeter } from "./process-usage.ts";
import { measureSystem } from "./system-metrics.ts";

const clock = new VirtualClock();
const about = { service: "troupe", node: "n1", clock, log: silentLog };

/** Metrics of a node in which a bit of everything has happened. */
async function busyNode() {
  const metrics = createMetrics(about);
  const { meter } = metrics;
  const network = new InMemoryNetwork({ clock, random: seededRandom(1) });
  const system = createActorSystem({
    node: "n1",
    ports: { transport: network.connect("n1"), clock, random: seededRandom(2), meter },
  });
  measureSystem(system, meter);
  new ProcessMeter({ cpus: 2, memoryBytes: 2 ** 32 }, clock).measure(meter);
  const journal = measuredJournal(new InMemoryJournal(clock), meter, clock);
  const protocol = defineProtocol("cook", { cook: message(z.object({ well: z.boolean() })) });
  const cook = system.spawn(
    defineActor(protocol, () => ({
      cook: ({ well }) => {
        if (!well) throw new Error("burnt");
      },
    })),
    { name: "cook" },
  );
  cook.tell("cook", { well: true });
  cook.tell("cook", { well: false });
  system.ref(protocol, "n1/nobody").tell("cook", { well: true });
  await clock.advance(5000);
  await journal.append("journal.goal.g", new Uint8Array(1), { expected: 0 });
  await journal.append("journal.goal.g", new Uint8Array(1), { expected: 0 }).catch(() => {});
  return { metrics, system };
}

test("the page has what happened, under names and units that Prometheus expects", async () => {
  const { metrics } = await busyNode();
  const page = await metrics.page();
  for (const line of [
    "target_info{",
    'service_instance_id="n1"',
    'troupe_dead_letters_total{reason="no-actor"} 1',
    'troupe_dead_letters_total{reason="malformed"} 0',
    'troupe_cluster_changes_total{change="lost"} 0',
    "troupe_actor_escalations_total 0",
    "troupe_actor_restarts_total 1",
    "troupe_quarantined_total 1",
    "troupe_quarantine_size 1",
    "troupe_cluster_nodes 1",
    'troupe_actors{troupe_protocol="cook"} 1',
    'troupe_mailbox_depth{troupe_protocol="cook"} 0',
    "troupe_mailbox_fullness_ratio 0",
    "troupe_messages_handled_total 2",
    'messaging_process_duration_seconds_count{troupe_protocol="cook",troupe_message="cook"} 1',
    'troupe_journal_append_duration_seconds_count{store="journal",outcome="stored"} 1',
    'troupe_journal_append_duration_seconds_count{store="journal",outcome="fenced"} 1',
    'process_cpu_time_seconds_total{cpu_mode="user"}',
    "process_memory_usage_bytes ",
    "nodejs_eventloop_delay_p99_seconds ",
  ]) {
    expect(page).toContain(line);
  }
});

test.skipIf(!hasPromtool)("promtool finds nothing wrong with the page", async () => {
  const { metrics } = await busyNode();
  const page = await metrics.page();
  expect(runPromtool(["check", "metrics"], page)).toEqual({ exitCode: 0, said: "" });
  // It would: the check is not blind.
  const bad = page.replace("# HELP troupe_quarantined_total", "# NO troupe_quarantined_total");
  expect(runPromtool(["check", "metrics"], bad).exitCode).not.toBe(0);
});

test("samples have the names of the page, and histograms their buckets", async () => {
  const { metrics } = await busyNode();
  const samples = await metrics.collect();
  const find = (metric: string) => samples.find((sample) => sample.metric === metric);
  expect(find("troupe_dead_letters_total")).toMatchObject({
    labels: { reason: "no-actor" },
    value: 1,
    growing: true,
    at: clock.now(),
  });
  expect(find("troupe_cluster_nodes")).toMatchObject({ value: 1, growing: false });
  const waited = find("troupe_mailbox_wait_seconds");
  expect(waited).toMatchObject({ value: 1, growing: true });
  expect(waited?.histogram?.buckets.at(-1)).toEqual({ upTo: Number.POSITIVE_INFINITY, count: 1 });
});

test("an instrument that cannot be read is left out, and the others stay", async () => {
  const said: string[] = [];
  const metrics = createMetrics({ ...about, log: (_level, text) => said.push(text) });
  metrics.meter.observe("bad", { description: "Bad" }, () => {
    throw new Error("no");
  });
  metrics.meter.observe("good", { description: "Good" }, () => [{ value: 7 }]);
  const page = await metrics.page();
  expect(page).toContain("good 7");
  expect(page).not.toContain("bad");
  expect(said).toEqual(["a metric could not be read"]);
});

test("counters and histograms have a series for each set of attributes, in whatever order they are written", async () => {
  const metrics = createMetrics(about);
  const counter = metrics.meter.counter("sold", { description: "Sold", unit: "{loaf}" });
  counter.add(2, { kind: "rye", outcome: "paid" });
  counter.add(3, { outcome: "paid", kind: "rye" });
  metrics.meter.counter("sold", { description: "Sold" }).add(1, { kind: "rye", outcome: "paid" });
  counter.add(1, { kind: "1", outcome: "paid" });
  counter.add(1, { kind: 1, outcome: "paid" });
  const times = metrics.meter.histogram("baked", { description: "Baked", unit: "s" });
  for (const seconds of [0.001, 0.0011, 7, 4000, Number.NaN]) times.record(seconds);
  const sizes = metrics.meter.histogram("size", { description: "Size", boundaries: [1, 2] });
  sizes.record(2);
  const samples = await metrics.collect();
  expect(samples.filter(({ metric }) => metric === "sold_total")).toMatchObject([
    { labels: { kind: "rye", outcome: "paid" }, value: 6, growing: true },
    { labels: { kind: "1" }, value: 2 },
  ]);
  const baked = samples.find(({ metric }) => metric === "baked_seconds");
  expect(baked).toMatchObject({ value: 4, histogram: { sum: 4007.0021 } });
  const upTo = (bound: number) =>
    baked?.histogram?.buckets.find((bucket) => bucket.upTo === bound)?.count;
  expect([0.001, 0.005, 5, 10, 1800, Number.POSITIVE_INFINITY].map(upTo)).toEqual([
    1, 2, 2, 3, 3, 4,
  ]);
  const size = samples.find(({ metric }) => metric === "size");
  expect(size?.histogram?.buckets.map(({ count }) => count)).toEqual([0, 1, 1]);
  await metrics.shutdown();
});

test("sets of attributes beyond a thousand are counted together, and those that were there go on", async () => {
  const metrics = createMetrics(about);
  const counter = metrics.meter.counter("seen", { description: "Seen" });
  for (let round = 0; round < 2; round += 1) {
    for (let name = 0; name < 1500; name += 1) counter.add(1, { name: `n${name}` });
  }
  const samples = (await metrics.collect()).filter(({ metric }) => metric === "seen_total");
  expect(samples).toHaveLength(1000);
  expect(samples.find(({ labels }) => labels["otel_metric_overflow"] === "true")?.value).toBe(1002);
  expect(samples.find(({ labels }) => labels["name"] === "n7")?.value).toBe(2);
  await metrics.shutdown();
});

test("with a receiver, everything is sent over OTLP at the latest when it ends", async () => {
  const bodies: unknown[] = [];
  const server = createServer((request, response) => {
    void json(request).then((body) => {
      bodies.push({ url: request.url, body: JSON.stringify(body) });
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const metrics = createMetrics({ ...about, otlpEndpoint: `http://127.0.0.1:${port}/` });
  metrics.meter.counter("troupe.quarantined", { description: "Q" }).add(3);
  await metrics.shutdown();
  await new Promise((resolve) => server.close(resolve));
  expect(bodies).toEqual([
    { url: "/v1/metrics", body: expect.stringContaining('"name":"troupe.quarantined"') },
  ]);
});

test("a receiver that refuses is told of once and harms nobody", async () => {
  const server = createServer((_request, response) => response.writeHead(400).end());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const said: string[] = [];
  const metrics = createMetrics({
    ...about,
    otlpEndpoint: `http://127.0.0.1:${port}`,
    log: (_level, text) => said.push(text),
  });
  metrics.meter.counter("c", { description: "C" }).add(1);
  await metrics.shutdown();
  await new Promise((resolve) => server.close(resolve));
  expect(said.filter((text) => text.includes("do not reach the OTLP receiver"))).toHaveLength(1);
});

test.each([
  [{ otlpEndpoint: "localhost:4318" }, "otlpEndpoint"],
  [{ exportEveryMs: 10 }, "exportEveryMs"],
])("options that cannot work are refused: %j", (options, named) => {
  expect(() => createMetrics({ ...about, ...options })).toThrow(InvalidTelemetryOptionError);
  expect(() => createMetrics({ ...about, ...options })).toThrow(named);
});

test("a gauge tells what is there, and no more of what is gone", async () => {
  const metrics = createMetrics(about);
  let states: readonly string[] = ["planning", "executing"];
  metrics.meter.observe("troupe.test.goals", { description: "Goals" }, () =>
    states.map((state) => ({ value: 1, attributes: { state } })),
  );
  const told = async (): Promise<readonly string[]> =>
    (await metrics.page()).match(/^troupe_test_goals\{.*$/gm)?.map((line) => line.trim()) ?? [];
  expect(await told()).toHaveLength(2);
  states = ["executing"];
  expect(await told()).toEqual(['troupe_test_goals{state="executing"} 1']);
  expect(await told()).toEqual(['troupe_test_goals{state="executing"} 1']);
  states = [];
  expect(await told()).toEqual([]);
  await metrics.shutdown();
});
