import type { Poll, Seat } from "./poll.ts";
import type { Ballot } from "./protocol.ts";
import { isRanked, type Support } from "./rule.ts";
import { seatOf } from "./seats.ts";

/** Most refused ballots kept as evidence; beyond it they are only counted. */
export const evidenceLimit = 1000;

/**
 * Why a ballot was not counted.
 *
 * - `wrong-vote`, `wrong-round`: cast for another vote or round.
 * - `foreign`: by somebody outside the electorate.
 * - `forged`: in the name of a member, but sent by another actor; `sender` says which.
 * - `wrong-digest`: not what the member was called with: cast on other options, or by somebody else
 *   in the member's name.
 * - `repeated`: equal to the member's counted ballot, as a network that duplicates makes them.
 * - `contradictory`: unlike the member's counted ballot. The first one stands.
 * - `late`: after the vote was decided or closed.
 * - `unknown-option`, `malformed-ranking`: names what is not among the options, or names one twice,
 *   or ranks where nothing is ranked.
 */
export type Refusal =
  | "wrong-vote"
  | "wrong-round"
  | "foreign"
  | "forged"
  | "wrong-digest"
  | "repeated"
  | "contradictory"
  | "late"
  | "unknown-option"
  | "malformed-ranking";

/** A ballot that was not counted, kept as evidence. `sequence` is its place in the order of arrival. */
export interface RefusedBallot {
  readonly why: Refusal;
  readonly sequence: number;
  readonly ballot: Ballot;
  /** Of a forged ballot: address of the actor that sent it. */
  readonly sender?: string;
}

/** A vote under way: the ballots so far. Plain data; every change makes a new value. */
export interface Tally {
  readonly poll: Poll;
  /** Counted ballots in the order they came, at most one for each member. */
  readonly counted: readonly Ballot[];
  /** What is behind each option by the counted ballots, in a ranked vote by first preference. */
  readonly supports: ReadonlyMap<string, Support>;
  /** Of the members with a counted ballot, abstentions included. */
  readonly cast: Support;
  readonly refused: readonly RefusedBallot[];
  /** All refused ballots, those beyond the kept ones included. */
  readonly refusedCount: number;
  /** Ballots that arrived, counted or not. */
  readonly received: number;
  /** Nothing is counted any more. */
  readonly closed: boolean;
}

/** A vote to which no ballot has come. */
export function emptyTally(poll: Poll): Tally {
  const none: Support = { weight: 0, members: 0 };
  return {
    poll,
    counted: [],
    supports: new Map(poll.options.map((option) => [option, none])),
    cast: none,
    refused: [],
    refusedCount: 0,
    received: 0,
    closed: false,
  };
}

/**
 * Counts a ballot or refuses it with the reason.
 *
 * @param impostor address of the actor that sent it, if that is not the member it names
 */
export function receiveBallot(
  tally: Tally,
  ballot: Ballot,
  impostor?: string,
): { readonly tally: Tally; readonly refusal: Refusal | undefined } {
  const sequence = tally.received + 1;
  const refusal = refusalOf(tally, ballot, impostor);
  if (refusal === undefined) {
    return { refusal, tally: countBallot(tally, ballot, sequence) };
  }
  return {
    refusal,
    tally: {
      ...tally,
      received: sequence,
      refusedCount: tally.refusedCount + 1,
      refused:
        tally.refused.length < evidenceLimit
          ? [
              ...tally.refused,
              {
                why: refusal,
                sequence,
                ballot,
                ...(impostor === undefined ? {} : { sender: impostor }),
              },
            ]
          : tally.refused,
    },
  };
}

function countBallot(tally: Tally, ballot: Ballot, received: number): Tally {
  const weight = seatOf(tally.poll, ballot.member)?.weight ?? 0;
  const more = (support: Support): Support => ({
    weight: support.weight + weight,
    members: support.members + 1,
  });
  const { choice } = ballot;
  const support = choice === null ? undefined : tally.supports.get(choice);
  return {
    ...tally,
    received,
    counted: [...tally.counted, ballot],
    cast: more(tally.cast),
    supports:
      choice === null || support === undefined
        ? tally.supports
        : new Map(tally.supports).set(choice, more(support)),
  };
}

/** Ends the counting: what comes after is late. */
export function closeTally(tally: Tally): Tally {
  return { ...tally, closed: true };
}

/** Members without a counted ballot, in the electorate's order. */
export function silentSeats({ poll, counted }: Tally): readonly Seat[] {
  const heard = new Set(counted.map(({ member }) => member));
  return poll.electorate.filter(({ member }) => !heard.has(member));
}

function refusalOf(
  { poll, counted, closed }: Tally,
  ballot: Ballot,
  impostor: string | undefined,
): Refusal | undefined {
  if (ballot.vote !== poll.id) return "wrong-vote";
  if (ballot.round !== poll.round) return "wrong-round";
  const seat = seatOf(poll, ballot.member);
  if (seat === undefined) return "foreign";
  if (impostor !== undefined) return "forged";
  if (ballot.digest !== seat.digest) return "wrong-digest";
  const first = counted.find(({ member }) => member === ballot.member);
  if (first !== undefined) return sayTheSame(first, ballot) ? "repeated" : "contradictory";
  if (closed) return "late";
  if (ballot.choice !== null && !poll.options.includes(ballot.choice)) return "unknown-option";
  if (ballot.ranking !== undefined && !isRanking(poll, ballot)) return "malformed-ranking";
  return undefined;
}

function sayTheSame(one: Ballot, other: Ballot): boolean {
  return (
    one.choice === other.choice &&
    JSON.stringify(one.ranking ?? null) === JSON.stringify(other.ranking ?? null)
  );
}

function isRanking(poll: Poll, { choice, ranking = [] }: Ballot): boolean {
  return (
    isRanked(poll.rule) &&
    (ranking[0] ?? null) === choice &&
    new Set(ranking).size === ranking.length &&
    ranking.every((option) => poll.options.includes(option))
  );
}
