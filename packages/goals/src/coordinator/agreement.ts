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
import {
  agreeOnFields,
  defaultRule,
  type FieldProposal,
  type FieldVote,
  tolerance,
} from "@troupe/coordination";
import { NoAgentsError, NoProposalsError } from "../errors.ts";
import type { RecordedProposal, RecordedVote } from "../goal/records.ts";

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
/**
 * Analysts that must propose an alternative before it is voted on, where one may lie: what nobody seconds comes to
 * nothing. More would shut out what only one way of looking shows, as soon as one who looks so lies.
 */
const seconded = 2;
/** Refused ballots of one vote that are kept as evidence; all are counted. */
const keptRefusals = 20;
/** Unreadable fields of one proposal that are named. */
const namedUnreadable = 20;
/** Most analysts in one electorate: more would not decide better, only later. */
const electorateLimit = 9;

interface Member {
  readonly member: string;
  readonly ref: Ref<AnalystMessages>;
}

/** What analysts are to settle, field by field. */
export interface Topic {
  readonly goal: string;
  /** Names the topic, unique in the goal. */
  readonly name: string;
  /** What those advertise that are asked. */
  readonly capability: string;
  /** Fewest analysts that may decide. */
  readonly quorum: number;
  readonly subject: Readonly<Record<string, unknown>>;
  /** What an analyst said of a field as it is to be taken; undefined when nobody can make sense of it. */
  readField(
    field: string,
    value: unknown,
  ): { readonly key: string; readonly value: unknown } | undefined;
  fallback(alternatives: readonly unknown[]): unknown;
  /** How much longer than usual analysts have for a proposal and for a ballot, milliseconds. Default 0. */
  readonly lookingMs?: number;
}

/** What the analysts brought, and how it was settled. */
export interface Agreement {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly proposals: RecordedProposal[];
  readonly votes: RecordedVote[];
  readonly confidence: number;
}

/**
 * Lets the analysts of the cluster settle something: each proposes from its own evidence, what they agree on is merged, and
 * each disputed field is put to a vote of all of them. The electorate is frozen first, so analysts that fall silent count as
 * missing, not as absent.
 *
 * Analysts may lie. As many as the rule of the votes does without (2 of 9, 1 of 6, none of 3) cannot keep the others from
 * deciding; more of them can, and then the topic's fallback is taken. A liar alone cannot bring up an alternative either; for
 * one that several bring up others vote only if their own evidence speaks for it.
 *
 * @throws NoAgentsError when fewer than the quorum are there; NoProposalsError when they are, but fewer have something to
 *   propose
 */
export async function reachAgreement<D extends Definitions>(
  context: ActorContext<D>,
  cluster: Cluster,
  topic: Topic,
  trace: TraceContext,
): Promise<Agreement> {
  const { goal, name, capability, quorum, subject, fallback, lookingMs = 0 } = topic;
  const electorate = electorateOf(context, cluster, capability, trace);
  if (electorate.length < quorum) throw new NoAgentsError(capability, quorum, electorate.length);
  const isThere = (member: string): boolean =>
    cluster.find(capability).some(({ address }) => address === member);
  const id = `${goal}-${name}`;
  const { proposals, failures } = await propose(
    electorate.map(({ member, ref }) => ({
      member,
      proposal: proposalOf(context.clock, ref, id, subject, () => isThere(member), lookingMs),
    })),
  );
  if (proposals.length < quorum) {
    if (proposals.length + failures.length < quorum) {
      throw new NoAgentsError(capability, quorum, proposals.length);
    }
    throw new NoProposalsError(quorum, proposals.length, failures);
  }
  const read = proposals.map(({ member, proposal }) => readProposal(topic, member, proposal));
  const agreement = await agreeOnFields<unknown, D>(context, {
    id,
    conversation: goal,
    proposals: read.map(({ proposal }) => proposal),
    leastSupport: supportNeeded(electorate.length),
    electorate,
    deadlineMs: votingMs + lookingMs,
    graceMs: stragglersMs,
    subject,
    fallback,
    trace: formatTraceparent(trace),
  });
  const { fields, votes, confidence } = agreement;
  return {
    fields,
    proposals: read.map(({ record }) => record),
    votes: votes.map(voteRecord),
    confidence,
  };
}

/** How many of an electorate must propose an alternative before it is voted on, where others have so many behind them. */
export function supportNeeded(members: number): number {
  return tolerance(defaultRule, members) > 0 ? seconded : 1;
}

/** What an analyst proposed: as it counts, and as it is recorded. */
function readProposal(
  { readField }: Topic,
  member: string,
  { fields, summary }: Proposal,
): { readonly proposal: FieldProposal<unknown>; readonly record: RecordedProposal } {
  const readable: [string, { readonly key: string; readonly value: unknown }][] = [];
  const unreadable: string[] = [];
  for (const [name, { value }] of Object.entries(fields)) {
    const field = readField(name, value);
    if (field === undefined) unreadable.push(name);
    else readable.push([name, field]);
  }
  return {
    proposal: { member, fields: Object.fromEntries(readable) },
    record: {
      member,
      summary,
      ...(unreadable.length === 0 ? {} : { unreadable: unreadable.slice(0, namedUnreadable) }),
    },
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
  const { confidence, proposed, refused, refusedCount } = vote;
  const evidence = refused.slice(0, keptRefusals).map(({ why, ballot, sender }) => ({
    why,
    member: ballot.member,
    choice: ballot.choice,
    ...(sender === undefined ? {} : { sender }),
  }));
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
    confidence,
    proposed,
    ...(decided === undefined ? {} : { decided }),
    ...(reason === undefined ? {} : { reason }),
    ...(refusedCount === 0 ? {} : { refused: evidence, refusedCount }),
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
  lookingMs: number,
): Promise<Proposal | { readonly error: string }> {
  const end = clock.monotonic() + proposingMs + lookingMs;
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
