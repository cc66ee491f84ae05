import type { Actor, ActorContext, Attributes, Definitions, TraceContext } from "@troupe/actor";
import type { ChairAssignment, SessionRecord } from "./chair.ts";
import { type Addressee, conduct, type SessionSpec, seat } from "./conduct.ts";
import type { Course } from "./course.ts";

/** What an actor that chairs needs, besides how its questions are put. */
export interface Chairing<State, Question, Answer, Outcome>
  extends Omit<ChairAssignment<State, Question, Answer, Outcome>, "ask" | "conclude"> {
  /** What the questions are part of. */
  readonly trace: TraceContext;
}

/** A session to be held: who takes part, by which rules, and what its span says. */
export interface Holding<Messages extends Definitions, State, Question, Answer, Outcome> {
  /** For errors, logs and the span's attributes, for example `negotiation`. */
  readonly what: string;
  /** What is held, for metrics: one of few words. Default `what`. */
  readonly kind?: string;
  /** Names the span. */
  readonly name: string;
  readonly spec: SessionSpec;
  /** Of the spec, checked and with its default. */
  readonly answerMs: number;
  readonly recalls: number;
  readonly parties: readonly Addressee<Messages>[];
  readonly course: Course<State, Question, Answer, Outcome>;
  /** Of the span, besides the session and its conversation; each goes under `troupe.<what>.`. */
  readonly attributes: Attributes;
  readonly describe: (outcome: Outcome & SessionRecord) => Attributes;
  /** Whether it came to what it was held for: a winner, a deal. */
  readonly succeeded: (outcome: Outcome) => boolean;
}

/**
 * Holds a session among parties: an ephemeral actor, child of the calling one, chairs it inside a span and reports.
 *
 * @param chairFor the actor, which puts the questions in a protocol of its own
 * @throws InterruptedError when the calling actor stops first
 */
export function holdSession<
  D extends Definitions,
  Messages extends Definitions,
  E extends Definitions,
  State,
  Question,
  Answer,
  Outcome extends object,
>(
  context: ActorContext<D>,
  holding: Holding<Messages, State, Question, Answer, Outcome>,
  chairFor: (chairing: Chairing<State, Question, Answer, Outcome>) => Actor<E>,
): Promise<Outcome & SessionRecord> {
  const { what, name, spec, answerMs, recalls, parties, course } = holding;
  const { id, conversation, subject } = spec;
  const names = parties.map(({ member }) => member);
  return conduct(
    context,
    {
      kind: holding.kind ?? what,
      subject: [what, id],
      name,
      attributes: {
        [`troupe.${what}`]: id,
        ...under(what, holding.attributes),
        ...(conversation === undefined ? {} : { "troupe.conversation": conversation }),
      },
      trace: spec.trace,
      describe: (outcome: Outcome & SessionRecord) => under(what, holding.describe(outcome)),
      succeeded: holding.succeeded,
    },
    (report, trace) =>
      chairFor({
        what,
        id,
        conversation,
        subject,
        course,
        parties: seat(context, names),
        addresses: new Map(parties.map(({ member, ref }) => [member, ref.address])),
        answerMs,
        recalls,
        trace,
        report,
      }),
  );
}

function under(what: string, attributes: Attributes): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [`troupe.${what}.${name}`, value]),
  );
}
