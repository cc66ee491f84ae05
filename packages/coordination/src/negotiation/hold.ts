import type { ActorContext, Definitions } from "@troupe/actor";
import { z } from "zod";
import { checkSpec } from "../check-spec.ts";
import type { SessionRecord } from "../session/chair.ts";
import {
  type Addressee,
  partiesSchema,
  type SessionSpec,
  sessionShape,
} from "../session/conduct.ts";
import type { Course } from "../session/course.ts";
import { holdSession } from "../session/hold-session.ts";
import { alternatingOffers, type NegotiationOutcome } from "./alternating-offers.ts";
import { type ArbitrationOutcome, type ArbitrationRule, arbitration } from "./arbitration.ts";
import { chairActor } from "./chair-actor.ts";
import { type Deal, dealsOf, type Issues, issuesSchema } from "./deal.ts";
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
  issues: issuesSchema,
  parties: partiesSchema(2, negotiatorLimit),
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
  const checked = checkDeal("negotiation", spec, parties);
  const [{ member: first }, { member: second }] = parties;
  const course = alternatingOffers(checked.issues, [first, second], checked.turns);
  return hold(context, { what: "negotiation", spec, checked, parties, course, dealOf: agreedDeal });
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
  const checked = checkDeal("mediation", spec, parties);
  const deals = dealsOf("mediation", spec.id, checked.issues);
  const shuffled = deals
    .map((deal) => ({ deal, place: context.random.next() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ deal }): Deal => deal);
  const course = mediation(shuffled, checked.parties, checked.rounds);
  return hold(context, { what: "mediation", spec, checked, parties, course, dealOf: agreedDeal });
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
  const checked = checkDeal("arbitration", spec, parties);
  const deals = dealsOf("arbitration", spec.id, checked.issues);
  const course = arbitration(deals, checked.parties, checked.rule);
  const dealOf = (outcome: ArbitrationOutcome) => (outcome.decided ? outcome.deal : undefined);
  return hold(context, { what: "arbitration", spec, checked, parties, course, dealOf });
}

type Proceeding = "negotiation" | "mediation" | "arbitration";

function checkDeal(what: Proceeding, spec: DealSpec, parties: readonly Negotiator[]) {
  const names = parties.map(({ member }) => member);
  return checkSpec(specSchema, what, spec.id, { ...spec, parties: names });
}

function hold<D extends Definitions, State, Outcome extends object>(
  context: ActorContext<D>,
  held: {
    readonly what: Proceeding;
    readonly spec: DealSpec;
    readonly checked: ReturnType<typeof checkDeal>;
    readonly parties: readonly Negotiator[];
    readonly course: Course<State, Question, Answer, Outcome>;
    readonly dealOf: (outcome: Outcome) => Deal | undefined;
  },
): Promise<Outcome & SessionRecord> {
  const { what, spec, checked, parties, course, dealOf } = held;
  const { answerMs, recalls } = checked;
  return holdSession(
    context,
    {
      what,
      name: `${what} ${spec.id}`,
      spec,
      answerMs,
      recalls,
      parties,
      course,
      attributes: { parties: parties.length },
      succeeded: (outcome) => dealOf(outcome) !== undefined,
      describe: (outcome) => ({
        agreed: dealOf(outcome) !== undefined,
        steps: outcome.steps,
        refused: outcome.refusedCount,
      }),
    },
    (chairing) => chairActor({ ...chairing, dealOf }),
  );
}

function agreedDeal(outcome: NegotiationOutcome | MediationOutcome): Deal | undefined {
  return outcome.agreed ? outcome.deal : undefined;
}
