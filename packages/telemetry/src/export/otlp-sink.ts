import { ExportResultCode } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { otlpAddress } from "./otlp-address.ts";
import { readableSpan, type SpanOrigin } from "./readable-span.ts";
import type { Delivery, Sink } from "./sink.ts";

/** How long one batch may take, tries and pauses included, milliseconds. */
const sendWithinMs = 10_000;

/**
 * OTLP over HTTP (JSON), to `/v1/traces` below a base address. The exporter tries up to five times
 * more when the receiver is away or busy, and adds the headers of OTEL_EXPORTER_OTLP_HEADERS.
 *
 * @param origin whose spans they are
 * @throws InvalidTelemetryOptionError when `endpoint` is not an http or https address
 */
export function otlpSink(endpoint: string, origin: SpanOrigin): Sink {
  const url = otlpAddress(endpoint, "traces");
  const exporter = new OTLPTraceExporter({ url, timeoutMillis: sendWithinMs });
  return {
    name: `OTLP receiver ${url}`,
    send: (spans) =>
      new Promise<Delivery>((resolve) => {
        const readable = spans.map((span) => readableSpan(span, origin));
        exporter.export(readable, ({ code, error }) => {
          if (code === ExportResultCode.SUCCESS) resolve({ lost: 0 });
          else resolve({ lost: spans.length, ...(error === undefined ? {} : { error }) });
        });
      }),
    close: () => exporter.shutdown(),
  };
}
