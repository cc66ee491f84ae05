import type { RunoffRound } from "./runoff.ts";
import type { SchulzeCount } from "./schulze.ts";
import type { RefusedBallot, Tally } from "./tally.ts";
import { type NoConsensusReason, runoffOf, schulzeOf, verdict } from "./verdict.ts";

/** How a vote ended, with everything it takes to count again. Plain JSON data, the caller's own. */
export interface VoteOutcome {
  id: string;
  conversation?: string;
  round: number;
  question: string;
  /** The option that won. Absent when there is no consensus. */
  decided?: string;
  /** Why there is no consensus. Absent when there is. */
  reason?: NoConsensusReason;
  /** Weight of the votes by option, in the options' order; in a ranked vote by first preference. */
  counts: Record<string, number>;
  /** Weight of the whole electorate. */
  electorate: number;
  /** Members that voted for no option. */
  abstained: string[];
  /** Members without a counted ballot when the vote was over; also those it did not wait for. */
  missing: string[];
  /** Counted votes for options, in the electorate's order. */
  ballots: { member: string; choice: string; weight: number; reason: string; ranking?: string[] }[];
  /** Counted abstentions, in the electorate's order. */
  abstentions: { member: string; weight: number; reason: string }[];
  /** Evidence: what was not counted and why, at most 1000. */
  refused: RefusedBallot[];
  /** All refused ballots, those beyond the kept ones included. */
  refusedCount: number;
  /**
   * Share of the electorate's weight that voted for the winner, 0 to 1; 0 without consensus. In a `schulze` vote the
   * share that prefers it to the option to which fewest do.
   */
  confidence: number;
  /** In a ranked vote that came to a run-off: every count, and who was eliminated after it. */
  runoff?: RunoffRound[];
  /** In a `schulze` vote: weight that prefers one to another, `pairwise[one][other]`. */
  pairwise?: SchulzeCount["pairwise"];
}

/** The outcome of a vote as it stands; undefined while it is open. */
export function outcomeOf(tally: Tally, conversation?: string): VoteOutcome | undefined {
  const { poll } = tally;
  const end = verdict(tally);
  if (end.status === "open") return undefined;
  const decided = end.status === "decided" ? end.option : undefined;
  const runoff = poll.rule.kind === "ranked" ? runoffOf(tally) : undefined;
  const winning = runoff?.rounds.at(-1)?.counts;
  const counts = Object.fromEntries(
    [...tally.supports].map(([option, { weight }]) => [option, weight]),
  );
  const pairwise = poll.rule.kind === "schulze" ? schulzeOf(tally).pairwise : undefined;
  const over = Object.values(pairwise?.[decided ?? ""] ?? {});
  const behind = over.length > 0 ? Math.min(...over) : (winning ?? counts)[decided ?? ""];
  const won = decided === undefined ? 0 : (behind ?? 0);
  return {
    id: poll.id,
    ...(conversation === undefined ? {} : { conversation }),
    round: poll.round,
    question: poll.question,
    ...(decided === undefined ? {} : { decided }),
    ...(end.status === "no-consensus" ? { reason: end.reason } : {}),
    counts,
    electorate: poll.total.weight,
    ...inSeatOrder(tally),
    refused: [...tally.refused],
    refusedCount: tally.refusedCount,
    confidence: won / poll.total.weight,
    ...(runoff === undefined ? {} : { runoff: [...runoff.rounds] }),
    ...(pairwise === undefined ? {} : { pairwise }),
  };
}

/** Who said what and who said nothing, in the electorate's order. */
function inSeatOrder({
  poll,
  counted,
}: Tally): Pick<VoteOutcome, "abstained" | "missing" | "ballots" | "abstentions"> {
  const byMember = new Map(counted.map((ballot) => [ballot.member, ballot]));
  const said: ReturnType<typeof inSeatOrder> = {
    abstained: [],
    missing: [],
    ballots: [],
    abstentions: [],
  };
  for (const { member, weight } of poll.electorate) {
    const ballot = byMember.get(member);
    if (ballot === undefined) {
      said.missing.push(member);
      continue;
    }
    const { choice, reason, ranking } = ballot;
    if (choice === null) {
      said.abstained.push(member);
      said.abstentions.push({ member, weight, reason });
    } else if (ranking === undefined) said.ballots.push({ member, choice, weight, reason });
    else said.ballots.push({ member, choice, weight, reason, ranking: [...ranking] });
  }
  return said;
}
