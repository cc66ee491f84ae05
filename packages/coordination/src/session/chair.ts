import type { ActorContext, Cancel, Definitions } from "@troupe/actor";
import { InterruptedError } from "../errors.ts";
import { impostor } from "../impostor.ts";
import type { Course } from "./course.ts";
import type { Envelope } from "./messages.ts";
import {
  isStepComplete,
  openSession,
  type Party,
  type RefusedReply,
  type Reply,
  receiveReply,
  type Session,
  settleStep,
  silentParties,
} from "./session.ts";

/** What is known of any session once it is over, besides how it ended. */
export interface SessionRecord {
  session: string;
  conversation?: string;
  /** Steps in which parties were asked. */
  steps: number;
  /** Evidence: answers that were not taken, and why; at most 1000. */
  refused: RefusedReply[];
  /** All refused answers, those beyond the kept ones included. */
  refusedCount: number;
}

/** What whoever chairs a session needs to know. */
export interface ChairAssignment<State, Question, Answer, Outcome> {
  /** For errors and logs, for example `negotiation`. */
  readonly what: string;
  readonly id: string;
  readonly conversation: string | undefined;
  readonly subject: unknown;
  readonly course: Course<State, Question, Answer, Outcome>;
  readonly parties: readonly Party[];
  /** Where each party is. */
  readonly addresses: ReadonlyMap<string, string>;
  /** How long parties have in each step. */
  readonly answerMs: number;
  /** How often silent parties are asked again in each step. */
  readonly recalls: number;
  /** Puts a question to a party. */
  readonly ask: (party: string, envelope: Envelope, question: Question) => void;
  /** Tells a party how it ended. */
  readonly conclude: (party: string, outcome: Outcome) => void;
  /** Called once with the outcome, or with the error if the chair stops before there is one. */
  readonly report: (outcome: (Outcome & SessionRecord) | InterruptedError) => void;
}

/**
 * Chairs one session in the calling actor, which stops at the end. Asks, asks again those who are silent, goes on when
 * all have answered, at the latest when the time of the step is over, tells all parties the end, and reports.
 *
 * Time comes straight from the clock and not through the mailbox: a flood of answers cannot keep a step from ending,
 * and nobody can end it with a forged message.
 *
 * @returns takes an answer that has arrived
 */
export function chair<D extends Definitions, State, Question, Answer, Outcome extends object>(
  context: ActorContext<D>,
  assignment: ChairAssignment<State, Question, Answer, Outcome>,
): (reply: Reply<Answer>) => void {
  const { what, id, conversation, subject, course, parties, answerMs, recalls } = assignment;
  const tokens = new Map(parties.map(({ party, token }) => [party, token]));
  let session: Session<State, Question, Answer, Outcome> = openSession(id, course, parties);
  let cancels: Cancel[] = [];
  let over = false;

  context.onStop(() => {
    for (const cancel of cancels) cancel();
    if (!over) assignment.report(new InterruptedError(what, id));
  });

  const ask = (deadline: number): void => {
    for (const party of silentParties(session)) {
      const question = session.asked.get(party);
      if (question === undefined) continue;
      const envelope: Envelope = {
        session: id,
        step: session.step,
        party,
        token: tokens.get(party) ?? "",
        deadline,
        chair: context.self.address,
        ...(conversation === undefined ? {} : { conversation }),
        ...(subject === undefined ? {} : { subject }),
      };
      assignment.ask(party, envelope, question);
    }
  };

  const begin = (): void => {
    const outcome = course.outcome(session.state);
    if (outcome !== undefined) {
      over = true;
      for (const { party } of parties) assignment.conclude(party, outcome);
      assignment.report({
        ...outcome,
        session: id,
        ...(conversation === undefined ? {} : { conversation }),
        steps: session.step - 1,
        refused: [...session.refused],
        refusedCount: session.refusedCount,
      });
      context.stop();
      return;
    }
    const deadline = context.clock.now() + answerMs;
    for (let recall = 1; recall <= recalls; recall++) {
      const inMs = (answerMs * recall) / (recalls + 1);
      cancels.push(context.clock.schedule(inMs, () => ask(deadline)));
    }
    cancels.push(context.clock.schedule(answerMs, proceed));
    ask(deadline);
  };

  const proceed = (): void => {
    for (const cancel of cancels) cancel();
    cancels = [];
    session = settleStep(session);
    begin();
  };

  context.pipe(Promise.resolve(), begin);

  return (reply) => {
    const received = receiveReply(
      session,
      reply,
      impostor(context.sender, assignment.addresses.get(reply.party)),
    );
    session = received.session;
    if (received.refusal !== undefined) {
      const { party, step } = reply;
      context.log("debug", "answer refused", { [what]: id, party, step, why: received.refusal });
    }
    if (!over && isStepComplete(session)) proceed();
  };
}
