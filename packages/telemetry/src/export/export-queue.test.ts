import { seededRandom, settled, VirtualClock } from "@troupe/testkit";
import { expect, test } from "vitest";
import { emit, keeping, observe } from "../telemetry.test-data.ts";
import type { TelemetryOptions } from "../telemetry.ts";

const observed = (over: Partial<TelemetryOptions> = {}) =>
  observe(new VirtualClock(), seededRandom(1), over);

/** A store that answers when it is told to. */
function gated() {
  const gate = Promise.withResolvers<void>();
  const { store, kept } = keeping();
  return {
    kept,
    open: () => gate.resolve(),
    store: async (...given: Parameters<typeof store>) => {
      await gate.promise;
      await store(...given);
    },
  };
}

test("spans are gathered for half a second before they are sent", async () => {
  const { store, kept } = keeping();
  const { telemetry, clock } = observed({ store });
  emit(telemetry, 3);
  await clock.advance(499);
  expect(kept).toHaveLength(0);
  await clock.advance(1);
  expect(kept).toHaveLength(3);
});

test("a full batch is sent without waiting for more", async () => {
  const { store, kept } = keeping();
  const { telemetry } = observed({ store });
  emit(telemetry, 512);
  await settled();
  expect(kept).toHaveLength(512);
});

test("what ends when the queue is full is dropped and counted exactly, the rest arrives", async () => {
  const { store, kept, open } = gated();
  const { telemetry, clock } = observed({ store, queueLimit: 10 });
  emit(telemetry, 6);
  await clock.advance(500);
  emit(telemetry, 11);
  expect(telemetry.dropped()).toBe(7);
  open();
  await telemetry.flush();
  expect(kept).toHaveLength(10);
  emit(telemetry, 10);
  await telemetry.flush();
  expect(kept).toHaveLength(20);
  expect(telemetry.dropped()).toBe(7);
});

test("losses are logged at once and then at most once in ten seconds, with nothing left out", async () => {
  const { store } = gated();
  const { telemetry, clock, logged } = observed({ store, queueLimit: 1 });
  emit(telemetry, 2);
  expect(logged).toMatchObject([{ level: "warn", fields: { spans: 1, total: 1 } }]);
  expect(logged[0]?.message).toContain("queue is full");
  for (let tick = 0; tick < 9; tick += 1) {
    emit(telemetry, 4);
    await clock.advance(1000);
  }
  expect(logged).toHaveLength(1);
  await clock.advance(1000);
  expect(logged).toHaveLength(2);
  expect(logged[1]).toMatchObject({ level: "warn", fields: { spans: 36, total: 37 } });
  await clock.advance(60_000);
  const full = logged.filter(({ message }) => message.includes("queue is full"));
  expect(full).toHaveLength(2);
});

test("a shutdown sends what is left, and what ends later is counted as lost", async () => {
  const { store, kept } = keeping();
  const { telemetry } = observed({ store });
  emit(telemetry, 3);
  await telemetry.shutdown();
  expect(kept).toHaveLength(3);
  expect(telemetry.dropped()).toBe(0);
  emit(telemetry, 2);
  await telemetry.shutdown();
  expect(kept).toHaveLength(3);
  expect(telemetry.dropped()).toBe(2);
});

test("a flush waits for the spans that ended before it, not for later ones", async () => {
  const { store, kept } = keeping();
  const { telemetry } = observed({ store });
  emit(telemetry, 1);
  const flushed = telemetry.flush();
  emit(telemetry, 1);
  await flushed;
  expect(kept.length).toBeGreaterThanOrEqual(1);
  await telemetry.flush();
  expect(kept).toHaveLength(2);
});
