import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { text } from "node:stream/consumers";
import { z } from "zod";

const exportSchema = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({
        attributes: z.array(
          z.object({ key: z.string(), value: z.record(z.string(), z.unknown()) }),
        ),
      }),
      scopeSpans: z.array(
        z.object({
          spans: z.array(
            z.object({
              traceId: z.string(),
              spanId: z.string(),
              parentSpanId: z.string().optional(),
              name: z.string(),
              startTimeUnixNano: z.coerce.number(),
              endTimeUnixNano: z.coerce.number(),
            }),
          ),
        }),
      ),
    }),
  ),
});

/** A span as it came over OTLP. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string | undefined;
  readonly name: string;
  /** Since the epoch, nanoseconds, as far as a number holds them. */
  readonly startTimeUnixNano: number;
  readonly endTimeUnixNano: number;
  /** `service.instance.id` of its resource. */
  readonly node: unknown;
}

/** An OTLP/HTTP receiver on loopback, as Jaeger's is. */
export class OtlpReceiver {
  readonly spans: ReceivedSpan[] = [];
  /** Where something was sent to. */
  readonly paths = new Set<string | undefined>();
  readonly #server: Server;
  readonly #observers = new Set<() => void>();

  private constructor() {
    this.#server = createServer((request, response) => {
      this.paths.add(request.url);
      void text(request).then((body) => {
        if (request.url === "/v1/traces") this.#take(JSON.parse(body));
        response.writeHead(200, { "content-type": "application/json" }).end("{}");
      });
    });
  }

  static async start(): Promise<OtlpReceiver> {
    const receiver = new OtlpReceiver();
    receiver.#server.listen(0, "127.0.0.1");
    await once(receiver.#server, "listening");
    return receiver;
  }

  get endpoint(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("not listening");
    return `http://127.0.0.1:${address.port}`;
  }

  /** Resolves when the spans received so far are as wanted. */
  until(wanted: (spans: readonly ReceivedSpan[]) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!wanted(this.spans)) return;
        this.#observers.delete(look);
        resolve();
      };
      this.#observers.add(look);
      look();
    });
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  #take(body: unknown): void {
    for (const { resource, scopeSpans } of exportSchema.parse(body).resourceSpans) {
      const instance = resource.attributes.find(({ key }) => key === "service.instance.id");
      for (const { spans } of scopeSpans) {
        this.spans.push(
          ...spans.map((span) => ({ ...span, node: instance?.value["stringValue"] })),
        );
      }
    }
    for (const look of [...this.#observers]) look();
  }
}
