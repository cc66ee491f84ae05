import { createHash } from "node:crypto";
import { z } from "zod";
import { checkSpec } from "../check-spec.ts";
import { EmptyElectorateError, InvalidSpecError } from "../errors.ts";
import { type Elector, electorateFaults } from "./electorate.ts";
import {
  defaultRule,
  type Rule,
  ruleSchema,
  type Support,
  type TieRule,
  tieRuleSchema,
} from "./rule.ts";

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
  /** From 1; votes on the same question again have the next. */
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

/**
 * Freezes a vote: its options, its rule and its electorate.
 *
 * @param spec `round` defaults to 1, `rule` to 67 of 100 of the weight, `tie` to no consensus
 * @param electorate members with integer weights of 1 (default) to 1,000,000; at most 1000
 * @param secret known to the counter alone: makes digests that nobody can guess
 * @throws EmptyElectorateError when nobody may vote
 * @throws InvalidSpecError when a field is wrong, a member is named twice, or the chair is no member
 */
export function openPoll(spec: PollSpec, electorate: readonly Elector[], secret: string): Poll {
  if (electorate.length === 0) throw new EmptyElectorateError(spec.id);
  const { id, round, question, options, rule, tie } = checkSpec(pollSchema, "vote", spec.id, spec);
  const faults = electorateFaults(electorate);
  if (faults.length > 0) throw new InvalidSpecError("vote", id, faults);
  if (typeof tie === "object" && !electorate.some(({ member }) => member === tie.chair)) {
    throw new InvalidSpecError("vote", id, [`tie.chair: '${tie.chair}' is not in the electorate`]);
  }
  const digests = digestsOf(secret, [id, round, options], electorate.length);
  const seats = electorate.map(
    ({ member, weight = 1 }, place): Seat => ({
      member,
      weight,
      digest: digests.slice(place * digestLetters, (place + 1) * digestLetters),
    }),
  );
  return {
    id,
    round,
    question,
    options,
    rule,
    tie,
    electorate: seats,
    total: {
      weight: seats.reduce((sum, { weight }) => sum + weight, 0),
      members: seats.length,
    },
  };
}

/**
 * What binds ballots to a vote and its members: for each seat a part of the output of SHAKE256 over the secret, the vote, the
 * round and the options in their order, one part after the other, in hexadecimal. A sponge with the secret in front is
 * a MAC by itself (Bertoni et al., "Cryptographic sponge functions", 2011). A member's part is in no call but its own, and parts
 * say nothing of each other, so another member cannot vote in its name.
 */
function digestsOf(
  secret: string,
  bound: readonly [id: string, round: number, options: readonly string[]],
  seats: number,
): string {
  const outputLength = (seats * digestLetters) / 2;
  return createHash("shake256", { outputLength })
    .update(JSON.stringify([secret, ...bound]))
    .digest("hex");
}
