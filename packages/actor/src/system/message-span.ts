import type { Clock } from "../ports/clock.ts";
import type { Span, SpanOptions, TraceContext, Tracer } from "../ports/tracer.ts";
import type { Protocol } from "../protocol.ts";

/** How long a message of a protocol that is told of when notable may take without being told of, milliseconds. */
const notableMs = 10;

/** What becomes of a message, for its trace. */
export type MessageSpan = Pick<Span, "context" | "fail" | "end">;

/**
 * The span of one message of a sampled trace.
 *
 * @param does what the span is about: a handler that processes the message, or an ask that waits for its answer
 */
export function messageSpan(
  ports: { readonly tracer: Tracer; readonly clock: Clock },
  does: "process" | "ask",
  protocol: Protocol,
  type: string,
  address: string,
  parent: TraceContext,
): MessageSpan {
  return protocol.spans === "notable"
    ? new NotableSpan(ports, does, protocol.name, type, address, parent)
    : ports.tracer.start(`${does} ${protocol.name}.${type}`, spanOptions(does, address, parent));
}

function spanOptions(does: "process" | "ask", address: string, parent: TraceContext): SpanOptions {
  return {
    kind: does === "process" ? "consumer" : "client",
    parent,
    attributes: {
      "messaging.system": "nats",
      "messaging.operation.name": does,
      "messaging.destination.name": address,
    },
  };
}

/** Becomes a span only if it fails or takes long. What it causes is part of the span that it is itself part of. */
class NotableSpan implements MessageSpan {
  readonly context: TraceContext;
  readonly #ports: { readonly tracer: Tracer; readonly clock: Clock };
  readonly #does: "process" | "ask";
  readonly #protocol: string;
  readonly #type: string;
  readonly #address: string;
  readonly #begun: number;
  #span: Span | undefined;

  constructor(
    ports: { readonly tracer: Tracer; readonly clock: Clock },
    does: "process" | "ask",
    protocol: string,
    type: string,
    address: string,
    parent: TraceContext,
  ) {
    this.context = parent;
    this.#ports = ports;
    this.#does = does;
    this.#protocol = protocol;
    this.#type = type;
    this.#address = address;
    this.#begun = ports.clock.monotonic();
  }

  fail(error: unknown): void {
    this.#span ??= this.#start();
    this.#span.fail(error);
  }

  end(): void {
    const took = this.#ports.clock.monotonic() - this.#begun;
    if (took >= notableMs) this.#span ??= this.#start();
    this.#span?.end();
  }

  #start(): Span {
    const { tracer, clock } = this.#ports;
    return tracer.start(`${this.#does} ${this.#protocol}.${this.#type}`, {
      ...spanOptions(this.#does, this.#address, this.context),
      startedAt: clock.now() - (clock.monotonic() - this.#begun),
    });
  }
}
