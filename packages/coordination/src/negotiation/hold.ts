import type { ActorContext, Definitions } from "@troupe/actor";
import { z } from "zod";
import { checkSpec } from "../check-spec.ts";
import type { SessionRecord } from "../session/chair.ts";
import {
  type Addressee,
  conduct,
  partiesSchema,
  type SessionSpec,
  seat,
  sessionShape,
} from "../session/conduct.ts";
import type { Course } from "../session/course.ts";
import { alternatingOffers, type NegotiationOutcome } from "./alternating-offers.ts";
import { type ArbitrationOutcome, type ArbitrationRule, arbitration } from "./arbitration.ts";
import { chairActor } from "./chair-actor.ts";
import { checkIssues, type Deal, dealsOf, type Issues } from "./deal.ts";
import { type MediationOutcome, mediation } from "./mediation.ts";
import type { PartyMessages } from "./protocol.ts";
import type { Answer, Question } from "./question.ts";

/** Most parties of a mediation or an arbitration. */
const negotiatorLimit = 50;

const specSchema = z.object({
  ...sessionShape,
  turns: z.number().int().min(1).max(1000).default(20),
  rounds: z.number().int().min(1).max(10_000).default(1000),
  rule: z.enum(["nash", "maximin", "total"]).default("nash"),
});

/** What is to be agreed on, and how. */
export interface DealSpec extends SessionSpec {
  readonly issues: Issues;
}

/** A negotiation by alternating offers. */
export interface NegotiationSpec extends DealSpec {
  /** Most offers before the last can only be accepted or not: 1 to 1000. Default 20. */
  readonly turns?: number;
}

/** A mediation. */
export interface MediationSpec extends DealSpec {
  /** Most proposals: 1 to 10,000. Default 1000. */
  readonly rounds?: number;
}

/** An arbitration. */
export interface ArbitrationSpec extends DealSpec {
  /** Default `nash`. */
  readonly rule?: ArbitrationRule;
}

/** Somebody who has a say in the deal. */
export type Negotiator = Addressee<PartyMessages>;

/**
 * Lets two parties agree by alternating offers, see `alternatingOffers`. The first of them begins.
 *
 * An ephemeral chair, child of the calling actor, passes offers on, keeps the rules, and records. A party that does not
 * answer within `answerMs` ends the negotiation. The longest it can take is `(turns + 1) * answerMs`.
 *
 * @throws InvalidSpecError when the spec is wrong, or both parties have one name
 * @throws InterruptedError when the calling actor stops first
 */
export async function negotiate<D extends Definitions>(
  context: ActorContext<D>,
  spec: NegotiationSpec,
  parties: readonly [Negotiator, Negotiator],
): Promise<NegotiationOutcome & SessionRecord> {
  const { turns } = checkSpec(specSchema, "negotiation", spec.id, spec);
  const [{ member: first }, { member: second }] = parties;
  const issues = checkIssues("negotiation", spec.id, spec.issues);
  const course = alternatingOffers(issues, [first, second], turns);
  return hold(context, "negotiation", spec, parties, course, agreedDeal);
}

/**
 * Lets parties come to an agreement with the help of a mediator, see `mediation`: none says what deals are worth to it.
 *
 * An ephemeral mediator, child of the calling actor, does the work; the order of proposals comes from the chance port.
 * Whoever does not answer within `answerMs` has said no. The longest it can take is `rounds * answerMs`.
 *
 * @param parties 2 to 50
 * @throws InvalidSpecError when the spec is wrong, a party is named twice, or more than 10,000 deals are possible
 * @throws InterruptedError when the calling actor stops first
 */
export async function mediate<D extends Definitions>(
  context: ActorContext<D>,
  spec: MediationSpec,
  parties: readonly Negotiator[],
): Promise<MediationOutcome & SessionRecord> {
  const { rounds } = checkSpec(specSchema, "mediation", spec.id, spec);
  const deals = dealsOf("mediation", spec.id, checkIssues("mediation", spec.id, spec.issues));
  const shuffled = deals
    .map((deal) => ({ deal, place: context.random.next() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ deal }): Deal => deal);
  const names = parties.map(({ member }) => member);
  const course = mediation(shuffled, names, rounds);
  return hold(context, "mediation", spec, parties, course, agreedDeal);
}

/**
 * Has an arbitrator decide between parties by a known rule, see `arbitration`.
 *
 * An ephemeral arbitrator, child of the calling actor, hears all parties at once and decides when all have answered, at
 * the latest after `answerMs`.
 *
 * @param parties 2 to 50
 * @throws InvalidSpecError when the spec is wrong, a party is named twice, or more than 10,000 deals are possible
 * @throws InterruptedError when the calling actor stops first
 */
export async function arbitrate<D extends Definitions>(
  context: ActorContext<D>,
  spec: ArbitrationSpec,
  parties: readonly Negotiator[],
): Promise<ArbitrationOutcome & SessionRecord> {
  const { rule } = checkSpec(specSchema, "arbitration", spec.id, spec);
  const deals = dealsOf("arbitration", spec.id, checkIssues("arbitration", spec.id, spec.issues));
  const names = parties.map(({ member }) => member);
  const course = arbitration(deals, names, rule);
  return hold(context, "arbitration", spec, parties, course, (outcome) =>
    outcome.decided ? outcome.deal : undefined,
  );
}

async function hold<D extends Definitions, State, Outcome extends object>(
  context: ActorContext<D>,
  what: "negotiation" | "mediation" | "arbitration",
  spec: DealSpec,
  parties: readonly Negotiator[],
  course: Course<State, Question, Answer, Outcome>,
  dealOf: (outcome: Outcome) => Deal | undefined,
): Promise<Outcome & SessionRecord> {
  const { id, conversation, subject } = spec;
  const { answerMs, recalls } = checkSpec(specSchema, what, id, spec);
  const names = parties.map(({ member }) => member);
  checkSpec(partiesSchema(2, negotiatorLimit), what, id, names);
  return conduct(
    context,
    {
      kind: what,
      name: `${what} ${id}`,
      attributes: {
        [`troupe.${what}`]: id,
        [`troupe.${what}.parties`]: names.length,
        ...(conversation === undefined ? {} : { "troupe.conversation": conversation }),
      },
      trace: spec.trace,
      succeeded: (outcome) => dealOf(outcome) !== undefined,
      describe: (outcome: Outcome & SessionRecord) => ({
        [`troupe.${what}.agreed`]: dealOf(outcome) !== undefined,
        [`troupe.${what}.steps`]: outcome.steps,
        [`troupe.${what}.refused`]: outcome.refusedCount,
      }),
    },
    (report, trace) =>
      chairActor({
        what,
        id,
        conversation,
        subject,
        course,
        dealOf,
        parties: seat(context, names),
        addresses: new Map(parties.map(({ member, ref }) => [member, ref.address])),
        answerMs,
        recalls,
        trace,
        report,
      }),
  );
}

function agreedDeal(outcome: NegotiationOutcome | MediationOutcome): Deal | undefined {
  return outcome.agreed ? outcome.deal : undefined;
}
