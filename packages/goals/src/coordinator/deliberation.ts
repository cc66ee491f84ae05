import {
  type ActorContext,
  AskError,
  type Clock,
  type Cluster,
  type Definitions,
  formatTraceparent,
  pause,
  type Ref,
  type TraceContext,
  traced,
} from "@troupe/actor";
import { type AnalystMessages, analystProtocol, type Proposal } from "@troupe/agents";
import { agreeOnFields, type FieldVote } from "@troupe/coordination";
import { NoAgentsError, NoProposalsError } from "../errors.ts";
import type { GoalRecord, RecordedVote } from "../goal/records.ts";
import type { GoalState } from "../goal/state.ts";
import type { Deliberation } from "../kinds/kind.ts";

/** How long analysts have to look at the data and propose, milliseconds. */
const proposingMs = 120_000;
/** After this an analyst is asked again, since question or answer may be lost, milliseconds. */
const askAgainMs = 5000;
/** Pause before an analyst that could not be reached is asked again, milliseconds. */
const pauseMs = 1000;
/** How long one vote stays open, milliseconds. */
const votingMs = 30_000;
/** How long a decided vote waits for the rest of the ballots, so that the record is complete, milliseconds. */
const stragglersMs = 500;
/** Most analysts in one electorate: more would not decide better, only later. */
const electorateLimit = 9;

interface Member {
  readonly member: string;
  readonly ref: Ref<AnalystMessages>;
}

/**
 * Lets the analysts of the cluster settle what the data is: each proposes from its own evidence,
 * what they agree on is merged, and each disputed field is put to a vote of all of them. The
 * electorate is frozen first, so analysts that fall silent count as missing, not as absent.
 *
 * @throws NoAgentsError when fewer than the kind's quorum are there; NoProposalsError when they are,
 *   but fewer have something to propose
 */
export async function deliberate<D extends Definitions>(
  context: ActorContext<D>,
  cluster: Cluster,
  kind: { readonly name: string; readonly deliberation: Deliberation },
  state: GoalState,
  trace: TraceContext,
): Promise<Extract<GoalRecord, { type: "deliberated" }>> {
  const { quorum, fallback, conclude } = kind.deliberation;
  const subject = kind.deliberation.subject(state);
  const electorate = electorateOf(context, cluster, `analyse-${kind.name}`, trace);
  if (electorate.length < quorum) {
    throw new NoAgentsError(`analyse-${kind.name}`, quorum, electorate.length);
  }
  const isThere = (member: string): boolean =>
    cluster.find(`analyse-${kind.name}`).some(({ address }) => address === member);
  const { proposals, failures } = await propose(
    electorate.map(({ member, ref }) => ({
      member,
      proposal: proposalOf(context.clock, ref, state.id, subject, () => isThere(member)),
    })),
  );
  if (proposals.length < quorum) {
    if (proposals.length + failures.length < quorum) {
      throw new NoAgentsError(`analyse-${kind.name}`, quorum, proposals.length);
    }
    throw new NoProposalsError(quorum, proposals.length, failures);
  }
  const agreement = await agreeOnFields<unknown, D>(context, {
    id: `${state.id}-schema`,
    conversation: state.id,
    proposals: proposals.map(({ member, proposal }) => ({ member, fields: proposal.fields })),
    electorate,
    deadlineMs: votingMs,
    graceMs: stragglersMs,
    subject,
    fallback,
    trace: formatTraceparent(trace),
  });
  const votes = agreement.votes.map(voteRecord);
  return {
    type: "deliberated",
    agreement: conclude(state, { fields: agreement.fields, votes }),
    proposals: proposals.map(({ member, proposal }) => ({ member, summary: proposal.summary })),
    votes,
    confidence: agreement.confidence,
  };
}

/** Analysts spread over nodes: the first of each node before the second of any. */
function electorateOf<D extends Definitions>(
  context: ActorContext<D>,
  cluster: Cluster,
  capability: string,
  trace: TraceContext,
): readonly Member[] {
  const seen = new Map<string, number>();
  return cluster
    .find(capability)
    .map(({ address, node }) => {
      const turn = seen.get(node) ?? 0;
      seen.set(node, turn + 1);
      return { address, turn };
    })
    .sort((a, b) => a.turn - b.turn || (a.address < b.address ? -1 : 1))
    .slice(0, electorateLimit)
    .map(({ address }) => ({
      member: address,
      ref: traced(context.ref(analystProtocol, address), trace),
    }));
}

/** The vote as it is kept: with every ballot, so that anyone can count again. */
function voteRecord(vote: FieldVote): RecordedVote {
  const { id, question, decided, reason, counts, electorate, abstained, missing } = vote;
  return {
    id,
    question,
    counts,
    electorate,
    abstained,
    missing,
    ballots: vote.ballots.map((ballot) => ({
      member: ballot.member,
      choice: ballot.choice,
      reason: ballot.reason,
    })),
    ...(decided === undefined ? {} : { decided }),
    ...(reason === undefined ? {} : { reason }),
  };
}

interface Proposed {
  readonly proposals: readonly { readonly member: string; readonly proposal: Proposal }[];
  /** Why others that answered have none. */
  readonly failures: readonly string[];
}

async function propose(
  asked: readonly {
    readonly member: string;
    readonly proposal: Promise<Proposal | { readonly error: string }>;
  }[],
): Promise<Proposed> {
  const answers = await Promise.allSettled(asked.map(({ proposal }) => proposal));
  const proposals: { readonly member: string; readonly proposal: Proposal }[] = [];
  const failures: string[] = [];
  for (const [index, { member }] of asked.entries()) {
    const answer = answers[index];
    if (answer?.status !== "fulfilled") continue;
    if ("error" in answer.value) failures.push(`${member}: ${answer.value.error}`);
    else proposals.push({ member, proposal: answer.value });
  }
  return { proposals, failures };
}

/** Asks one analyst, and again while it is there and there is time: analysts answer a repeat from memory. */
async function proposalOf(
  clock: Clock,
  ref: Ref<AnalystMessages>,
  goal: string,
  subject: unknown,
  isThere: () => boolean,
): Promise<Proposal | { readonly error: string }> {
  const end = clock.monotonic() + proposingMs;
  for (;;) {
    const withinMs = Math.min(askAgainMs, end - clock.monotonic());
    try {
      return await ref.ask("propose", { goal, subject }, { withinMs });
    } catch (thrown) {
      const again = thrown instanceof AskError && thrown.retryable && isThere();
      if (!again || clock.monotonic() + pauseMs >= end) throw thrown;
      if (thrown.stage === "unreachable") {
        await pause(clock, pauseMs);
      }
    }
  }
}
