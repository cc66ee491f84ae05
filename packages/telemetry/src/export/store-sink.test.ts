import { TroupeError } from "@troupe/actor";
import { seededRandom, settled, VirtualClock } from "@troupe/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { StoreTimeoutError } from "../errors.ts";
import type { SpanRecord } from "../spans/span-record.ts";
import { emit, keeping, observe } from "../telemetry.test-data.ts";
import type { TelemetryOptions } from "../telemetry.ts";

const observed = (over: Partial<TelemetryOptions> = {}) =>
  observe(new VirtualClock(), seededRandom(1), over);

const unhandled: unknown[] = [];
const note = (reason: unknown): void => void unhandled.push(reason);
beforeEach(() => {
  unhandled.length = 0;
  process.on("unhandledRejection", note);
});
afterEach(async () => {
  await settled();
  process.off("unhandledRejection", note);
  expect(unhandled).toEqual([]);
});

class TooLargeError extends TroupeError {
  readonly code = "too-large";
  readonly retryable = false;
}

/** Ends `count` spans of one trace. */
function emitTogether(
  { telemetry: { tracer } }: Pick<ReturnType<typeof observed>, "telemetry">,
  count: number,
): void {
  const root = tracer.start("root");
  for (let index = 1; index < count; index += 1) {
    tracer.start(`child ${index}`, { parent: root.context }).end();
  }
  root.end();
}

test.each([
  ["rejects", () => Promise.reject(new Error("store is away"))],
  [
    "throws",
    () => {
      throw new Error("store is away");
    },
  ],
])("a store that %s every time costs its spans and nothing else", async (_how, fail) => {
  let tries = 0;
  const seen = observed({
    store: () => {
      tries += 1;
      return fail();
    },
  });
  const { telemetry, clock, logged } = seen;
  emitTogether(seen, 5);
  await clock.advance(500 + 250 + 500);
  expect(tries).toBe(3);
  expect(telemetry.dropped()).toBe(5);
  expect(logged).toMatchObject([{ level: "warn", fields: { spans: 5 } }]);
  expect(String(logged[0]?.fields["error"])).toContain("store is away");
  emitTogether(seen, 2);
  await clock.advance(5_000);
  await telemetry.shutdown();
  expect(telemetry.dropped()).toBe(7);
});

test("a store that recovers after two failures gets every span, once kept", async () => {
  const { store, kept } = keeping();
  let failures = 2;
  const seen = observed({
    store: (...given) => {
      failures -= 1;
      return failures >= 0 ? Promise.reject(new Error("away")) : store(...given);
    },
  });
  emitTogether(seen, 4);
  await seen.clock.advance(5_000);
  expect(kept).toHaveLength(4);
  expect(seen.telemetry.dropped()).toBe(0);
  expect(seen.logged).toEqual([]);
});

test("a try that hangs is given up after ten seconds, and its late failure harms nobody", async () => {
  const calls: PromiseWithResolvers<void>[] = [];
  const seen = observed({
    store: () => {
      const call = Promise.withResolvers<void>();
      calls.push(call);
      return call.promise;
    },
  });
  emitTogether(seen, 3);
  await seen.clock.advance(500 + 9_999);
  expect(calls).toHaveLength(1);
  await seen.clock.advance(1 + 250);
  expect(calls).toHaveLength(2);
  await seen.clock.advance(10_000 + 500 + 10_000);
  expect(calls).toHaveLength(3);
  expect(seen.telemetry.dropped()).toBe(3);
  expect(seen.logged[0]?.fields["error"]).toBeInstanceOf(StoreTimeoutError);
  for (const { reject } of calls) reject(new Error("much too late"));
});

test("a shutdown gives a hanging store five seconds, counts what is left and tries no more", async () => {
  let calls = 0;
  const seen = observed({
    store: () => {
      calls += 1;
      return new Promise(() => {});
    },
  });
  const { telemetry, clock, logged } = seen;
  emitTogether(seen, 3);
  await clock.advance(500);
  emitTogether(seen, 4);
  let over = false;
  const down = telemetry.shutdown().then(() => {
    over = true;
  });
  await clock.advance(4_999);
  expect(over).toBe(false);
  await clock.advance(1);
  expect(over).toBe(true);
  await down;
  expect(telemetry.dropped()).toBe(7);
  expect(logged).toMatchObject([{ level: "warn", fields: { spans: 7, total: 7 } }]);
  await clock.advance(120_000);
  expect(calls).toBe(1);
  expect(telemetry.dropped()).toBe(7);
});

test("a batch that is refused for good is halved until only what is refused is lost", async () => {
  const { store, kept } = keeping();
  const seen = observed({
    store: async (traceId, spans) => {
      if (spans.some(({ name }) => name === "child 3")) throw new TooLargeError("too large");
      await store(traceId, spans);
    },
  });
  emitTogether(seen, 8);
  await seen.telemetry.flush();
  expect(kept).toHaveLength(7);
  expect(seen.telemetry.dropped()).toBe(1);
});

test("the store gets spans trace by trace, no more than 200 at once", async () => {
  const batches: (readonly SpanRecord[])[] = [];
  const seen = observed({
    store: async (traceId, spans) => {
      expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]));
      batches.push(spans);
    },
  });
  emitTogether(seen, 450);
  emit(seen.telemetry, 2);
  await seen.telemetry.flush();
  expect(batches.map(({ length }) => length)).toEqual([200, 200, 50, 1, 1]);
});
