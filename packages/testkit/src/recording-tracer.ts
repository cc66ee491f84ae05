import {
  type Attributes,
  type Clock,
  ensureError,
  newTraceContext,
  type Random,
  type Root,
  type SpanOptions,
  type TraceContext,
  type Tracer,
} from "@troupe/actor";

/** A span as it ended. */
export interface RecordedSpan {
  readonly name: string;
  readonly context: TraceContext;
  readonly parent: TraceContext | undefined;
  readonly options: SpanOptions;
  readonly attributes: Attributes;
  readonly error: string | undefined;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** A tracer that keeps every ended span of what is sampled, for assertions. */
export class RecordingTracer implements Tracer {
  readonly spans: RecordedSpan[] = [];
  /** Whether traces that begin from now on are sampled, if their publisher does not say. */
  samples = true;
  readonly #clock: Clock;
  readonly #random: Random;

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  root({ publisher, always = false }: Root = {}) {
    const sampled = always || (publisher?.sampled ?? this.samples);
    return { ...newTraceContext(this.#random, publisher), sampled };
  }

  start(name: string, options: SpanOptions = {}) {
    const { identity, parent } = options;
    const context =
      identity ?? (parent === undefined ? this.root() : newTraceContext(this.#random, parent));
    const startedAt = options.startedAt ?? this.#clock.now();
    let attributes: Attributes = options.attributes ?? {};
    let error: string | undefined;
    let ended = false;
    return {
      context,
      recording: context.sampled,
      set: (more: Attributes) => {
        attributes = { ...attributes, ...more };
      },
      event: () => {},
      fail: (thrown: unknown) => {
        error = ensureError(thrown).message;
      },
      end: () => {
        if (ended || !context.sampled) return;
        ended = true;
        this.spans.push({
          name,
          context,
          parent,
          options,
          attributes,
          error,
          startedAt,
          endedAt: this.#clock.now(),
        });
      },
    };
  }
}
