import type { SpanRecord } from "../spans/span-record.ts";

/** What became of spans that were sent. */
export interface Delivery {
  /** Spans that did not arrive and will not be tried again. */
  readonly lost: number;
  /** Why, when some were lost. */
  readonly error?: Error;
}

/** Where ended spans go. */
export interface Sink {
  /** For messages: what it is, and where. */
  readonly name: string;
  /** Sends a batch, trying again within bounds of its own. */
  send(spans: readonly SpanRecord[]): Promise<Delivery>;
  close(): Promise<void>;
}
