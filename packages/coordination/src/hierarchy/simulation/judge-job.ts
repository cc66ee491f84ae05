import type { SimulatedWorld } from "../../simulation/world.ts";
import type { JobOutcome } from "../outcome.ts";
import type { Delegated } from "../protocol.ts";
import type { WorkBook } from "./work-book.ts";

/** What of a job its outcome is judged by. */
export interface HeldJob {
  readonly id: string;
  readonly size: number;
  readonly team: readonly string[];
  readonly attempts: number;
  readonly share: number;
  readonly depth: number;
  readonly deadlineMs: number;
  /** Least share of the leaves that counts, of 2: both for all of them. */
  readonly least: 1 | 2;
}

/** A leaf that is in the aggregate. */
export interface CountedLeaf {
  readonly leaf: number;
  readonly result: string;
}

type Require = (holds: boolean, invariant: string) => void;

/** Looks at the outcome of a job: every leaf counted once or missing, by somebody's work, within what was agreed. */
export function judgeJob(
  world: SimulatedWorld,
  book: WorkBook,
  held: HeldJob,
  outcome: JobOutcome<readonly CountedLeaf[]>,
  tookMs: number,
): void {
  const require: Require = (holds, invariant) =>
    world.require(holds, invariant, () => `${held.id}: ${JSON.stringify({ held, outcome })}`);
  const missing = outcome.missing.map(({ leaf }) => leaf);
  const count = outcome.counted + missing.length;
  require(new Set(missing).size === missing.length, "a leaf is missing once");
  require(count === held.size, "every leaf is counted or missing");
  if (outcome.done) judgeAggregate(require, book, held, outcome.aggregate, missing);
  const isEnough = 2 * outcome.counted >= held.least * held.size && outcome.counted > 0;
  require(outcome.done === isEnough, "an aggregate is of as many leaves as was agreed");
  if (outcome.done) {
    require(outcome.complete === (missing.length === 0), "complete is what misses nothing");
  } else judgeReason(require, held, outcome, tookMs);
  judgeMap(require, held, outcome.delegated);
}

function judgeAggregate(
  require: Require,
  book: WorkBook,
  { id }: HeldJob,
  aggregate: readonly CountedLeaf[],
  missing: readonly number[],
): void {
  const leaves = aggregate.map(({ leaf }) => leaf);
  require(new Set(leaves).size === leaves.length, "a leaf is counted once");
  require(!leaves.some((leaf) => missing.includes(leaf)), "what is counted is not missing");
  const isOrdered = leaves.every((leaf, at) => at === 0 || (leaves[at - 1] ?? 0) < leaf);
  require(isOrdered, "leaves are put together in their order");
  const isMade = aggregate.every(({ leaf, result }) => book.isMade(id, leaf, result));
  require(isMade, "what is counted a worker has done");
}

function judgeReason(
  require: Require,
  { deadlineMs, team, attempts, size }: HeldJob,
  outcome: JobOutcome<unknown> & { readonly done: false },
  tookMs: number,
): void {
  const { reason, lost, delegated, missing } = outcome;
  const areLost = team.every((worker) => lost.includes(worker));
  require((reason === "no-workers") === areLost, "there are no workers when all are lost");
  // Clocks drift; nobody waits for less than the time that was given.
  const isLate = tookMs >= deadlineMs * 0.9;
  if (reason === "deadline-passed") require(isLate, "nobody gives up before the deadline");
  if (reason !== "given-up") return;
  const tries = triesOf(delegated);
  const areTried = missing.every(({ leaf }) => (tries[leaf] ?? 0) === attempts);
  require(areTried && missing.length <= size, "a leaf is given up after all its attempts");
}

/** How often each leaf was delegated by whoever holds the job. */
function triesOf(delegated: readonly Delegated[]): readonly number[] {
  const tries: number[] = [];
  for (const { depth, leaves } of delegated) {
    if (depth > 1) continue;
    for (const leaf of leaves) tries[leaf] = (tries[leaf] ?? 0) + 1;
  }
  return tries;
}

function judgeMap(
  require: Require,
  { attempts, share, depth: deepest, size }: HeldJob,
  delegated: readonly Delegated[],
): void {
  const workers = new Map(delegated.map(({ id, worker }) => [id, worker]));
  require(delegated.every(({ depth }) => depth <= deepest), "nothing is delegated too deep");
  require(triesOf(delegated).every(
    (tries) => tries <= attempts,
  ), "a leaf is delegated as often as is allowed");
  const top = delegated.filter(({ depth }) => depth === 1);
  require(top.every(
    ({ leaves }) => leaves.length <= share,
  ), "an assignment is no larger than a share");
  const isKnown = delegated.every(({ leaves }) => leaves.every((leaf) => leaf >= 0 && leaf < size));
  require(isKnown, "only leaves of the job are delegated");
  const open = top.filter(({ ended }) => ended === undefined);
  const busy = open.map(({ worker }) => worker);
  require(new Set(busy).size === busy.length, "a worker has one assignment at a time");
  for (const { id } of delegated) {
    const parts = id.split(".");
    const chain = parts.flatMap((_, at) => workers.get(parts.slice(0, at + 1).join(".")) ?? []);
    require(new Set(chain).size === chain.length, "nobody is given what it has given away");
  }
}
