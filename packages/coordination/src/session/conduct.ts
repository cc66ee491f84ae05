import {
  type Actor,
  type ActorContext,
  type Attributes,
  type Definitions,
  parseTraceparent,
  type Ref,
  type TraceContext,
} from "@troupe/actor";
import { z } from "zod";
import { InterruptedError } from "../errors.ts";
import { timed } from "./measured.ts";
import type { Party } from "./session.ts";

/** Most parties of one session. */
export const partyLimit = 1000;

/** How a session is held, whatever it is about. */
export interface SessionSpec {
  /** Names the session in answers and records. */
  readonly id: string;
  /** Conversation that it belongs to; goes with the questions and into the outcome. */
  readonly conversation?: string;
  /** What parties need to know besides the question, JSON data. */
  readonly subject?: unknown;
  /** Milliseconds for the answers in each step, at most a day. */
  readonly answerMs: number;
  /** How often silent parties are asked again in each step, evenly spread: 0 to 20. Default 3. */
  readonly recalls?: number;
  /** W3C traceparent of the span that the session is part of. Default: the message at hand. */
  readonly trace?: string;
}

/** The fields of a {@link SessionSpec} that are checked. */
export const sessionShape = {
  id: z.string().min(1),
  answerMs: z.number().int().min(1).max(86_400_000),
  recalls: z.number().int().min(0).max(20).default(3),
};

/** Names of parties: different ones, `least` to `most`. */
export function partiesSchema(least: number, most: number) {
  return z
    .array(z.string().min(1))
    .min(least)
    .max(most)
    .refine((names) => new Set(names).size === names.length, "one party is named twice");
}

/** Gives every party a secret of its own. */
export function seat<D extends Definitions>(
  context: ActorContext<D>,
  names: readonly string[],
): readonly Party[] {
  return names.map((party) => ({ party, token: context.random.hex(16) }));
}

/** Who is spoken to: a name in the session, and where it is. */
export interface Addressee<Messages extends Definitions> {
  /** Any actor that understands the party's messages, whatever else it understands. */
  readonly ref: Ref<Messages>;
  /** Unique in the session; usually its address. */
  readonly member: string;
}

/**
 * Runs an ephemeral actor, child of the calling one, inside a span, until it reports. How long it took and whether it
 * came to something is measured as `troupe.coordination.duration`.
 *
 * @param describe what the span says about the outcome
 * @param actorFor the actor, which calls `report` once
 * @throws InterruptedError when the calling actor stops first, or had stopped before
 */
export async function conduct<D extends Definitions, E extends Definitions, Outcome>(
  context: ActorContext<D>,
  span: {
    /** What is held, for metrics: one of few words, such as `vote`. */
    readonly kind: string;
    /** What it is called in an error, and its id. */
    readonly subject: readonly [what: string, id: string];
    readonly name: string;
    readonly attributes: Attributes;
    readonly trace: string | undefined;
    readonly describe: (outcome: Outcome) => Attributes;
    /** Whether it came to what it was held for: an option, a winner, a deal. */
    readonly succeeded: (outcome: Outcome) => boolean;
  },
  actorFor: (report: (ended: Outcome | Error) => void, trace: TraceContext) => Actor<E>,
): Promise<Outcome> {
  return context.span(
    span.name,
    span.attributes,
    async (open) => {
      const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
      const actor = actorFor(
        (ended) => (ended instanceof Error ? reject(ended) : resolve(ended)),
        open.context,
      );
      const measured = timed(context, span.kind);
      try {
        // What stops while it waits for something else may hold what comes next all the same.
        if (context.signal.aborted) throw new InterruptedError(...span.subject);
        context.spawn(actor, { restart: "temporary" });
        const outcome = await promise;
        open.set(span.describe(outcome));
        measured(span.succeeded(outcome) ? "success" : "failure");
        return outcome;
      } catch (thrown) {
        measured(thrown instanceof InterruptedError ? "interrupted" : "failure");
        throw thrown;
      }
    },
    span.trace === undefined ? undefined : parseTraceparent(span.trace),
  );
}
