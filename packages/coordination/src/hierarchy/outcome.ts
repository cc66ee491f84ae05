import { type Delegation, isSettled, type RefusedReport } from "./delegation.ts";
import { suffices } from "./job.ts";
import type { Delegated } from "./protocol.ts";

/** What is known of a job once it is over. Plain JSON data but for the aggregate. */
export interface JobRecord {
  job: string;
  conversation?: string;
  /** Leaves in the aggregate. */
  counted: number;
  /** Leaves that are not, and why. */
  missing: { leaf: number; why: string }[];
  /** The delegation map: which leaves were given to whom, at which depth, and how that ended; at most 10,000. */
  delegated: Delegated[];
  /** Workers that were lost. */
  lost: string[];
  /** Results of leaves that another worker had done already. */
  spare: number;
  /** Evidence: what was not taken, and why; at most 1000. */
  refused: RefusedReport[];
  /** All refused reports, those beyond the kept ones included. */
  refusedCount: number;
}

/** How a job ended. `complete` is false for an aggregate of some leaves, which the job's policy allowed. */
export type JobOutcome<Sum> = JobRecord &
  (
    | { done: true; complete: boolean; aggregate: Sum }
    | { done: false; reason: "no-workers" | "deadline-passed" | "given-up" }
  );

/** How the results of leaves become one: pure, called once for each counted leaf, in the order of the leaves. */
export interface Aggregation<Result, Sum> {
  readonly start: Sum;
  readonly add: (sum: Sum, result: Result, leaf: number) => Sum;
}

/** The outcome of a job as it stands, with nothing more to come. */
export function jobOutcome<Result, Sum>(
  delegation: Delegation,
  { start, add }: Aggregation<Result, Sum>,
  more: { readonly conversation: string | undefined; readonly delegated: readonly Delegated[] },
): JobOutcome<Sum> {
  const { job, leaves, lost } = delegation;
  let aggregate = start;
  let counted = 0;
  const missing: JobRecord["missing"] = [];
  for (const [at, leaf] of leaves.entries()) {
    if (leaf.at === "counted") {
      aggregate = add(aggregate, leaf.result as Result, at);
      counted += 1;
    } else {
      const why = leaf.at === "given-up" ? leaf.why : `it was ${leaf.at} at the end`;
      missing.push({ leaf: at, why });
    }
  }
  const record: JobRecord = {
    job: job.id,
    ...(more.conversation === undefined ? {} : { conversation: more.conversation }),
    counted,
    missing,
    delegated: [...more.delegated],
    lost: [...lost],
    spare: delegation.spare,
    refused: [...delegation.refused],
    refusedCount: delegation.refusedCount,
  };
  if (suffices(job, counted)) {
    return { ...record, done: true, complete: counted === job.size, aggregate };
  }
  const reason = job.team.every((worker) => lost.has(worker))
    ? "no-workers"
    : isSettled(delegation)
      ? "given-up"
      : "deadline-passed";
  return { ...record, done: false, reason };
}
