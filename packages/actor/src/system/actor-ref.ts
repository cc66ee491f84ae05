import type { TraceContext } from "../ports/tracer.ts";
import type { Definitions, Protocol } from "../protocol.ts";
import type { AskOptions, Ref } from "../ref.ts";
import type { Cell } from "./cell.ts";
import { Envelope } from "./envelope.ts";
import type { Host } from "./host.ts";

/** A reference that sends in somebody's name: an actor's, or nobody's. */
export class ActorRef implements Ref<Definitions> {
  readonly #host: Host;
  readonly #protocol: Protocol;
  readonly #sender: Cell | undefined;
  readonly #trace: TraceContext | undefined;
  /** The actor as it was last found on this node; another one may have come under its address since. */
  #target: Cell | undefined;
  #address: string | undefined;

  /** @param to the actor's address, or the actor itself, whose address is then made when it is needed */
  constructor(
    host: Host,
    protocol: Protocol,
    to: string | Cell,
    sender: Cell | undefined,
    trace?: TraceContext,
  ) {
    this.#host = host;
    this.#protocol = protocol;
    if (typeof to === "string") this.#address = to;
    else this.#target = to;
    this.#sender = sender;
    this.#trace = trace;
  }

  get address(): string {
    this.#address ??= this.#target?.address ?? "";
    return this.#address;
  }

  /** As data, a reference is its address. */
  toJSON(): { readonly address: string } {
    return { address: this.address };
  }

  tell(type: string, body: unknown): void {
    const sender = this.#sender;
    const envelope = new Envelope(
      type,
      this.#host.isolate(body),
      sender?.address,
      this.#trace ?? sender?.trace,
      undefined,
    );
    const target = this.#find();
    if (target === undefined) this.#host.send(this.address, envelope);
    else target.receive(envelope);
  }

  ask(type: string, body: unknown, options: AskOptions): Promise<never> {
    const sender = this.#sender;
    return this.#host.ask(
      this.#protocol,
      this.address,
      this.#find(),
      type,
      body,
      options.withinMs,
      sender,
      this.#trace ?? sender?.trace,
    ) as Promise<never>;
  }

  #find(): Cell | undefined {
    if (this.#target?.alive !== true) this.#target = this.#host.local(this.address);
    return this.#target;
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
