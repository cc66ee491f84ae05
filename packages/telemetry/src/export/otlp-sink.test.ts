import { seededRandom, VirtualClock } from "@troupe/testkit";
import { afterEach, expect, test, vi } from "vitest";
import { keeping, observe } from "../telemetry.test-data.ts";
import type { TelemetryOptions } from "../telemetry.ts";
import { type OtlpReceiver, otlpReceiver } from "./otlp-receiver.test-data.ts";

const observed = (over: Partial<TelemetryOptions> = {}) =>
  observe(new VirtualClock(), seededRandom(1), over);

let receiver: OtlpReceiver | undefined;

async function receiving(...given: Parameters<typeof otlpReceiver>): Promise<OtlpReceiver> {
  receiver = await otlpReceiver(...given);
  return receiver;
}

afterEach(async () => {
  vi.unstubAllEnvs();
  await receiver?.close();
  receiver = undefined;
});

test("a trace over two nodes arrives whole, connected and told apart by node", async () => {
  const { endpoint, spans, paths } = await receiving();
  const [here, there] = ["node-1", "node-2"].map((node, index) =>
    observed({ otlpEndpoint: endpoint, node, version: "1.2.3", random: seededRandom(index) }),
  );
  if (here === undefined || there === undefined) throw new Error("two nodes");

  const earlier = here.telemetry.tracer.start("earlier");
  earlier.end();
  const goal = here.telemetry.tracer.start("goal", { links: [earlier.context] });
  const send = here.telemetry.tracer.start("send", { kind: "producer", parent: goal.context });
  send.end();
  const handle = there.telemetry.tracer.start("handle", {
    kind: "consumer",
    parent: send.context,
    attributes: { rows: 3 },
  });
  const call = there.telemetry.tracer.start("call", { kind: "client", parent: handle.context });
  await there.clock.advance(20);
  call.fail(new Error("no answer"));
  call.end();
  handle.end();
  await here.clock.advance(30);
  goal.end();
  await Promise.all([here.telemetry.shutdown(), there.telemetry.shutdown()]);

  expect(paths).toEqual(new Set(["/v1/traces"]));
  const trace = spans.filter(({ traceId }) => traceId === goal.context.traceId);
  const byName = new Map(trace.map((span) => [span.name, span]));
  expect([...byName.keys()].sort()).toEqual(["call", "goal", "handle", "send"]);
  expect(spans).toHaveLength(5);

  const ids = new Set(trace.map(({ spanId }) => spanId));
  expect(ids.size).toBe(4);
  const parents = trace.map(({ parentSpanId }) => parentSpanId).filter((id) => id !== undefined);
  expect(parents).toHaveLength(3);
  for (const parent of parents) expect(ids).toContain(parent);
  expect(byName.get("handle")?.parentSpanId).toBe(send.context.spanId);
  for (const { startTimeUnixNano, endTimeUnixNano } of trace) {
    expect(BigInt(endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(startTimeUnixNano));
    expect(BigInt(startTimeUnixNano)).toBeGreaterThan(0n);
  }
  const lasted = (name: string): bigint => {
    const { startTimeUnixNano = "0", endTimeUnixNano = "0" } = byName.get(name) ?? {};
    return BigInt(endTimeUnixNano) - BigInt(startTimeUnixNano);
  };
  expect([lasted("goal"), lasted("call")]).toEqual([30_000_000n, 20_000_000n]);

  expect(byName.get("goal")?.links).toMatchObject([
    { traceId: earlier.context.traceId, spanId: earlier.context.spanId },
  ]);
  expect(byName.get("handle")?.attributes).toEqual([{ key: "rows", value: { intValue: 3 } }]);
  expect(byName.get("call")?.status).toEqual({ code: 2, message: "no answer" });
  const [producer, consumer, client] = [4, 5, 3];
  expect(["send", "handle", "call"].map((name) => byName.get(name)?.kind)).toEqual([
    producer,
    consumer,
    client,
  ]);
  const nodes = { goal: "node-1", send: "node-1", handle: "node-2", call: "node-2" };
  for (const [name, node] of Object.entries(nodes)) {
    expect(byName.get(name)?.resource).toMatchObject({
      "service.name": "troupe",
      "service.instance.id": node,
      "service.version": "1.2.3",
    });
  }
});

test("headers for the receiver are taken from the environment", async () => {
  vi.stubEnv("OTEL_EXPORTER_OTLP_HEADERS", "x-tenant=blue");
  const { endpoint, headers } = await receiving();
  const { telemetry } = observed({ otlpEndpoint: endpoint });
  telemetry.tracer.start("work").end();
  await telemetry.shutdown();
  expect(headers).toMatchObject([{ "x-tenant": "blue", "content-type": "application/json" }]);
});

test("a receiver that refuses costs its spans, and the store gets them all the same", async () => {
  const { endpoint } = await receiving(() => 400);
  const { store, kept } = keeping();
  const { telemetry, logged } = observed({ otlpEndpoint: endpoint, store });
  telemetry.tracer.start("work").end();
  await telemetry.flush();
  expect(telemetry.dropped()).toBe(1);
  expect(kept).toHaveLength(1);
  expect(logged).toMatchObject([{ level: "warn", fields: { spans: 1 } }]);
  expect(logged[0]?.message).toContain(`${endpoint}v1/traces`);
  await telemetry.shutdown();
});

test("a shutdown does not wait more than five seconds for a receiver that never answers", async () => {
  const { endpoint, asked } = await receiving(() => undefined);
  const { telemetry, clock } = observed({ otlpEndpoint: endpoint });
  telemetry.tracer.start("work").end();
  let over = false;
  void telemetry.shutdown().then(() => {
    over = true;
  });
  await asked;
  await clock.advance(4_999);
  expect(over).toBe(false);
  await clock.advance(1);
  expect(over).toBe(true);
  expect(telemetry.dropped()).toBe(1);
});
