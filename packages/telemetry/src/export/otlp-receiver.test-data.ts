import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

interface KeyValue {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** A span as OTLP has it in JSON. */
interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly KeyValue[];
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly status: { readonly code: number; readonly message?: string };
}

interface OtlpRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] };
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
}

/** A span with the resource it was reported for. */
type ReceivedSpan = OtlpSpan & { readonly resource: Readonly<Record<string, unknown>> };

export interface OtlpReceiver {
  readonly endpoint: string;
  readonly spans: ReceivedSpan[];
  readonly paths: Set<string>;
  readonly headers: IncomingHttpHeaders[];
  /** Resolves with the first request. */
  readonly asked: Promise<unknown>;
  close(): Promise<void>;
}

/**
 * A receiver of OTLP over HTTP in JSON, on a free port.
 *
 * @param answer status of the answer to each request; `undefined` never answers
 */
export async function otlpReceiver(
  answer: (request: number) => number | undefined = () => 200,
): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const paths = new Set<string>();
  const headers: IncomingHttpHeaders[] = [];
  const server = createServer(async (request, response) => {
    const status = answer(headers.length);
    headers.push(request.headers);
    paths.add(request.url ?? "");
    const body = Buffer.concat(await request.toArray());
    if (status === undefined) return;
    if (status === 200) spans.push(...spansIn(JSON.parse(body.toString("utf8")) as OtlpRequest));
    response.writeHead(status, { "content-type": "application/json" }).end("{}");
  });
  const asked = once(server, "request");
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}/`,
    spans,
    paths,
    headers,
    asked,
    close: async () => {
      server.closeAllConnections();
      const closed = once(server, "close");
      server.close();
      await closed;
    },
  };
}

function spansIn({ resourceSpans }: OtlpRequest): readonly ReceivedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const named = Object.fromEntries(
      resource.attributes.map(({ key, value }) => [key, Object.values(value)[0]]),
    );
    return scopeSpans.flatMap(({ spans }) => spans.map((span) => ({ ...span, resource: named })));
  });
}
