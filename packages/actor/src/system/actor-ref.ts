import type { TraceContext } from "../ports/tracer.ts";
import type { Definitions, Protocol } from "../protocol.ts";
import type { AskOptions, Ref } from "../ref.ts";
import type { Cell } from "./cell.ts";
import type { Host } from "./host.ts";

/** A reference that sends in somebody's name: an actor's, or nobody's. */
export class ActorRef implements Ref<Definitions> {
  readonly address: string;
  readonly #host: Host;
  readonly #protocol: Protocol;
  readonly #sender: Cell | undefined;
  readonly #trace: TraceContext | undefined;

  constructor(
    host: Host,
    protocol: Protocol,
    address: string,
    sender: Cell | undefined,
    trace?: TraceContext,
  ) {
    this.#host = host;
    this.#protocol = protocol;
    this.address = address;
    this.#sender = sender;
    this.#trace = trace;
  }

  tell(type: string, body: unknown): void {
    this.#host.send(this.address, {
      type,
      body,
      sender: this.#sender?.address,
      trace: this.#trace ?? this.#sender?.trace,
      chain: undefined,
      deadline: undefined,
      answer: undefined,
      taken: undefined,
      failures: 0,
    });
  }

  ask(type: string, body: unknown, options: AskOptions): Promise<never> {
    return this.#host.ask(this.#protocol, this.address, type, body, options.withinMs, {
      sender: this.#sender,
      trace: this.#trace ?? this.#sender?.trace,
    }) as Promise<never>;
  }

  withTrace(trace: TraceContext): ActorRef {
    return new ActorRef(this.#host, this.#protocol, this.address, this.#sender, trace);
  }
}

/**
 * The same actor, with whatever is sent through this reference made part of `trace` instead of the
 * trace of the message at hand.
 */
export function traced<D extends Definitions>(ref: Ref<D>, trace: TraceContext): Ref<D> {
  return ref instanceof ActorRef ? (ref.withTrace(trace) as unknown as Ref<D>) : ref;
}
