import type { Subscription, Transport } from "@troupe/actor";
import { decodeSpans, type SpanRecord } from "@troupe/telemetry";

/** Gathers spans as nodes report them, to be waited for without looking again and again. */
export class SpanWatch {
  readonly #spans: SpanRecord[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #subscription: Subscription | undefined;

  /** @param transport where nodes store their spans; leave out to `add` them from elsewhere */
  constructor(transport?: Transport) {
    this.#subscription = transport?.subscribe("troupe.spans.*", ({ payload }) =>
      this.add(decodeSpans(payload)),
    );
  }

  add(spans: readonly SpanRecord[]): void {
    this.#spans.push(...spans);
    for (const look of [...this.#waiting]) look();
  }

  /** The spans of one trace, once they are as wanted. */
  until(
    traceId: string,
    wanted: (spans: readonly SpanRecord[]) => boolean,
  ): Promise<readonly SpanRecord[]> {
    return new Promise((resolve) => {
      const look = (): void => {
        const spans = this.#spans.filter((span) => span.traceId === traceId);
        if (!wanted(spans)) return;
        this.#waiting.delete(look);
        resolve(spans);
      };
      this.#waiting.add(look);
      look();
    });
  }

  close(): void {
    this.#subscription?.unsubscribe();
  }
}

/** Whether the spans hang together: one of them is the root, and every parent is there. */
export function isWhole(spans: readonly SpanRecord[]): boolean {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const roots = spans.filter(({ parentSpanId = "" }) => !ids.has(parentSpanId));
  return roots.length === 1;
}
