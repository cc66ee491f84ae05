import type { z } from "zod";

/** A message that expects no answer. */
export interface MessageDefinition<Body extends z.ZodType = z.ZodType> {
  readonly body: Body;
  readonly reply?: undefined;
}

/** A message that expects an answer. */
export interface QueryDefinition<
  Body extends z.ZodType = z.ZodType,
  Reply extends z.ZodType = z.ZodType,
> {
  readonly body: Body;
  readonly reply: Reply;
}

/** The messages and queries of a protocol, by name. */
export type Definitions = Readonly<Record<string, MessageDefinition | QueryDefinition>>;

/** The messages an actor understands: their names, bodies and, for queries, replies. */
export interface Protocol<D extends Definitions = Definitions> {
  readonly name: string;
  readonly messages: D;
  /** Which messages of a sampled trace are spans of it. Default `each`. */
  readonly spans?: MessageSpans;
}

/**
 * Which messages are spans: `each` of them, or the `notable` ones, which fail or take 10 ms and more. What
 * the others cause is part of the span that they were sent in, so that the trace stays whole.
 */
export type MessageSpans = "each" | "notable";

/** Declares a message that is told: sent without an answer. */
export function message<Body extends z.ZodType>(body: Body): MessageDefinition<Body> {
  return { body };
}

/** Declares a message that is asked: sent for an answer of the given shape. */
export function query<Body extends z.ZodType, Reply extends z.ZodType>(
  body: Body,
  reply: Reply,
): QueryDefinition<Body, Reply> {
  return { body, reply };
}

/**
 * Declares what an actor understands.
 *
 * @param name lower-case name used in spans, metrics and dead letters
 * @param messages each entry made with {@link message} or {@link query}; bodies are checked with
 *   their zod schema when they arrive from outside the process
 * @param options `spans`: which messages are spans, `each` (default) or the `notable` ones; for protocols whose
 *   messages say little that the work they are about does not say itself
 *
 * @example
 * const counter = defineProtocol("counter", {
 *   increment: message(z.object({ by: z.number().int() })),
 *   total: query(z.object({}), z.number()),
 * });
 */
export function defineProtocol<const D extends Definitions>(
  name: string,
  messages: D,
  { spans = "each" }: { readonly spans?: MessageSpans } = {},
): Protocol<D> {
  return { name, messages, spans };
}

/** The body of one message type. */
export type Body<D extends Definitions, T extends keyof D> = z.output<D[T]["body"]>;

/** Names of the messages that expect an answer. */
export type QueryName<D extends Definitions> = {
  [T in keyof D]: D[T] extends QueryDefinition ? T : never;
}[keyof D] &
  string;

/** Names of the messages that expect none. */
export type MessageName<D extends Definitions> = Exclude<keyof D & string, QueryName<D>>;

/** What the handler of one message type returns: the answer to a query, nothing for a message. */
export type Outcome<D extends Definitions, T extends keyof D> =
  D[T] extends QueryDefinition<z.ZodType, infer R>
    ? z.output<R>
    : // biome-ignore lint/suspicious/noConfusingVoidType: a handler may end without a return
      void;

/** The answer to one query type. */
export type Reply<D extends Definitions, T extends keyof D> =
  D[T] extends QueryDefinition<z.ZodType, infer R> ? z.output<R> : undefined;
