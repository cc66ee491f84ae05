import type { Ballot } from "./protocol.ts";
import { passes, type Support } from "./rule.ts";
import { instantRunoff, type RankedBallot, type RunoffRound } from "./runoff.ts";
import { majorityWinner, type SchulzeCount, schulze } from "./schulze.ts";
import { seatOf } from "./seats.ts";
import type { Tally } from "./tally.ts";

/**
 * Why nothing was decided.
 *
 * - `no-ballots`: nobody answered before the vote closed.
 * - `out-of-reach`: whatever the missing members would vote, no option can pass.
 * - `deadline-passed`: the missing members could have decided it.
 * - `tied`: several options passed alike, or are unbeaten, and the tie rule names none.
 */
export type NoConsensusReason = "no-ballots" | "out-of-reach" | "deadline-passed" | "tied";

/** How a vote stands. `open` only while it is neither closed nor certain. */
export type Verdict =
  | { readonly status: "open" }
  | { readonly status: "decided"; readonly option: string }
  | { readonly status: "no-consensus"; readonly reason: NoConsensusReason };

/**
 * Whether a vote is decided. An answer other than `open` is final: no ballot that may still come can
 * change it, so it is the same whether one waits for the missing members or not.
 */
export function verdict(tally: Tally): Verdict {
  const { poll } = tally;
  const missing = missingSupport(tally);
  const final = tally.closed || missing.members === 0;
  if (poll.rule.kind === "ranked") return rankedVerdict(tally, missing, final);
  if (poll.rule.kind === "schulze") return schulzeVerdict(tally, missing, final);

  const { supports } = tally;
  const potential = (support: Support): Support => ({
    weight: support.weight + missing.weight,
    members: support.members + missing.members,
  });
  // Asked after every ballot, and most of the time nothing passes yet.
  const none: readonly (readonly [string, Support])[] = [];
  let passing = none;
  let isReachable = false;
  for (const one of supports) {
    if (passes(poll.rule, one[1], poll.total)) passing = [...passing, one];
    isReachable ||= passes(poll.rule, potential(one[1]), poll.total);
  }
  const [leader] = passing.toSorted(([, a], [, b]) => b.weight - a.weight);
  if (leader !== undefined) {
    const [option, { weight }] = leader;
    const rivals = [...supports].filter(([other]) => other !== option);
    const beaten = ([, support]: readonly [string, Support]) =>
      !passes(poll.rule, potential(support), poll.total) || potential(support).weight < weight;
    if (rivals.every(beaten)) return { status: "decided", option };
    if (!final) return { status: "open" };
    return untie(
      tally,
      passing.flatMap(([name, support]) => (support.weight === weight ? [name] : [])),
    );
  }
  return undecided(tally, isReachable, final);
}

/** The run-off over the ballots counted so far. */
export function runoffOf(tally: Tally): {
  readonly winner: string | undefined;
  readonly rounds: readonly RunoffRound[];
} {
  const { options, total } = tally.poll;
  return instantRunoff(options, rankedBallots(tally), total.weight);
}

/** Schulze's count of the ballots counted so far. */
export function schulzeOf(tally: Tally): SchulzeCount {
  return schulze(tally.poll.options, rankedBallots(tally));
}

function rankedBallots({ poll, counted }: Tally): readonly RankedBallot[] {
  return counted.map((ballot) => ({
    ranking: preferences(ballot),
    weight: seatOf(poll, ballot.member)?.weight ?? 0,
  }));
}

function preferences({ choice, ranking }: Ballot): readonly string[] {
  return ranking ?? (choice === null ? [] : [choice]);
}

/** Certain before the end only of an option that more than half of the whole weight prefers to each other. */
function schulzeVerdict(tally: Tally, missing: Support, final: boolean): Verdict {
  const { poll } = tally;
  const cast = [...tally.supports.values()];
  const taken = cast.reduce((sum, { weight }) => sum + weight, 0);
  const enough = (weight: number) => passes(poll.rule, { weight, members: 0 }, poll.total);
  if (!enough(taken)) return undecided(tally, enough(taken + missing.weight), final);
  if (final) return untie(tally, schulzeOf(tally).winners);
  const sure = majorityWinner(poll.options, rankedBallots(tally), poll.total.weight);
  return sure === undefined ? { status: "open" } : { status: "decided", option: sure };
}

function rankedVerdict(tally: Tally, missing: Support, final: boolean): Verdict {
  const { poll } = tally;
  const { supports } = tally;
  if (final) {
    const { winner } = runoffOf(tally);
    if (winner !== undefined) return { status: "decided", option: winner };
  } else {
    for (const [option, support] of supports) {
      if (passes(poll.rule, support, poll.total)) return { status: "decided", option };
    }
  }
  const weight = [...supports.values()].reduce((sum, support) => sum + support.weight, 0);
  const most = { weight: weight + missing.weight, members: poll.total.members };
  return undecided(tally, passes(poll.rule, most, poll.total) && missing.members > 0, final);
}

function undecided(tally: Tally, reachable: boolean, final: boolean): Verdict {
  if (final && tally.counted.length === 0) return { status: "no-consensus", reason: "no-ballots" };
  if (!reachable) return { status: "no-consensus", reason: "out-of-reach" };
  return final ? { status: "no-consensus", reason: "deadline-passed" } : { status: "open" };
}

function untie({ poll, counted }: Tally, tied: readonly string[]): Verdict {
  const [first] = tied;
  if (first !== undefined && (tied.length === 1 || poll.tie === "first-option")) {
    return { status: "decided", option: first };
  }
  if (typeof poll.tie === "object") {
    const { chair } = poll.tie;
    const ballot = counted.find(({ member }) => member === chair);
    const casting = ballot && preferences(ballot).find((option) => tied.includes(option));
    if (casting !== undefined) return { status: "decided", option: casting };
  }
  return { status: "no-consensus", reason: "tied" };
}

function missingSupport({ poll, cast }: Tally): Support {
  return { weight: poll.total.weight - cast.weight, members: poll.total.members - cast.members };
}
