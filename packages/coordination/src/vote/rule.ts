import { z } from "zod";

const count = z.number().int().min(1).max(1_000_000);
const share = { votes: count, of: count };
const notMoreThanAll = {
  message: "votes must not exceed of: no option could ever pass",
  path: ["votes"],
};

/**
 * What an option needs to win. Shares are integers and always shares of the whole electorate, never
 * of the votes cast, so that a part of the members that cannot reach the others decides nothing.
 *
 * - `threshold`: at least `votes` of `of` of the weight, computed as `of * weight >= votes * total`.
 * - `majority`: more than half of the weight.
 * - `qualified`: at least `votes` of `of` of the weight (default 2 of 3), and more than half of the
 *   members by head.
 * - `unanimous`: every member votes for it; an abstention prevents it.
 * - `ranked`: members rank the options; instant run-off until one has more than half of the weight.
 * - `schulze`: members rank the options; the one that is preferred to each other wins, see schulze.ts, as long as
 *   members with more than half of the weight rank anything.
 */
export const ruleSchema = z.discriminatedUnion("kind", [
  z
    .object({ kind: z.literal("threshold"), ...share })
    .refine(({ votes, of }) => votes <= of, notMoreThanAll),
  z.object({ kind: z.literal("majority") }),
  z
    .object({
      kind: z.literal("qualified"),
      votes: share.votes.default(2),
      of: share.of.default(3),
    })
    .refine(({ votes, of }) => votes <= of, notMoreThanAll),
  z.object({ kind: z.literal("unanimous") }),
  z.object({ kind: z.literal("ranked") }),
  z.object({ kind: z.literal("schulze") }),
]);
export type Rule = z.output<typeof ruleSchema>;

/** 67 of 100. Of three members it takes all: two of three are 66.7 of 100. */
export const defaultRule: Rule = { kind: "threshold", votes: 67, of: 100 };

/** Whether members may rank the options. */
export function isRanked({ kind }: Rule): boolean {
  return kind === "ranked" || kind === "schulze";
}

/**
 * What happens when several options pass with the same weight, which takes a threshold of at most
 * half, or when none of several is beaten in a `schulze` count: nothing is decided, or the one named
 * first in the options wins, or the one that the `chair` voted for, or ranks highest, if there is one.
 */
export const tieRuleSchema = z.union([
  z.literal("no-consensus"),
  z.literal("first-option"),
  z.object({ chair: z.string() }),
]);
export type TieRule = z.output<typeof tieRuleSchema>;

/** Votes added up: by weight and by head. */
export interface Support {
  /** Their weights added up. */
  readonly weight: number;
  /** How many there are. */
  readonly members: number;
}

/** Whether this much support is enough; in a `schulze` vote, to count at all. Exact: integers below 2^53 throughout. */
export function passes(rule: Rule, support: Support, electorate: Support): boolean {
  switch (rule.kind) {
    case "threshold":
      return rule.of * support.weight >= rule.votes * electorate.weight;
    case "qualified":
      return (
        rule.of * support.weight >= rule.votes * electorate.weight &&
        2 * support.members > electorate.members
      );
    case "unanimous":
      return support.members === electorate.members;
    case "majority":
    case "ranked":
    case "schulze":
      return 2 * support.weight > electorate.weight;
  }
}

/**
 * Most members that may be silent, or say what is not so, while the others still decide: with 67 of 100 it is 0 of three
 * members, 1 of six, 2 of nine. Members of equal weight.
 *
 * @param members how many there are, at least 1
 */
export function tolerance(rule: Rule, members: number): number {
  const all = { weight: members, members };
  let against = 0;
  while (passes(rule, { weight: members - against - 1, members: members - against - 1 }, all)) {
    against += 1;
  }
  return against;
}
