import type { SimulatedWorld } from "@troupe/coordination/simulation";
import type { Agreement } from "../coordinator/agreement.ts";
import type { RecordedVote } from "../goal/records.ts";
import type { Findings } from "./deliberation-scenario.ts";

/** What an agreement is judged by: it is known what every analyst found, and who lied. */
interface Held {
  readonly name: string;
  readonly findings: Findings;
  readonly quorum: number;
  readonly liars: readonly string[];
  /** What all liars say of everything. */
  readonly lie: string;
  readonly viewOf: (member: string) => "broad" | "narrow";
  /** Whether what they say cannot be read. */
  readonly isGibberish: boolean;
  /** How many analysts were there when they were asked. */
  readonly members: number;
  /** What a field is settled to on which no vote decides. */
  readonly undecided: string;
  /** Whether everybody was there and could be reached. */
  readonly owed: boolean;
}

/** Of how many a liar is one too few to be listened to alone: with 67 of 100, one of four may be silent. */
const leastForLies = 4;

/** Looks at what analysts settled: what they found, by votes that they cast, whatever one of them says. */
export function judgeAgreement(
  world: Pick<SimulatedWorld, "require">,
  held: Held,
  agreement: Agreement,
): void {
  const { findings, quorum, lie, undecided, owed } = held;
  const require = (holds: boolean, invariant: string): void =>
    world.require(holds, invariant, () => `${held.name}: ${JSON.stringify({ held, agreement })}`);
  const members = agreement.proposals.map(({ member }) => member);
  require(new Set(members).size >= quorum, "as many analysts propose as have to");
  const votes = new Map(agreement.votes.map((vote) => [vote.question, vote]));
  for (const [field, { broad, narrow }] of Object.entries(findings)) {
    const settled = agreement.fields[field];
    const isFound = settled === broad || settled === narrow || settled === undecided;
    require(isFound, "nothing is settled that no honest analyst has found");
    require(settled !== lie, "a lie is not settled on");
    const vote = votes.get(field);
    if (vote !== undefined) judgeVote(require, held, vote, settled);
    const isClear = broad === narrow;
    require(!owed || !isClear || settled === broad, "what all honest analysts find is settled");
  }
  for (const { member, unreadable } of agreement.proposals) {
    const isDue = held.isGibberish && held.liars.includes(member);
    require(isDue === (unreadable !== undefined), "what nobody can read is named, and only that");
  }
}

function judgeVote(
  require: (holds: boolean, invariant: string) => void,
  { findings, members, liars, viewOf, undecided, owed }: Held,
  vote: RecordedVote,
  settled: unknown,
): void {
  const { question, electorate, counts, decided, ballots, missing, abstained } = vote;
  const finding = findings[question];
  const voters = ballots.map(({ member }) => member);
  require(new Set(voters).size === voters.length, "a member has one ballot");
  for (const { member, choice } of ballots) {
    if (liars.includes(member)) continue;
    require(choice === finding?.[viewOf(member)], "a ballot counts as its member cast it");
  }
  const alone = Object.keys(counts).filter((option) => vote.proposed?.[option]?.length === 1);
  const isAlone = electorate >= leastForLies && alone.length > 0;
  // Where nothing has enough behind it, all of it is voted on.
  const isShared = Object.values(vote.proposed ?? {}).some((members) => members.length > 1);
  require(!isAlone || !isShared, "what one alone says is not voted on");
  require(decided === undefined || settled === decided, "what a vote decides is settled");
  require(decided !== undefined || settled === undecided, "without a decision nothing is settled");
  const most =
    decided === undefined ? 0 : ballots.filter(({ choice }) => choice === decided).length;
  require(decided === undefined || 100 * most >= 67 * electorate, "two thirds of all decide");
  const named = new Set([...voters, ...missing, ...abstained]);
  require(electorate === members, "the electorate is frozen before anybody answers");
  require(named.size === electorate, "everybody who may vote is accounted for");
  const isKept = (vote.refused ?? []).length > 0 && (vote.refusedCount ?? 0) > 0;
  require(!owed || isKept, "ballots in others' names are kept as evidence");
}
