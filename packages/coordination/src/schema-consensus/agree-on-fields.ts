import type { ActorContext, Definitions } from "@troupe/actor";
import { EmptyElectorateError, InvalidSpecError } from "../errors.ts";
import { holdVote, type Voter } from "../vote/hold-vote.ts";
import type { VoteOutcome } from "../vote/outcome.ts";
import type { Rule, TieRule } from "../vote/rule.ts";
import { type ContestedField, type FieldProposal, mergeProposals } from "./merge.ts";

/** Votes held at the same time unless said otherwise. */
const defaultConcurrency = 8;

/** What is to be agreed on: who proposed what, who votes, by which rule, and until when. */
export interface FieldAgreementSpec<T> {
  /** Names the agreement; the vote on a field is `<id>-<field>`. */
  readonly id: string;
  /** Conversation that it belongs to; goes with the votes. Default: none. */
  readonly conversation?: string;
  /** At most one for each member. */
  readonly proposals: readonly FieldProposal<T>[];
  /** Who votes on contested fields, whether they proposed or not. */
  readonly electorate: readonly Voter[];
  /** Milliseconds for each vote. */
  readonly deadlineMs: number;
  /** Default: at least 67 of 100 of the electorate. */
  readonly rule?: Rule;
  /**
   * Alternatives that fewer members proposed are not put to the vote, unless all are so: with one more than may lie, what
   * only liars say cannot be voted for, however good it looks. The vote is held even if one alternative is left. Default 1.
   */
  readonly leastSupport?: number;
  /** What becomes of a vote in which options are equal. Default: no consensus. */
  readonly tie?: TieRule;
  /** Data about the matter. Voters get it with `field` and `alternatives` (values, in the options' order) added. */
  readonly subject?: Readonly<Record<string, unknown>>;
  /** What a field becomes when no vote passes. Alternatives come with most supporters first. */
  readonly fallback: (alternatives: readonly T[], field: string) => T;
  /** Most votes held at the same time. Default 8. */
  readonly concurrency?: number;
  /** Calls to silent voters after the first. Default 3. */
  readonly recalls?: number;
  /** How long each vote goes on collecting ballots for the record when its verdict is certain. Default 0. */
  readonly graceMs?: number;
  /** W3C traceparent of the span that the votes are part of. Default: the message at hand. */
  readonly trace?: string;
}

/** How a contested field was voted on. */
export interface FieldVote extends VoteOutcome {
  field: string;
  /** Who proposed which alternative, by key; also those that were not put to the vote. */
  proposed: Record<string, string[]>;
}

/** How one field was settled. */
export interface SettledField<T> {
  readonly value: T;
  /** All who mention it agreed; or a vote decided; or no vote passed. */
  readonly by: "agreement" | "vote" | "fallback";
  /** Share of the electorate's weight behind the value, 0 to 1; proposing it is what counts for an agreed field. */
  readonly confidence: number;
  /** Members that proposed something, but not for this field. */
  readonly missing: readonly string[];
}

/** What was agreed on, field by field, and how. */
export interface FieldAgreement<T> {
  /** Each field's value, in the order in which the fields were first mentioned. */
  readonly fields: Record<string, T>;
  /** The same with how each came to be. */
  readonly settled: Record<string, SettledField<T>>;
  /** Votes on contested fields. */
  readonly votes: FieldVote[];
  /** The lowest confidence of any field; 0 without fields. */
  readonly confidence: number;
  /** The mean confidence over the fields; 0 without fields. */
  readonly meanConfidence: number;
  /** Fields by how they were settled. */
  readonly counts: { readonly agreement: number; readonly vote: number; readonly fallback: number };
}

/**
 * Settles fields that several members made proposals for: what they agree on is taken, each contested
 * field is put to a vote of the whole electorate, and where no vote passes the fallback decides.
 *
 * Votes are held side by side, a bounded number at a time, each under its own deadline. The longest
 * this takes is `deadlineMs` times the contested fields divided by `concurrency`.
 *
 * @throws EmptyElectorateError when nobody may vote
 * @throws InvalidSpecError when a member proposes twice, or a number is out of range
 * @throws InterruptedError when the calling actor stops first
 */
export async function agreeOnFields<T, D extends Definitions>(
  context: ActorContext<D>,
  spec: FieldAgreementSpec<T>,
): Promise<FieldAgreement<T>> {
  const { id, electorate, concurrency = defaultConcurrency, leastSupport = 1 } = spec;
  if (electorate.length === 0) throw new EmptyElectorateError(id);
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    throw new InvalidSpecError("agreement", id, [
      `concurrency: ${concurrency} is not a positive integer`,
    ]);
  }
  if (!Number.isInteger(leastSupport) || leastSupport < 1) {
    throw new InvalidSpecError("agreement", id, [
      `leastSupport: ${leastSupport} is not a positive integer`,
    ]);
  }
  const merged = mergeProposals(spec.proposals);
  const votes = await inParallel(merged.contested, concurrency, async (contested) => ({
    ...(await voteOn(context, spec, supported(contested, leastSupport))),
    field: contested.field,
    proposed: Object.fromEntries(
      contested.alternatives.map(({ key, supporters }) => [key, [...supporters]]),
    ),
  }));

  const settled = new Map<string, SettledField<T>>();
  const weights = new Map(electorate.map(({ member, weight = 1 }) => [member, weight]));
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  const byField = new Map(votes.map((vote) => [vote.field, vote]));
  for (const { field, value, supporters, missing } of merged.agreed) {
    const behind = supporters.reduce((sum, member) => sum + (weights.get(member) ?? 0), 0);
    settled.set(field, { value, by: "agreement", confidence: behind / total, missing });
  }
  for (const contested of merged.contested) {
    const vote = byField.get(contested.field);
    if (vote === undefined) continue;
    settled.set(contested.field, settle(supported(contested, leastSupport), vote, spec.fallback));
  }
  const order = new Set(spec.proposals.flatMap(({ fields }) => Object.keys(fields)));
  const inOrder = [...order].flatMap((field) => {
    const one = settled.get(field);
    return one === undefined ? [] : [[field, one] as const];
  });
  const confidences = inOrder.map(([, { confidence }]) => confidence);
  const settledBy = (by: SettledField<T>["by"]) =>
    inOrder.filter(([, one]) => one.by === by).length;
  return {
    fields: Object.fromEntries(inOrder.map(([field, { value }]) => [field, value])),
    settled: Object.fromEntries(inOrder),
    votes,
    confidence: confidences.length === 0 ? 0 : Math.min(...confidences),
    meanConfidence:
      confidences.reduce((sum, one) => sum + one, 0) / Math.max(1, confidences.length),
    counts: {
      agreement: settledBy("agreement"),
      vote: settledBy("vote"),
      fallback: settledBy("fallback"),
    },
  };
}

/** A contested field with the alternatives that enough members proposed; with all of them if none is so. */
function supported<T>(contested: ContestedField<T>, leastSupport: number): ContestedField<T> {
  const eligible = contested.alternatives.filter(
    ({ supporters }) => supporters.length >= leastSupport,
  );
  return eligible.length === 0 ? contested : { ...contested, alternatives: eligible };
}

function voteOn<T, D extends Definitions>(
  context: ActorContext<D>,
  spec: FieldAgreementSpec<T>,
  { field, alternatives }: ContestedField<T>,
): Promise<VoteOutcome> {
  const { conversation, rule, tie, recalls, graceMs, trace } = spec;
  return holdVote(
    context,
    {
      id: `${spec.id}-${field}`,
      question: field,
      options: alternatives.map(({ key }) => key),
      deadlineMs: spec.deadlineMs,
      subject: { ...spec.subject, field, alternatives: alternatives.map(({ value }) => value) },
      ...(conversation === undefined ? {} : { conversation }),
      ...(rule === undefined ? {} : { rule }),
      ...(tie === undefined ? {} : { tie }),
      ...(recalls === undefined ? {} : { recalls }),
      ...(graceMs === undefined ? {} : { graceMs }),
      ...(trace === undefined ? {} : { trace }),
    },
    spec.electorate,
  );
}

function settle<T>(
  { field, alternatives, missing }: ContestedField<T>,
  vote: VoteOutcome,
  fallback: FieldAgreementSpec<T>["fallback"],
): SettledField<T> {
  const winner = alternatives.find(({ key }) => key === vote.decided);
  if (winner !== undefined) {
    return { value: winner.value, by: "vote", confidence: vote.confidence, missing };
  }
  const value = fallback(
    alternatives.map((alternative) => alternative.value),
    field,
  );
  const chosen = alternatives.find((alternative) => alternative.value === value);
  const behind = chosen === undefined ? 0 : (vote.counts[chosen.key] ?? 0);
  return { value, by: "fallback", confidence: behind / vote.electorate, missing };
}

/** Results in the order of the items, whichever ends first. The first failure is thrown. */
async function inParallel<Item, Result>(
  items: readonly Item[],
  concurrency: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = items.entries();
  const lane = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, lane));
  return results;
}
