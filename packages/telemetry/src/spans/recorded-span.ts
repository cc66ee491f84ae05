import {
  type Attributes,
  ensureError,
  type Span,
  type SpanOptions,
  type TraceContext,
} from "@troupe/actor";
import type { FineTime } from "./fine-time.ts";
import type { SpanRecord } from "./span-record.ts";

/** Longest status message kept, characters. */
const messageLimit = 1024;
/** Characters kept of an attribute's value. */
const valueLimit = 4096;
/** Attributes kept of a span, and of each of its events; those that come later are left out. */
const attributeLimit = 128;
/** Events and links kept of a span: the latest. */
const eventLimit = 128;
const linkLimit = 128;

/** Where a span goes when it ends. */
export interface RecordingDesk {
  readonly time: FineTime;
  ended(span: SpanRecord): void;
}

/** A span under way. */
export type Draft = { -readonly [K in keyof SpanRecord]: SpanRecord[K] };

/** A span that is recorded as plain data from its beginning, which is what is stored of it. */
export class RecordedSpan implements Span {
  readonly context: TraceContext;
  readonly #desk: RecordingDesk;
  readonly #draft: Draft;
  /** Attributes kept so far. */
  #count = 0;
  #recording = true;

  /** @param draft without attributes, events and links, and this span's to change */
  constructor(
    context: TraceContext,
    draft: Draft,
    { attributes, links }: Pick<SpanOptions, "attributes" | "links">,
    desk: RecordingDesk,
  ) {
    this.context = context;
    this.#draft = draft;
    this.#desk = desk;
    if (attributes !== undefined) this.#keep(attributes);
    if (links !== undefined && links.length > 0) this.#link(links);
  }

  get recording(): boolean {
    return this.#recording;
  }

  set(attributes: Attributes): void {
    if (this.#recording) this.#keep(attributes);
  }

  event(name: string, attributes: Attributes = {}): void {
    if (!this.#recording) return;
    const { events } = this.#draft;
    if (events.length >= eventLimit) {
      events.shift();
      this.#dropped().events += 1;
    }
    const kept: SpanRecord["attributes"] = {};
    let count = 0;
    for (const key in attributes) {
      const value = plainValue(attributes[key]);
      if (value === undefined || count >= attributeLimit) continue;
      kept[key] = value;
      count += 1;
    }
    events.push({ name, atMs: this.#now(), attributes: kept });
  }

  fail(thrown: unknown): void {
    if (!this.#recording) return;
    const { name, message, stack } = ensureError(thrown);
    this.event("exception", {
      "exception.type": name,
      "exception.message": message,
      ...(stack === undefined ? {} : { "exception.stacktrace": stack }),
    });
    this.#keep({ "error.type": name });
    this.#draft.status = "error";
    if (message !== "") this.#draft.message = message.slice(0, messageLimit);
  }

  end(): void {
    if (!this.#recording) return;
    this.#recording = false;
    this.#draft.endMs = this.#now();
    this.#desk.ended(this.#draft);
  }

  #keep(attributes: Attributes): void {
    const kept = this.#draft.attributes;
    for (const key in attributes) {
      const value = plainValue(attributes[key]);
      if (value === undefined) continue;
      if (!(key in kept)) {
        if (this.#count >= attributeLimit) {
          this.#dropped().attributes += 1;
          continue;
        }
        this.#count += 1;
      }
      kept[key] = value;
    }
  }

  #link(links: readonly TraceContext[]): void {
    const kept = links.slice(-linkLimit);
    for (const { traceId, spanId } of kept) this.#draft.links.push({ traceId, spanId });
    if (kept.length < links.length) this.#dropped().links = links.length - kept.length;
  }

  #dropped(): NonNullable<SpanRecord["dropped"]> {
    this.#draft.dropped ??= { attributes: 0, events: 0, links: 0 };
    return this.#draft.dropped;
  }

  /** Never before the start: it may come from a clock that runs ahead of this one. */
  #now(): number {
    return Math.max(this.#draft.startMs, this.#desk.time.now());
  }
}

/** A value as it is stored. Numbers without a value become words: JSON has none for them. */
function plainValue(
  value: Attributes[string] | undefined,
): SpanRecord["attributes"][string] | undefined {
  switch (typeof value) {
    case "string":
      return value.length > valueLimit ? value.slice(0, valueLimit) : value;
    case "number":
      return Number.isFinite(value) ? value : String(value);
    case "object":
      return value.map((one) => (one.length > valueLimit ? one.slice(0, valueLimit) : one));
    default:
      return value;
  }
}
