import { closeTally, emptyTally, openPoll, outcomeOf, receiveBallot } from "@troupe/coordination";
import { supportNeeded } from "../coordinator/agreement.ts";
import type { GoalRecord, RecordedVote } from "../goal/records.ts";
import type { GoalState, PendingRepair } from "../goal/state.ts";
import type { Conference, Deliberation } from "../kinds/kind.ts";
import { compared, different, type Judgement, same } from "./judgement.ts";

type Conferred = Extract<GoalRecord, { type: "conferred" }>;
type Deliberated = Extract<GoalRecord, { type: "deliberated" }>;

/**
 * Counts every vote again from its ballots, and looks whether what was agreed on follows the votes. What
 * analysts proposed is recorded in summary only, so fields that were not disputed are given.
 */
export function judgeDeliberation(
  record: Deliberated,
  state: GoalState,
  { quorum, conclude, settledFields }: Deliberation,
): Judgement {
  const { agreement, proposals, votes, confidence } = record;
  if (proposals.length < quorum) {
    return different(`${proposals.length} analysts proposed, and ${quorum} is the least`);
  }
  const wrong = wrongVote(votes, confidence);
  if (wrong !== undefined) return wrong;
  if (settledFields === undefined) return same(recounted(votes));
  const settled = settledFields(agreement);
  for (const { question, decided } of votes) {
    const key = settled[question]?.key;
    if (decided !== undefined && key !== decided) {
      return different(`the vote on '${question}' decided '${decided}', not '${key ?? "nothing"}'`);
    }
  }
  const fields = Object.fromEntries(
    Object.entries(settled).map(([name, { value }]) => [name, value]),
  );
  return compared(
    { agreement },
    { agreement: conclude(state, { fields, votes }) },
    recounted(votes),
  );
}

/** Counts the votes again of what analysts settled about a failure, and looks whether they were followed. */
export function judgeConference(
  { agreement, proposals, votes, confidence }: Conferred,
  failure: PendingRepair,
  { quorum, readField }: Conference,
): Judgement {
  if (proposals.length < quorum) {
    return different(`${proposals.length} analysts proposed, and ${quorum} is the least`);
  }
  const wrong = wrongVote(votes, confidence);
  if (wrong !== undefined) return wrong;
  for (const { question, decided } of votes) {
    const key = readField(failure, question, agreement[question])?.key;
    if (decided !== undefined && key !== decided) {
      return different(`the vote on '${question}' decided '${decided}', not '${key ?? "nothing"}'`);
    }
  }
  return same(recounted(votes));
}

/** What is wrong with votes, or with how sure they are said to make; undefined when nothing is. */
function wrongVote(votes: readonly RecordedVote[], confidence: number): Judgement | undefined {
  for (const vote of votes) {
    const counted = recount(vote);
    if (counted.verdict === "different") return counted;
    const wrong = wrongOptions(vote);
    if (wrong !== undefined) return different(wrong);
  }
  const least = Math.min(1, ...votes.flatMap(shareOfWinner));
  if (confidence <= least) return undefined;
  return different(`it is ${confidence} sure, though a vote was decided by ${least} of all`);
}

function recount(vote: RecordedVote): Judgement {
  const { id, question, counts, electorate, abstained, missing, ballots } = vote;
  const voters = new Set([...ballots.map(({ member }) => member), ...abstained, ...missing]);
  if (voters.size !== electorate) {
    return different(`of the ${electorate} that vote on '${question}', ${voters.size} are named`);
  }
  const members = [...voters].map((member) => ({ member }));
  const poll = openPoll({ id, question, options: Object.keys(counts) }, members, "");
  const cast = [...ballots, ...abstained.map((member) => ({ member, choice: null, reason: "" }))];
  let tally = emptyTally(poll);
  for (const { member, choice, reason } of cast) {
    const { digest = "" } = poll.electorate.find((seat) => seat.member === member) ?? {};
    const ballot = { vote: id, round: poll.round, member, choice, reason, digest };
    const { refusal, tally: next } = receiveBallot(tally, ballot);
    if (refusal !== undefined) {
      return different(`the ballot of '${member}' on '${question}' does not count: ${refusal}`);
    }
    tally = next;
  }
  const outcome = outcomeOf(closeTally(tally));
  const again = {
    decided: outcome?.decided,
    reason: outcome?.reason,
    counts: outcome?.counts,
    electorate: outcome?.electorate,
    ...(vote.confidence === undefined ? {} : { confidence: outcome?.confidence }),
  };
  const { decided, reason, confidence } = vote;
  const kept = confidence === undefined ? {} : { confidence };
  return compared(
    { [question]: { decided, reason, counts, electorate, ...kept } },
    { [question]: again },
    "",
  );
}

/** Whether just those alternatives were put to the vote that had enough behind them; undefined when they were. */
function wrongOptions({ question, counts, electorate, proposed }: RecordedVote) {
  // Earlier releases did not keep who proposed what.
  if (proposed === undefined) return undefined;
  const supported = Object.keys(proposed).filter(
    (key) => (proposed[key]?.length ?? 0) >= supportNeeded(electorate),
  );
  const due = supported.length === 0 ? Object.keys(proposed) : supported;
  const voted = Object.keys(counts);
  if (due.toSorted().join("\n") === voted.toSorted().join("\n")) return undefined;
  return `the alternatives for '${question}' with enough behind them are ${due.join(", ")}, not ${voted.join(", ")}`;
}

function shareOfWinner({ decided, counts, electorate }: RecordedVote): readonly number[] {
  return decided === undefined ? [] : [(counts[decided] ?? 0) / electorate];
}

function recounted(votes: readonly RecordedVote[]): string {
  if (votes.length === 0) return "no vote was needed";
  return votes.length === 1 ? "one vote counted again" : `${votes.length} votes counted again`;
}
