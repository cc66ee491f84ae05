import { resourceFromAttributes } from "@opentelemetry/resources";
import { expect, test } from "vitest";
import { readableSpan } from "./readable-span.ts";

test("receivers are told what was left out of a span, where it links to, and the state of its trace", () => {
  const traceId = "a".repeat(32);
  const link = { traceId: "c".repeat(32), spanId: "d".repeat(16) };
  const span = readableSpan(
    {
      ...{ traceId, spanId: "b".repeat(16), parentSpanId: "e".repeat(16), name: "work" },
      ...{ kind: "client", startMs: 1000.25, endMs: 3000.5, status: "error", message: "broken" },
      ...{ attributes: { a: 1 }, events: [{ name: "one", atMs: 2000, attributes: {} }] },
      ...{ links: [link], dropped: { attributes: 1, events: 2, links: 3 }, state: "v=1" },
      ...{ service: "s", node: "n" },
    },
    { resource: resourceFromAttributes({}), instrumentationScope: { name: "test" } },
  );
  const { droppedAttributesCount, droppedEventsCount, droppedLinksCount } = span;
  expect([droppedAttributesCount, droppedEventsCount, droppedLinksCount]).toEqual([1, 2, 3]);
  expect(span.links).toMatchObject([{ context: { ...link, isRemote: true } }]);
  expect(span.parentSpanContext).toMatchObject({ traceId, spanId: "e".repeat(16) });
  expect(span.spanContext().traceState?.serialize()).toBe("v=1");
  expect([span.startTime, span.endTime, span.duration]).toEqual([
    [1, 250_000],
    [3, 500_000],
    [2, 250_000],
  ]);
  expect(span.events).toMatchObject([{ name: "one", time: [2, 0] }]);
});
