import type { ActorContext } from "../behaviour.ts";
import type { Span } from "../ports/tracer.ts";
import type { Request } from "./thread-messages.ts";
import { fromThrown } from "./thrown.ts";

type Of<K extends Request["kind"]> = Extract<Request, { readonly kind: K }>;

interface OpenSpan {
  readonly span: Span;
  end(error: Error | undefined): void;
}

/** Spans of the node's tracer that work in a thread runs in, by the number of the call that opened them. */
export class OpenSpans {
  readonly #context: Pick<ActorContext, "span">;
  readonly #open = new Map<number, OpenSpan>();

  constructor(context: Pick<ActorContext, "span">) {
    this.#context = context;
  }

  open({ call, name, attributes, parent }: Of<"span">, opened: (span: Span) => void): void {
    const work = (span: Span): Promise<void> => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const end = (error: Error | undefined): void => {
        this.#open.delete(call);
        if (error === undefined) resolve();
        else reject(error);
      };
      this.#open.set(call, { span, end });
      opened(span);
      return promise;
    };
    // The behaviour has the error already: it is the one that told of it.
    this.#context.span(name, attributes, work, parent).catch(() => {});
  }

  event({ span: number, name, attributes }: Of<"span-event">): void {
    const { span } = this.#open.get(number) ?? {};
    if (name !== undefined) span?.event(name, attributes);
    else if (attributes !== undefined) span?.set(attributes);
  }

  end({ span: number, error }: Of<"span-end">): void {
    this.#open.get(number)?.end(error === undefined ? undefined : fromThrown(error));
  }

  /** The incarnation has ended, and with it whatever it was doing. */
  endAll(): void {
    for (const { end } of this.#open.values()) end(new Error("its actor ended"));
  }
}
