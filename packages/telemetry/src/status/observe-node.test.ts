import { createActorSystem, defineActor, defineProtocol, message, silentLog } from "@troupe/actor";
import { InMemoryJournal, InMemoryNetwork, seededRandom, VirtualClock } from "@troupe/testkit";
import { afterEach, expect, test } from "vitest";
import { z } from "zod";
import { readAlerting } from "../alerts/alerting-file.ts";
import { recoverySchema } from "../health/recovery.ts";
import { createMetrics } from "../metrics/metrics.ts";
import { Incidents } from "./incidents.ts";
import { nodeStatusSchema } from "./node-status.ts";
import { observeNode } from "./observe-node.ts";

const actors = 10_000;
const places = 100;
const names = Array.from({ length: 20 }, (_, index) => `Level${index}`);
const rules = `every: 5
rules:
${names
  .map(
    (name) => `  - name: ${name}
    summary: "it holds at {{place}}"
    condition: {type: threshold, metric: troupe_test_level, by: [place], operator: ">=", value: 1}
`,
  )
  .join("")}`;

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const act of undo.splice(0).reverse()) await act();
});

test("a node of 10 000 actors with long names and thousands of alerts tells what fits, and how much does not", async () => {
  const clock = new VirtualClock();
  const network = new InMemoryNetwork({ clock, random: seededRandom(1) });
  const transport = network.connect("n1");
  const system = createActorSystem({
    node: "n1",
    ports: { transport, clock, random: seededRandom(2) },
  });
  const protocol = defineProtocol("idle", { rest: message(z.object({})) });
  const idle = defineActor(protocol, () => ({ rest: () => {} }));
  for (let one = 0; one < actors; one += 1) {
    system.spawn(idle, { name: `${one}-`.padEnd(64, "n") });
  }
  const about = { service: "test", node: "n1", version: "0.0.0", clock, log: silentLog };
  const metrics = createMetrics(about);
  metrics.meter.observe("troupe.test.level", { description: "A level" }, () =>
    Array.from({ length: places }, (_, place) => ({
      value: 1,
      attributes: { place: `${place} ${"\u00fc".repeat(200)}` },
    })),
  );
  const observed = observeNode({
    ...about,
    system,
    metrics,
    journal: new InMemoryJournal(clock),
    random: seededRandom(3),
    limits: { cpus: 1, memoryBytes: 2 ** 32 },
    rules: readAlerting(rules, "test").rules,
    handlers: [],
    alertsEvery: 5,
    healthEveryMs: 5000,
    recovery: recoverySchema.parse({}),
    active: () => true,
    probe: async () => ({ nats: { connected: true, roundTripMs: 1 }, journalMs: 1 }),
    act: async () => {},
  });
  undo.push(async () => {
    observed.stop();
    const stopped = system.stop();
    await clock.advance(20_000);
    await stopped;
  });
  await clock.advance(6000);

  const totals = new Set<number>();
  for (const maxPayloadBytes of [2 ** 20, 64 * 1024]) {
    const asked = observed.status(maxPayloadBytes);
    await clock.advance(1000);
    const told = JSON.stringify(await asked);
    expect(Buffer.byteLength(told)).toBeLessThan(maxPayloadBytes);
    expect(Buffer.byteLength(told)).toBeGreaterThan(maxPayloadBytes * 0.4);
    const status = nodeStatusSchema.parse(JSON.parse(told));
    expect(status.actors.total).toBeGreaterThanOrEqual(actors);
    expect(status.actors.shown.length).toBeGreaterThan(20);
    expect(status.alerts.length).toBeGreaterThan(10);
    totals.add(status.alerts.length + (status.leftOut["alerts"] ?? 0));
    expect(status.leftOut["alerts"]).toBeGreaterThan(0);
  }
  expect(totals.size).toBe(1);
  expect(Math.min(...totals)).toBeGreaterThanOrEqual(places * names.length);
}, 60_000);

test("a node is ready once its health is known, and neither ready nor alive when nobody looks any more", async () => {
  const clock = new VirtualClock();
  const network = new InMemoryNetwork({ clock, random: seededRandom(1) });
  const ports = { transport: network.connect("n1"), clock, random: seededRandom(2) };
  const system = createActorSystem({ node: "n1", ports });
  const about = { service: "test", node: "n1", version: "0.0.0", clock, log: silentLog };
  let answers = true;
  const observed = observeNode({
    ...about,
    system,
    metrics: createMetrics(about),
    journal: new InMemoryJournal(clock),
    random: seededRandom(3),
    limits: { cpus: 1000, memoryBytes: 2 ** 40 },
    rules: [],
    handlers: [],
    alertsEvery: 5,
    healthEveryMs: 5000,
    recovery: recoverySchema.parse({}),
    active: () => true,
    probe: () =>
      answers
        ? Promise.resolve({ nats: { connected: true, roundTripMs: 1 }, journalMs: 1 })
        : new Promise(() => {}),
    act: async () => {},
  });
  undo.push(async () => {
    observed.stop();
    const stopped = system.stop();
    await clock.advance(60_000);
    await stopped;
  });
  expect(observed.alive().ok).toBe(true);
  expect(observed.ready()).toMatchObject({ ok: false, body: { why: "it is starting" } });
  await clock.advance(1000);
  expect(observed.ready()).toEqual({ ok: true, body: { node: "n1", ready: true, score: 100 } });
  const told = async () => {
    const asked = observed.status(2 ** 20);
    await clock.advance(1);
    return asked;
  };
  expect(await told()).not.toHaveProperty("metricsUrl");
  observed.servedAt("http://127.0.0.1:9464");
  expect(await told()).toMatchObject({ metricsUrl: "http://127.0.0.1:9464" });

  answers = false;
  await clock.advance(25_000);
  expect([observed.alive().ok, observed.ready().ok]).toEqual([true, true]);
  await clock.advance(600_000);
  expect(observed.alive().ok).toBe(false);
  expect(observed.ready()).toMatchObject({ ok: false, body: { why: "its health is not known" } });
});

test("what went wrong on a node is told as far as it fits, the latest first", async () => {
  const clock = new VirtualClock();
  const network = new InMemoryNetwork({ clock, random: seededRandom(1) });
  const ports = { transport: network.connect("n1"), clock, random: seededRandom(2) };
  const system = createActorSystem({ node: "n1", ports });
  const incidents = new Incidents(system, clock);
  undo.push(async () => {
    incidents.close();
    const stopped = system.stop();
    await clock.advance(20_000);
    await stopped;
  });
  for (let one = 0; one < 200; one += 1) {
    incidents.asked({ do: "stop", actor: `n1/${one}`, by: "\u00fc".repeat(200) }, false);
  }
  const { operations, leftOut } = incidents.list(16 * 1024);
  expect(operations.at(-1)).toMatchObject({ of: "n1/199" });
  expect(operations.length + (leftOut["operations"] ?? 0)).toBe(200);
  expect(Buffer.byteLength(JSON.stringify({ operations, leftOut }))).toBeLessThan(16 * 1024);
});
