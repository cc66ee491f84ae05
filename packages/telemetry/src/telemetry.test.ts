import type { TraceContext } from "@troupe/actor";
import { seededRandom, VirtualClock } from "@troupe/testkit";
import { expect, test } from "vitest";
import { InvalidTelemetryOptionError } from "./errors.ts";
import { keeping, observe } from "./telemetry.test-data.ts";
import type { TelemetryOptions } from "./telemetry.ts";

const observed = (over: Partial<TelemetryOptions> = {}) =>
  observe(new VirtualClock(), seededRandom(1), over);

const traceId = "0af7651916cd43dd8448eb211c80319c";
const identity: TraceContext = { traceId, spanId: "b7ad6b7169203331", sampled: true };

test("a span given an identity carries exactly its ids", async () => {
  const { store, kept } = keeping();
  const { telemetry } = observed({ store });
  const span = telemetry.tracer.start("goal", { identity: { ...identity, state: "vendor=1" } });
  expect(span.context).toEqual({ ...identity, state: "vendor=1" });
  span.end();
  await telemetry.flush();
  expect(kept).toMatchObject([{ traceId, spanId: identity.spanId, name: "goal" }]);
  expect(kept[0]).not.toHaveProperty("parentSpanId");
});

test("a span given an identity and a parent in the same trace hangs below the parent", async () => {
  const { store, kept } = keeping();
  const { telemetry } = observed({ store });
  const parent = { traceId, spanId: "00f067aa0ba902b7", sampled: true };
  telemetry.tracer.start("step", { identity, parent }).end();
  await telemetry.flush();
  expect(kept).toMatchObject([{ spanId: identity.spanId, parentSpanId: parent.spanId, links: [] }]);
});

test("a parent in another trace than the identity becomes a link", async () => {
  const { store, kept } = keeping();
  const { telemetry } = observed({ store });
  const parent = { traceId: "1".repeat(32), spanId: "2".repeat(16), sampled: true };
  telemetry.tracer.start("goal", { identity, parent }).end();
  await telemetry.flush();
  expect(kept).toMatchObject([
    { traceId, links: [{ traceId: parent.traceId, spanId: parent.spanId }] },
  ]);
  expect(kept[0]).not.toHaveProperty("parentSpanId");
});

test("the span after one with an identity gets ids of its own", () => {
  const { telemetry } = observed(keeping());
  telemetry.tracer.start("goal", { identity }).end();
  const { context } = telemetry.tracer.start("other");
  expect(context.traceId).not.toBe(traceId);
  expect(context.spanId).not.toBe(identity.spanId);
});

test("an unsampled parent or identity produces nothing and is carried along as it is", async () => {
  const { store, kept } = keeping();
  const { telemetry } = observed({ store });
  const unsampled = { ...identity, sampled: false };
  for (const options of [{ parent: unsampled }, { identity: unsampled }]) {
    const span = telemetry.tracer.start("step", options);
    expect(span.recording).toBe(false);
    expect(span.context).toEqual(unsampled);
    span.set({ a: 1 });
    span.fail(new Error("no"));
    span.end();
  }
  await telemetry.shutdown();
  expect(kept).toEqual([]);
  expect(telemetry.dropped()).toBe(0);
});

test("no trace is recorded with a share of 0, and about its share with another", async () => {
  const count = async (sampleRatio: number): Promise<number> => {
    const { store, kept } = keeping();
    const { telemetry } = observed({ store, sampleRatio });
    for (let index = 0; index < 2000; index += 1) {
      const root = telemetry.tracer.start("root");
      telemetry.tracer.start("child", { parent: root.context }).end();
      root.end();
    }
    await telemetry.flush();
    const traces = new Set(kept.map((span) => span.traceId));
    expect(kept).toHaveLength(traces.size * 2);
    return traces.size;
  };
  expect(await count(0)).toBe(0);
  expect(await count(1)).toBe(2000);
  const quarter = await count(0.25);
  expect(quarter).toBeGreaterThan(420);
  expect(quarter).toBeLessThan(580);
});

test("with nowhere to send spans, contexts are carried along and nothing is recorded", () => {
  const { telemetry } = observed();
  const span = telemetry.tracer.start("step", { parent: identity });
  expect(span.recording).toBe(false);
  expect(span.context).toEqual(identity);
  expect(telemetry.tracer.start("other").context.sampled).toBe(false);
});

test("what a span was told is stored, and what comes after its end is not", async () => {
  const { store, kept } = keeping();
  const { telemetry, clock } = observed({ store });
  const startedAt = clock.now() - 40;
  const span = telemetry.tracer.start("work", {
    kind: "consumer",
    startedAt,
    attributes: { rows: 3, bad: Number.NaN, tags: ["a", "b"] },
  });
  span.event("half done", { ok: true });
  span.fail(new RangeError("too far"));
  await clock.advance(10);
  span.end();
  span.set({ late: 1 });
  span.fail("late");
  span.end();
  await telemetry.flush();
  expect(kept).toHaveLength(1);
  expect(kept[0]).toMatchObject({
    kind: "consumer",
    startMs: startedAt,
    endMs: startedAt + 50,
    status: "error",
    message: "too far",
    attributes: { rows: 3, bad: "NaN", tags: ["a", "b"], "error.type": "RangeError" },
    service: "troupe",
    node: "node-1",
  });
  expect(kept[0]?.events.map(({ name }) => name)).toEqual(["half done", "exception"]);
  expect(kept[0]?.attributes).not.toHaveProperty("late");
});

test("nothing in a span from a clock that runs ahead is before its beginning", async () => {
  const { store, kept } = keeping();
  const { telemetry, clock } = observed({ store });
  const startedAt = clock.now() + 500;
  const span = telemetry.tracer.start("work", { startedAt });
  span.event("half done");
  span.end();
  await telemetry.flush();
  expect(kept).toMatchObject([
    { startMs: startedAt, endMs: startedAt, events: [{ atMs: startedAt }] },
  ]);
});

test.each([
  ["sampleRatio", { sampleRatio: 1.5 }],
  ["sampleRatio", { sampleRatio: Number.NaN }],
  ["queueLimit", { queueLimit: 0 }],
  ["queueLimit", { queueLimit: 2.5 }],
  ["otlpEndpoint", { otlpEndpoint: "collector:4318" }],
])("an option that cannot work, %s in %j, is refused by name", (option, over) => {
  expect(() => observed(over)).toThrow(InvalidTelemetryOptionError);
  expect(() => observed(over)).toThrow(option);
});
