import type { Course } from "./course.ts";

/** Most refused answers kept as evidence; beyond it they are only counted. */
export const evidenceLimit = 1000;

/** A party and the secret that its answers carry, which no other party is told. */
export interface Party {
  readonly party: string;
  readonly token: string;
}

/** What a party says in one step. */
export interface Reply<Answer> {
  session: string;
  /** The step that it answers, from 1. */
  step: number;
  party: string;
  /** The party's secret. */
  token: string;
  answer: Answer;
}

/**
 * Why an answer was not taken.
 *
 * - `wrong-session`: about something else.
 * - `foreign`: by somebody who is no party.
 * - `forged`: without the party's secret, or sent by another actor: by somebody else in its name.
 * - `late`: to a step that is over, or after the end. That accuses nobody.
 * - `unasked`: out of turn, by a party that was not asked in this step.
 * - `repeated`, `contradictory`: a second answer in one step, equal or different, also when it comes one step later; the
 *   first stands.
 * - `invalid`: what the rules do not allow. It is the party's only answer in the step all the same.
 */
export type ReplyRefusal =
  | "wrong-session"
  | "foreign"
  | "forged"
  | "late"
  | "unasked"
  | "repeated"
  | "contradictory"
  | "invalid";

/**
 * An answer that was not taken, kept as evidence without its secret. `sequence` is its place in the order of arrival;
 * `sender` is the actor that sent it, if that is not the party that it names.
 */
export interface RefusedReply {
  why: ReplyRefusal;
  sequence: number;
  party: string;
  step: number;
  answer: unknown;
  sender?: string;
}

/** An answer, and as text to compare it by; without `answer` it was invalid. */
export interface Heard<Answer> {
  readonly said: string;
  readonly answer?: Answer;
}

/** A course under way. Plain data but for its rules; every change makes a new value. */
export interface Session<State, Question, Answer, Outcome> {
  readonly id: string;
  readonly course: Course<State, Question, Answer, Outcome>;
  readonly parties: readonly Party[];
  readonly state: State;
  /** From 1. */
  readonly step: number;
  /** Who is asked what in this step. */
  readonly asked: ReadonlyMap<string, Question>;
  /** What was said in this step, in the order of arrival. */
  readonly heard: ReadonlyMap<string, Heard<Answer>>;
  /** What was said in the step before. */
  readonly heardBefore: ReadonlyMap<string, Heard<Answer>>;
  readonly refused: readonly RefusedReply[];
  /** All refused answers, those beyond the kept ones included. */
  readonly refusedCount: number;
  /** Answers that arrived, taken or not. */
  readonly received: number;
}

/** A session in its first step. */
export function openSession<S, Q, A, O>(
  id: string,
  course: Course<S, Q, A, O>,
  parties: readonly Party[],
): Session<S, Q, A, O> {
  const state = course.start;
  return {
    id,
    course,
    parties,
    state,
    step: 1,
    asked: askedIn(course, state),
    heard: new Map(),
    heardBefore: new Map(),
    refused: [],
    refusedCount: 0,
    received: 0,
  };
}

/**
 * Takes an answer, or refuses it with the reason.
 *
 * @param impostor address of the actor that sent it, if that is not the party it names
 */
export function receiveReply<S, Q, A, O>(
  session: Session<S, Q, A, O>,
  reply: Reply<A>,
  impostor?: string,
): { readonly session: Session<S, Q, A, O>; readonly refusal: ReplyRefusal | undefined } {
  const refusal = refusalOf(session, reply, impostor);
  const { party, step, answer } = reply;
  const received = session.received + 1;
  const said = JSON.stringify(answer);
  if (refusal === undefined) {
    const heard = new Map(session.heard).set(party, { said, answer });
    return { refusal, session: { ...session, received, heard } };
  }
  const kept = {
    why: refusal,
    sequence: received,
    party,
    step,
    answer,
    ...(impostor === undefined ? {} : { sender: impostor }),
  };
  return {
    refusal,
    session: {
      ...session,
      received,
      heard: refusal === "invalid" ? new Map(session.heard).set(party, { said }) : session.heard,
      refusedCount: session.refusedCount + 1,
      refused:
        session.refused.length < evidenceLimit ? [...session.refused, kept] : session.refused,
    },
  };
}

/** Whether the step has what it takes to be settled before its time is over. */
export function isStepComplete<S, Q, A, O>(session: Session<S, Q, A, O>): boolean {
  const { asked, heard, course } = session;
  if (asked.size === 0) return false;
  return heard.size === asked.size || course.decided?.(answersOf(session)) === true;
}

/** Settles the step with the answers that are there, and goes on to the next or to the end. */
export function settleStep<S, Q, A, O>(session: Session<S, Q, A, O>): Session<S, Q, A, O> {
  const { course } = session;
  const state = course.settle(session.state, answersOf(session));
  return {
    ...session,
    state,
    step: session.step + 1,
    asked: askedIn(course, state),
    heard: new Map(),
    heardBefore: session.heard,
  };
}

/** Parties that were asked in this step and have not answered. */
export function silentParties<S, Q, A, O>({
  asked,
  heard,
}: Session<S, Q, A, O>): readonly string[] {
  return [...asked.keys()].filter((party) => !heard.has(party));
}

function askedIn<S, Q, A, O>(course: Course<S, Q, A, O>, state: S): ReadonlyMap<string, Q> {
  return course.outcome(state) === undefined ? course.questions(state) : new Map();
}

function answersOf<S, Q, A, O>({ heard }: Session<S, Q, A, O>): ReadonlyMap<string, A> {
  const valid = [...heard].flatMap(([party, { answer }]) =>
    answer === undefined ? [] : [[party, answer] as const],
  );
  return new Map(valid);
}

function refusalOf<S, Q, A, O>(
  { id, course, parties, state, step, asked, heard, heardBefore }: Session<S, Q, A, O>,
  reply: Reply<A>,
  impostor: string | undefined,
): ReplyRefusal | undefined {
  if (reply.session !== id) return "wrong-session";
  const seat = parties.find(({ party }) => party === reply.party);
  if (seat === undefined) return "foreign";
  if (impostor !== undefined || seat.token !== reply.token) return "forged";
  const first =
    reply.step === step
      ? heard.get(reply.party)
      : reply.step === step - 1
        ? heardBefore.get(reply.party)
        : undefined;
  if (first !== undefined) {
    return first.said === JSON.stringify(reply.answer) ? "repeated" : "contradictory";
  }
  if (reply.step < step) return "late";
  if (reply.step > step || !asked.has(reply.party)) return "unasked";
  return course.fits(state, reply.party, reply.answer) ? undefined : "invalid";
}
