import {
  newTraceContext,
  type Random,
  type Root,
  type Span,
  type SpanOptions,
  type TraceContext,
  type Tracer,
} from "@troupe/actor";
import type { FineTime } from "./fine-time.ts";
import { RecordedSpan, type RecordingDesk } from "./recorded-span.ts";
import type { SpanRecord } from "./span-record.ts";
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

  root({ publisher, always = false }: Root = {}): TraceContext {
    const { random, mayBegin } = this.#options;
    const sampled = always || (publisher?.sampled ?? mayBegin());
    return { ...newTraceContext(random, publisher), sampled };
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
    const context = {
      traceId: given.traceId,
      spanId: identity?.spanId ?? this.#options.random.hex(8),
      sampled: true,
      ...(state === undefined ? {} : { state }),
    };
    return this.#record(name, options, context);
  }

  #record(name: string, options: SpanOptions, context: TraceContext): Span {
    const { service, node, time } = this.#options;
    const { parent, attributes, links = [], kind = "internal", startedAt } = options;
    // A parent in another trace cannot be a parent: the span would be drawn into that trace.
    const foreign = parent !== undefined && parent.traceId !== context.traceId;
    const beginning = {
      context,
      parentSpanId: foreign ? undefined : parent?.spanId,
      name,
      kind,
      startMs: startedAt ?? time.now(),
      attributes,
      links: foreign ? [parent, ...links] : links,
      service,
      node,
    };
    return new RecordedSpan(beginning, this.#desk);
  }
}
