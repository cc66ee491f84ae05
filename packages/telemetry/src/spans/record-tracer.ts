import type { Random, Root, Span, SpanOptions, TraceContext, Tracer } from "@troupe/actor";
import type { FineTime } from "./fine-time.ts";
import { type Draft, RecordedSpan, type RecordingDesk } from "./recorded-span.ts";
import type { SpanRecord } from "./span-record.ts";
import { traceRoot } from "./trace-root.ts";
import { UnrecordedSpan } from "./unrecorded-tracer.ts";

interface RecordTracerOptions {
  readonly service: string;
  readonly node: string;
  readonly time: FineTime;
  readonly random: Random;
  /** Whether one more trace may begin. */
  readonly mayBegin: () => boolean;
  readonly ended: (span: SpanRecord) => void;
}

/** The tracer port, with spans as plain records. Of what is not sampled nothing is made at all. */
export class RecordTracer implements Tracer {
  readonly #options: RecordTracerOptions;
  readonly #desk: RecordingDesk;

  constructor(options: RecordTracerOptions) {
    this.#options = options;
    this.#desk = options;
  }

  root(root: Root = {}): TraceContext {
    const { random, mayBegin } = this.#options;
    return traceRoot(random, root, mayBegin);
  }

  start(name: string, options: SpanOptions = {}): Span {
    const { identity, parent } = options;
    const given = identity ?? parent;
    if (given === undefined) {
      const root = this.root();
      return root.sampled ? this.#record(name, options, root) : new UnrecordedSpan(root);
    }
    if (!given.sampled) return new UnrecordedSpan(given);
    const state = identity?.state ?? parent?.state;
    const spanId = identity?.spanId ?? this.#options.random.hex(8);
    const context: TraceContext =
      state === undefined
        ? { traceId: given.traceId, spanId, sampled: true }
        : { traceId: given.traceId, spanId, sampled: true, state };
    return this.#record(name, options, context);
  }

  #record(name: string, options: SpanOptions, context: TraceContext): Span {
    const { service, node, time } = this.#options;
    const { parent, kind = "internal", startedAt } = options;
    const { traceId, spanId, state } = context;
    const startMs = startedAt ?? time.now();
    const draft: Draft = {
      traceId,
      spanId,
      name,
      kind,
      startMs,
      endMs: startMs,
      status: "ok",
      attributes: {},
      events: [],
      links: [],
      service,
      node,
    };
    if (state !== undefined) draft.state = state;
    if (parent === undefined) return new RecordedSpan(context, draft, options, this.#desk);
    if (parent.traceId === traceId) {
      draft.parentSpanId = parent.spanId;
      return new RecordedSpan(context, draft, options, this.#desk);
    }
    // A parent in another trace cannot be a parent: the span would be drawn into that trace.
    const { attributes = {}, links = [] } = options;
    return new RecordedSpan(context, draft, { attributes, links: [parent, ...links] }, this.#desk);
  }
}
