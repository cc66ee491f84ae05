import {
  type ClassifiedFailure,
  classifyFailure,
  type FailureClass,
  type FailureStrategy,
  type ReportedFailure,
} from "./classify-failure.ts";

/** What is known when a step has failed. */
export interface FailureSituation {
  /** The failure to answer. */
  readonly failure: ReportedFailure;
  /** Failures that the step had before, since it was last planned, counted by their classes. Default: none. */
  readonly earlier?: Readonly<Partial<Record<FailureClass, number>>>;
  /** How often the plan has been repaired already. */
  readonly replans: number;
  /**
   * Probability that all goes well by the other way that is at hand, 0 to 1: a repaired plan's `confidence`, or a
   * contingency's. Left out while no other way is known: the answer then says whether it is worth looking for one.
   */
  readonly confidence?: number;
}

/** How long to wait before something is tried again, and how often. */
export interface ReplanningPolicy {
  /** How often a step is tried again, whatever it fails of. Default: as often as the class of each failure allows. */
  readonly retries?: number;
  /** Classes of failures that another plan can answer. Default: all. */
  readonly repairable?: readonly FailureClass[];
  /** A plan is replaced only by one that is surer than this, 0 to 1. Default 0.6. */
  readonly threshold?: number;
  /** Repairs of one plan. Default 5. */
  readonly mostReplans?: number;
  /** Before the first retry of a step; doubled with every further one. Milliseconds. Default 500. */
  readonly retryDelayMs?: number;
  /** Before the second repair of a plan; doubled with every further one. The first one is made at once. Milliseconds. Default 1 000. */
  readonly replanDelayMs?: number;
  /** The longest wait of both. Milliseconds. Default 30 000. */
  readonly longestDelayMs?: number;
}

type Limits = Required<Omit<ReplanningPolicy, "retries" | "repairable">>;

/** {@link ReplanningPolicy} where nothing else is said. */
export const defaultReplanningPolicy: Limits = {
  threshold: 0.6,
  mostReplans: 5,
  retryDelayMs: 500,
  replanDelayMs: 1_000,
  longestDelayMs: 30_000,
};

interface Answer {
  readonly class: FailureClass;
  readonly strategy: FailureStrategy;
  /** What decided about the class: the code, or the words of the message. For people. */
  readonly evidence: string;
  /** For people. */
  readonly why: string;
}

/** What to do about a failed step. */
export type ReplanningDecision =
  | (Answer & {
      /** The same step again, as it is. */
      readonly kind: "retry";
      readonly delayMs: number;
      /** Retries that remain after this one. */
      readonly retriesLeft: number;
    })
  | (Answer & {
      /** Another way: to be looked for, or to be taken when its confidence was given. */
      readonly kind: "replan";
      readonly delayMs: number;
      /** Repairs that remain after this one. */
      readonly replansLeft: number;
    })
  | (Answer & {
      readonly kind: "give-up";
      readonly reason: "not-replannable" | "too-many-replans" | "confidence-too-low";
    });

/**
 * Answers a failed step: it is tried again while its class of failure allows (`classifyFailure` holds the table),
 * then the plan is repaired, while there are repairs left and the other way is surer than the threshold, else it
 * is given up. Waits double from one retry, or repair, to the next, up to the longest.
 *
 * Pure and without chance: whoever has many plans failing at once adds jitter to `delayMs`.
 */
export function decideReplanning(
  situation: FailureSituation,
  policy: ReplanningPolicy = {},
): ReplanningDecision {
  const limits = { ...defaultReplanningPolicy, ...policy };
  const { earlier = {}, replans, confidence } = situation;
  const failure = classifyFailure(situation.failure);
  const retries = retriesOf(situation.failure, failure, policy);
  const before =
    policy.retries === undefined
      ? (earlier[failure.class] ?? 0)
      : Object.values(earlier).reduce((sum, count) => sum + count, 0);
  const alike = before + 1;
  const answer = (why: string): Answer => ({
    class: failure.class,
    strategy: failure.strategy,
    evidence: failure.evidence,
    why: `${failure.class} (${failure.evidence}): ${why}`,
  });
  const delay = (first: number, doublings: number) =>
    Math.min(first * 2 ** doublings, limits.longestDelayMs);
  if (alike <= retries) {
    return {
      ...answer(`retry ${alike} of ${retries}`),
      kind: "retry",
      delayMs: delay(limits.retryDelayMs, alike - 1),
      retriesLeft: retries - alike,
    };
  }
  const refused = refusal(failure, replans, confidence, policy.repairable, limits);
  if (refused !== undefined) {
    return { ...answer(refused.text), kind: "give-up", reason: refused.reason };
  }
  return {
    ...answer(`repair ${replans + 1} of ${limits.mostReplans}, by ${failure.strategy}`),
    kind: "replan",
    delayMs: replans === 0 ? 0 : delay(limits.replanDelayMs, replans - 1),
    replansLeft: limits.mostReplans - replans - 1,
  };
}

function retriesOf(
  { retryable }: ReportedFailure,
  { retries }: ClassifiedFailure,
  policy: ReplanningPolicy,
): number {
  return retryable === false ? 0 : (policy.retries ?? retries);
}

function refusal(
  failure: ClassifiedFailure,
  replans: number,
  confidence: number | undefined,
  repairable: readonly FailureClass[] | undefined,
  { mostReplans, threshold }: Limits,
) {
  if (!failure.replan) {
    return { reason: "not-replannable", text: "no other plan can help" } as const;
  }
  if (repairable?.includes(failure.class) === false) {
    const text = `there is no repair by ${failure.strategy}`;
    return { reason: "not-replannable", text } as const;
  }
  if (replans >= mostReplans) {
    const text = `the plan was repaired ${replans} times, which is the limit`;
    return { reason: "too-many-replans", text } as const;
  }
  if (confidence !== undefined && !(confidence > threshold)) {
    const text = `the other way is only ${confidence} sure and must be above ${threshold}`;
    return { reason: "confidence-too-low", text } as const;
  }
  return undefined;
}
