import { type Span as SdkSpan, SpanStatusCode } from "@opentelemetry/api";
import { type Attributes, ensureError, type Span, type TraceContext } from "@troupe/actor";
import { type FineTime, hrTimeOf } from "./fine-time.ts";

/** Longest status message kept, characters. */
const messageLimit = 1024;

/** A span that an SDK records. */
export class RecordedSpan implements Span {
  readonly context: TraceContext;
  readonly #sdk: SdkSpan;
  readonly #time: FineTime;
  readonly #startMs: number;

  constructor(sdk: SdkSpan, time: FineTime, startMs: number, state: string | undefined) {
    const { traceId, spanId } = sdk.spanContext();
    this.#sdk = sdk;
    this.#time = time;
    this.#startMs = startMs;
    this.context = { traceId, spanId, sampled: true, ...(state === undefined ? {} : { state }) };
  }

  get recording(): boolean {
    return this.#sdk.isRecording();
  }

  set(attributes: Attributes): void {
    if (this.recording) this.#sdk.setAttributes(sdkAttributes(attributes));
  }

  event(name: string, attributes: Attributes = {}): void {
    if (this.recording) this.#sdk.addEvent(name, sdkAttributes(attributes), this.#now());
  }

  fail(thrown: unknown): void {
    const { name, message, stack } = ensureError(thrown);
    this.event("exception", {
      "exception.type": name,
      "exception.message": message,
      ...(stack === undefined ? {} : { "exception.stacktrace": stack }),
    });
    this.set({ "error.type": name });
    if (!this.recording) return;
    this.#sdk.setStatus({ code: SpanStatusCode.ERROR, message: message.slice(0, messageLimit) });
  }

  end(): void {
    if (this.recording) this.#sdk.end(this.#now());
  }

  /** Never before the start: it may come from a clock that runs ahead of this one. */
  #now(): ReturnType<typeof hrTimeOf> {
    return hrTimeOf(Math.max(this.#startMs, this.#time.now()));
  }
}

/** What the SDK takes; it copies what it is given. */
type SdkAttributes = Record<string, string | number | boolean | string[]>;

/** Attributes as the SDK takes them. Numbers without a value become words: JSON has none for them. */
export function sdkAttributes(attributes: Attributes): SdkAttributes {
  for (const key in attributes) {
    if (!isPlain(attributes[key])) return converted(attributes);
  }
  return attributes as SdkAttributes;
}

function isPlain(value: unknown): boolean {
  return typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
}

function converted(attributes: Attributes): SdkAttributes {
  const plain: SdkAttributes = {};
  for (const key of Object.keys(attributes)) {
    const value = attributes[key];
    if (value === undefined) continue;
    if (typeof value === "object") plain[key] = [...value];
    else plain[key] = typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
  }
  return plain;
}
