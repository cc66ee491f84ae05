import type { SimulatedWorld } from "../../simulation/world.ts";
import type { VoteOutcome } from "../outcome.ts";
import type { Rule } from "../rule.ts";
import { instantRunoff } from "../runoff.ts";
import { schulze } from "../schulze.ts";
import type { CastBallots } from "./cast-ballots.ts";

/** A vote as it was held: what was frozen when it began. */
export interface HeldVote {
  readonly id: string;
  readonly round: number;
  readonly options: readonly string[];
  readonly rule: Rule;
  readonly electorate: ReadonlyMap<string, number>;
  /** How long it takes at most, milliseconds. */
  readonly deadlineMs: number;
}

/** Before this share of its time a vote has not closed by any clock. */
const early = 0.95;

type Require = (holds: boolean, invariant: string) => void;

/** Looks at one outcome: that it counts who may vote, once, as they voted, and follows from that by its rule. */
export function judgeVote(
  world: SimulatedWorld,
  cast: CastBallots,
  held: HeldVote,
  outcome: VoteOutcome,
  tookMs: number,
): void {
  const require: Require = (holds, invariant) =>
    world.require(holds, invariant, () => `${held.id}: ${JSON.stringify({ held, outcome })}`);
  judgeElectorate(require, held, outcome);
  for (const { member, choice, ranking } of outcome.ballots) {
    const said = { choice, ...(ranking === undefined ? {} : { ranking }) };
    require(cast.hasCast(held.id, held.round, member, said), "a member's ballot is its own");
  }
  for (const member of outcome.abstained) {
    const isOwn = cast.hasCast(held.id, held.round, member, { choice: null });
    require(isOwn, "a member's ballot is its own");
  }
  judgeDecision(require, held, outcome, tookMs < held.deadlineMs * early);
}

function judgeElectorate(require: Require, held: HeldVote, outcome: VoteOutcome): void {
  const { ballots, abstentions, missing, abstained } = outcome;
  const counted = [...ballots, ...abstentions].map(({ member }) => member);
  require(new Set(counted).size === counted.length, "a member has one ballot in a round");
  const all = [...counted, ...missing].sort().join();
  const isFrozen = all === [...held.electorate.keys()].sort().join();
  const weight = [...held.electorate.values()].reduce((sum, one) => sum + one, 0);
  require(isFrozen && outcome.electorate === weight, "the electorate is as it was frozen");
  const isWeighed = [...ballots, ...abstentions].every(
    (ballot) => held.electorate.get(ballot.member) === ballot.weight,
  );
  require(isWeighed, "the electorate is as it was frozen");
  require(abstained.length === abstentions.length, "a member has one ballot in a round");
  require(outcome.id === held.id && outcome.round === held.round, "a ballot counts in its round");
}

/** What an option has: recounted from the ballots, and how much could still come. */
function judgeDecision(
  require: Require,
  held: HeldVote,
  outcome: VoteOutcome,
  isEarly: boolean,
): void {
  const { rule, electorate, options } = held;
  const { decided, ballots, missing } = outcome;
  const total = outcome.electorate;
  const open = missing.reduce((sum, member) => sum + (electorate.get(member) ?? 0), 0);
  const weightOf = (option: string): number =>
    ballots.reduce((sum, one) => sum + (one.choice === option ? one.weight : 0), 0);
  const headsOf = (option: string): number =>
    ballots.filter(({ choice }) => choice === option).length;
  if (decided !== undefined) require(options.includes(decided), "an option is decided on");
  if (rule.kind === "ranked" || rule.kind === "schulze") {
    const ranked = ballots.map(({ choice, ranking, weight }) => ({
      ranking: ranking ?? [choice],
      weight,
    }));
    const winners =
      rule.kind === "ranked"
        ? [instantRunoff(options, ranked, total).winner]
        : schulze(options, ranked).winners;
    if (decided === undefined) return;
    require(winners.includes(decided), "what is decided passes by the rule");
    return;
  }
  const passes = (weight: number, heads: number): boolean => {
    if (rule.kind === "unanimous") return heads === electorate.size;
    if (rule.kind === "majority") return 2 * weight > total;
    if (rule.of * weight < rule.votes * total) return false;
    return rule.kind === "threshold" || 2 * heads > electorate.size;
  };
  const passing = options.filter((option) => passes(weightOf(option), headsOf(option)));
  if (decided === undefined) {
    const isSure = missing.length === 0 && passing.length === 1;
    require(!isSure, "an option that passes alone is decided on");
    return;
  }
  require(passing.includes(decided), "what is decided passes by the rule");
  const rivals = options.filter((option) => option !== decided);
  const isCertain = rivals.every((rival) => {
    const most = weightOf(rival) + open;
    return !passes(most, headsOf(rival) + missing.length) || most < weightOf(decided);
  });
  // Who has a grace or waits for the deadline decides among those that are there.
  require(isCertain ||
    !isEarly ||
    missing.length === 0, "what is decided early can change no more");
  const isLeading = passing.every((one) => weightOf(one) <= weightOf(decided));
  require(isLeading, "what is decided leads");
}
