import { type Clock, ensureError, pause, TroupeError } from "@troupe/actor";
import { SinkClosedError, StoreTimeoutError } from "../errors.ts";
import type { SpanRecord } from "../spans/span-record.ts";
import type { Delivery, Sink } from "./sink.ts";

/** Keeps spans of one trace. May be given the same spans again when it failed or was slow. */
export type StoreSpans = (traceId: string, spans: readonly SpanRecord[]) => Promise<void>;

/** Spans given to the store in one call. */
const batchLimit = 200;
/** How often one batch is tried. */
const triesLimit = 3;
/** Pause before the second try; it doubles with every further one. */
const firstPauseMs = 250;
/** How long one try may take. */
const storeWithinMs = 10_000;

interface StoreSinkOptions {
  readonly clock: Clock;
  readonly store: StoreSpans;
}

/**
 * Spans to a store of one's own, trace by trace. A batch that the store refuses for good, such as one
 * too large for a message, is halved until what is refused is a single span. Once closed it tries
 * nothing more.
 */
export function storeSink({ clock, store }: StoreSinkOptions): Sink {
  let closed = false;
  return {
    name: "span store",
    close: async () => {
      closed = true;
    },
    async send(spans: readonly SpanRecord[]): Promise<Delivery> {
      let lost = 0;
      let error: Error | undefined;
      for (const [traceId, ofTrace] of Map.groupBy(spans, (span) => span.traceId)) {
        for (const batch of chunks(ofTrace)) {
          const delivery = await storeBatch(traceId, batch);
          lost += delivery.lost;
          error = delivery.error ?? error;
        }
      }
      return { lost, ...(error === undefined ? {} : { error }) };
    },
  };

  async function storeBatch(traceId: string, batch: readonly SpanRecord[]): Promise<Delivery> {
    const waiting = [batch];
    let lost = 0;
    let failure: Error | undefined;
    for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
      const error = await failureOf(traceId, part);
      if (error === undefined) continue;
      failure = error;
      if (part.length > 1 && isFinal(error)) {
        const half = Math.ceil(part.length / 2);
        waiting.push(part.slice(0, half), part.slice(half));
      } else lost += part.length;
    }
    return lost === 0 || failure === undefined ? { lost } : { lost, error: failure };
  }

  /** Why a batch could not be stored in all its tries. */
  async function failureOf(
    traceId: string,
    batch: readonly SpanRecord[],
  ): Promise<Error | undefined> {
    let pauseMs = firstPauseMs;
    for (let tries = 1; ; tries += 1) {
      if (closed) return new SinkClosedError("span store");
      try {
        await within(traceId, batch);
        return undefined;
      } catch (thrown) {
        const error = ensureError(thrown);
        if (tries >= triesLimit || isFinal(error)) return error;
        await pause(clock, pauseMs);
        pauseMs *= 2;
      }
    }
  }

  async function within(traceId: string, batch: readonly SpanRecord[]): Promise<void> {
    const late = Promise.withResolvers<never>();
    const cancel = clock.schedule(storeWithinMs, () =>
      late.reject(new StoreTimeoutError(traceId, batch.length, storeWithinMs)),
    );
    try {
      await Promise.race([store(traceId, batch), late.promise]);
    } finally {
      cancel();
    }
  }
}

function isFinal(error: Error): boolean {
  return error instanceof TroupeError && !error.retryable;
}

function chunks(records: readonly SpanRecord[]): readonly (readonly SpanRecord[])[] {
  const count = Math.ceil(records.length / batchLimit);
  return Array.from({ length: count }, (_, index) =>
    records.slice(index * batchLimit, (index + 1) * batchLimit),
  );
}
