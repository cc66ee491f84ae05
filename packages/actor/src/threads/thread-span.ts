import type { Attributes, Span, TraceContext } from "../ports/tracer.ts";
import type { Incarnation } from "./incarnation.ts";
import { type Thrown, toThrown } from "./thrown.ts";

/** Runs work in a span that the tracer of the node records. */
export async function threadSpan<R>(
  incarnation: Incarnation,
  name: string,
  attributes: Attributes,
  parent: TraceContext | undefined,
  work: (span: Span) => Promise<R> | R,
): Promise<R> {
  let number = 0;
  const opened = await incarnation.calls.open((call) => {
    number = call;
    incarnation.request({ kind: "span", call, name, attributes, parent });
  });
  const { context, recording } = opened as Pick<Span, "context" | "recording">;
  let error: Thrown | undefined;
  let ended = false;
  const end = (): void => {
    if (!ended) incarnation.request({ kind: "span-end", span: number, error });
    ended = true;
  };
  const event = (eventName: string | undefined, more: Attributes | undefined): void =>
    incarnation.request({ kind: "span-event", span: number, name: eventName, attributes: more });
  try {
    return await work({
      context,
      recording,
      set: (more) => event(undefined, more),
      event: (eventName, more) => event(eventName, more),
      fail: (thrown) => {
        error = toThrown(thrown);
      },
      end,
    });
  } catch (thrown) {
    error = toThrown(thrown);
    throw thrown;
  } finally {
    end();
  }
}
