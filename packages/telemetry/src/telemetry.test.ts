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

test("of new traces as many are recorded as are allowed, whole; the others are counted and carried along", async () => {
  const { store, kept } = keeping();
  const { telemetry, clock } = observed({ store, tracesPerSecond: 20 });
  const trace = (): TraceContext => {
    const root = telemetry.tracer.start("root");
    telemetry.tracer.start("child", { parent: root.context }).end();
    root.end();
    return root.context;
  };
  const contexts = Array.from({ length: 300 }, trace);
  expect(contexts.filter(({ sampled }) => sampled)).toHaveLength(200);
  expect(telemetry.unsampled()).toBe(100);
  await clock.advance(1000);
  contexts.push(...Array.from({ length: 30 }, trace));
  await telemetry.flush();
  expect(telemetry.unsampled()).toBe(110);
  const recorded = new Set(contexts.flatMap((one) => (one.sampled ? [one.traceId] : [])));
  expect(new Set(kept.map((span) => span.traceId))).toEqual(recorded);
  expect(kept).toHaveLength(440);
});

test("a trace that somebody wants is recorded however many begin, and one that its publisher does not want is not", () => {
  const { telemetry } = observed({ ...keeping(), tracesPerSecond: 0 });
  const { tracer } = telemetry;
  const unsampled = { ...identity, sampled: false };
  expect(tracer.root().sampled).toBe(false);
  expect(telemetry.unsampled()).toBe(1);
  expect(tracer.root({ always: true }).sampled).toBe(true);
  expect(tracer.root({ publisher: identity })).toMatchObject({ traceId, sampled: true });
  expect(tracer.root({ publisher: unsampled })).toMatchObject({ traceId, sampled: false });
  expect(tracer.root({ publisher: unsampled, always: true }).sampled).toBe(true);
  expect(tracer.root({ publisher: identity }).spanId).not.toBe(identity.spanId);
  // Only the limit leaves traces out.
  expect(telemetry.unsampled()).toBe(1);
});

test("a publisher's traces use up nothing of what may begin", () => {
  const { telemetry } = observed({ ...keeping(), tracesPerSecond: 0.1 });
  for (let index = 0; index < 50; index += 1) telemetry.tracer.root({ publisher: identity });
  expect(telemetry.tracer.root().sampled).toBe(true);
  expect(telemetry.tracer.root().sampled).toBe(false);
});

test("of a span with more than it may have, what is left out is counted", async () => {
  const { store, kept } = keeping();
  const { telemetry } = observed({ store });
  const links = Array.from({ length: 130 }, (_, at) => ({
    ...identity,
    spanId: String(at).padStart(16, "0"),
  }));
  const span = telemetry.tracer.start("work", { links, attributes: { long: "x".repeat(5000) } });
  for (let index = 0; index < 130; index += 1) {
    span.set({ [`a${index}`]: index, a0: "again" });
    span.event(`e${index}`, { long: ["x".repeat(5000)] });
  }
  span.event("wide", Object.fromEntries(links.map((_, at) => [`b${at}`, at])));
  span.end();
  await telemetry.flush();
  const [{ attributes = {}, events = [], links: kept128 = [], dropped } = {}] = kept;
  expect(Object.keys(attributes)).toHaveLength(128);
  expect(attributes["long"]).toHaveLength(4096);
  expect(attributes["a0"]).toBe("again");
  expect(events.map(({ name }) => name).slice(0, 2)).toEqual(["e3", "e4"]);
  expect(Object.keys(events.at(-1)?.attributes ?? {})).toHaveLength(128);
  expect(events[0]?.attributes["long"]).toEqual(["x".repeat(4096)]);
  expect([events.length, kept128.length]).toEqual([128, 128]);
  expect(kept128[0]?.spanId).toBe(links[2]?.spanId);
  expect(dropped).toEqual({ attributes: 3, events: 3, links: 2 });
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
  ["tracesPerSecond", { tracesPerSecond: -1 }],
  ["tracesPerSecond", { tracesPerSecond: Number.NaN }],
  ["queueLimit", { queueLimit: 0 }],
  ["queueLimit", { queueLimit: 2.5 }],
  ["otlpEndpoint", { otlpEndpoint: "collector:4318" }],
])("an option that cannot work, %s in %j, is refused by name", (option, over) => {
  expect(() => observed(over)).toThrow(InvalidTelemetryOptionError);
  expect(() => observed(over)).toThrow(option);
});
