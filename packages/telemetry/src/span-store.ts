import type { Cancel, Clock, Log } from "@troupe/actor";
import { ExportResultCode, type ExportResult } from "@opentelemetry/core";
import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace";
import { recordOf } from "./readable-span.ts";
import type { SpanRecord } from "./span-record.ts";

/** Spans stored in one call: bounded so that a batch fits in one message. */
const batchLimit = 200;
/** How often a failed store is tried again, and the pause before each try. */
const storeTries = 3;
const retryMs = 250;

interface SpanStoreOptions {
  readonly service: string;
  readonly node: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly store: (traceId: string, spans: readonly SpanRecord[]) => Promise<void>;
}

/** Exports spans to a store of one's own, batch by batch and trace by trace. */
export class SpanStore implements SpanExporter {
  readonly #options: SpanStoreOptions;
  #tail: Promise<void> = Promise.resolve();

  constructor(options: SpanStoreOptions) {
    this.#options = options;
  }

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    const { service, node, log } = this.#options;
    const records = spans.map((span) => recordOf(span, service, node));
    this.#tail = this.#tail
      .then(() => this.#storeAll(records))
      .then(
        () => done({ code: ExportResultCode.SUCCESS }),
        (error: Error) => {
          log("warn", "spans could not be stored and are lost", { spans: records.length, error });
          done({ code: ExportResultCode.FAILED, error });
        },
      );
  }

  async #storeAll(records: readonly SpanRecord[]): Promise<void> {
    for (const [traceId, ofTrace] of Map.groupBy(records, (record) => record.traceId)) {
      for (let from = 0; from < ofTrace.length; from += batchLimit) {
        await this.#store(traceId, ofTrace.slice(from, from + batchLimit));
      }
    }
  }

  async #store(traceId: string, spans: readonly SpanRecord[]): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#options.store(traceId, spans);
      } catch (error) {
        if (tries >= storeTries) throw error;
        await pause(this.#options.clock, retryMs * tries);
      }
    }
  }

  async forceFlush(): Promise<void> {
    await this.#tail;
  }

  async shutdown(): Promise<void> {
    await this.#tail;
  }
}

function pause(clock: Clock, ms: number): Promise<Cancel> {
  return new Promise((resolve) => {
    const cancel = clock.schedule(ms, () => resolve(cancel));
  });
}
