import type { SpanRecord } from "./span-record.ts";

/** A span for tests: its name is its id unless `over` says otherwise. */
export function spanOf(
  name: string,
  parent: string | undefined,
  startMs: number,
  endMs: number,
  over: Partial<SpanRecord> = {},
): SpanRecord {
  return {
    traceId: "t",
    spanId: name,
    ...(parent === undefined ? {} : { parentSpanId: parent }),
    name,
    kind: "internal",
    startMs,
    endMs,
    status: "ok",
    attributes: {},
    events: [],
    links: [],
    service: "troupe",
    node: "node-1",
    ...over,
  };
}
