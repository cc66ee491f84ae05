import { createHash, createHmac } from "node:crypto";
import { z } from "zod";
import { checkSpec } from "../check-spec.ts";
import { EmptyElectorateError, InvalidSpecError } from "../errors.ts";
import {
  defaultRule,
  type Rule,
  ruleSchema,
  type Support,
  type TieRule,
  tieRuleSchema,
} from "./rule.ts";

/** Most members of one electorate. */
export const electorateLimit = 1000;
/** Length of a digest: 128 bits in hexadecimal. */
const digestLetters = 32;
/** Most options of one vote. */
export const optionLimit = 100;

/** A member of the electorate and what its vote weighs, a positive integer. */
export interface Seat {
  readonly member: string;
  readonly weight: number;
  /** What this member's ballot carries, and nobody else can know. */
  readonly digest: string;
}

/** What is put to the vote and who may vote: frozen before the first ballot is called for. */
export interface Poll {
  readonly id: string;
  readonly round: number;
  readonly question: string;
  readonly options: readonly string[];
  readonly rule: Rule;
  readonly tie: TieRule;
  readonly electorate: readonly Seat[];
  /** The whole electorate added up. */
  readonly total: Support;
}

const pollSchema = z.object({
  id: z.string().min(1),
  round: z.number().int().min(1).default(1),
  question: z.string(),
  options: z
    .array(z.string())
    .min(1, "name at least one option")
    .max(optionLimit)
    .readonly()
    .refine((options) => new Set(options).size === options.length, "options must differ"),
  rule: ruleSchema.default(defaultRule),
  tie: tieRuleSchema.default("no-consensus"),
});

/** What {@link openPoll} is given. */
export type PollSpec = z.input<typeof pollSchema>;

const seatSchema = z.object({
  member: z.string().min(1),
  weight: z.number().int().min(1).max(1_000_000).default(1),
});

const electorateSchema = z
  .array(seatSchema)
  .max(electorateLimit)
  .superRefine((seats, check) => {
    const seen = new Set<string>();
    for (const { member } of seats) {
      if (seen.has(member)) check.addIssue(`member '${member}' is named twice`);
      seen.add(member);
    }
  });

/**
 * Freezes a vote: its options, its rule and its electorate.
 *
 * @param spec `round` defaults to 1, `rule` to 67 of 100 of the weight, `tie` to no consensus
 * @param electorate members with integer weights of 1 (default) to 1,000,000; at most 1000
 * @param secret known to the counter alone: makes digests that nobody can guess
 * @throws EmptyElectorateError when nobody may vote
 * @throws InvalidSpecError when a field is wrong, a member is named twice, or the chair is no member
 */
export function openPoll(
  spec: PollSpec,
  electorate: readonly { readonly member: string; readonly weight?: number }[],
  secret: string,
): Poll {
  if (electorate.length === 0) throw new EmptyElectorateError(spec.id);
  const { id, round, question, options, rule, tie } = checkSpec(pollSchema, "vote", spec.id, spec);
  const seats = checkSpec(
    electorateSchema,
    "vote",
    id,
    electorate.map(({ member, weight }) => ({ member, weight })),
  );
  if (typeof tie === "object" && !seats.some(({ member }) => member === tie.chair)) {
    throw new InvalidSpecError("vote", id, [`tie.chair: '${tie.chair}' is not in the electorate`]);
  }
  const digests = digestsOf(keyOf(secret, [id, round, options]), seats.length);
  return {
    id,
    round,
    question,
    options,
    rule,
    tie,
    electorate: seats.map(({ member, weight }, seat) => ({
      member,
      weight,
      digest: digests.slice(seat * digestLetters, (seat + 1) * digestLetters),
    })),
    total: {
      weight: seats.reduce((sum, { weight }) => sum + weight, 0),
      members: seats.length,
    },
  };
}

/** What is secret of one vote, round, and set of options in their order: HMAC-SHA256. */
function keyOf(
  secret: string,
  bound: readonly [id: string, round: number, options: readonly string[]],
): string {
  return createHmac("sha256", secret).update(JSON.stringify(bound)).digest("hex");
}

/**
 * What binds ballots to a vote and its members: a part of the output of SHAKE256 over the vote's key for each seat, one after
 * the other, in hexadecimal. A member's part is in no call but its own, and parts say nothing of each other, so another
 * member cannot vote in its name.
 */
function digestsOf(key: string, seats: number): string {
  const outputLength = (seats * digestLetters) / 2;
  return createHash("shake256", { outputLength }).update(key).digest("hex");
}
