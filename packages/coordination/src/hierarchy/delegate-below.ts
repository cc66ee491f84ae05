import type { ActorContext, Definitions } from "@troupe/actor";
import { z } from "zod";
import { leadTeam, type Worker } from "./delegate.ts";
import type { LeafReport } from "./delegation.ts";
import type { Delegated, DelegatedWork } from "./protocol.ts";

/** Part of the time left that a team below gets, so that its lead can still report. */
const shareBelow = 0.9;

/** How a worker leads its team: see `delegate`. */
export interface Leading {
  readonly patienceMs?: number;
  readonly recalls?: number;
  readonly share?: number;
  readonly attempts?: number;
}

/** To whom work goes below, and who is told what becomes of it. */
interface Below {
  readonly deputies: readonly Worker[];
  readonly leading: Leading;
  /** Aborted when the work is not wanted any more. */
  readonly signal: AbortSignal;
  /** Told of leaves as they are counted, and at last of those that failed. */
  readonly reported: (reports: readonly LeafReport[]) => void;
  /** Told of every assignment that is made or has ended below. */
  readonly mapped: (delegated: readonly Delegated[]) => void;
}

/** Has a worker's leaves done by a team of its own, one level further down. Leaves keep their numbers. */
export async function delegateBelow<D extends Definitions>(
  context: ActorContext<D>,
  work: DelegatedWork,
  { deputies, leading, signal, reported, mapped }: Below,
): Promise<void> {
  const named = (at: number): number => work.leaves[at]?.leaf ?? at;
  const { depth, deepest, above, conversation } = work;
  const delegation = await leadTeam(
    context,
    {
      id: `${work.job}/${work.worker}.${work.assignment}`,
      leaves: work.leaves.map(({ work: piece }) => piece),
      result: z.unknown(),
      deadlineMs: Math.max(1, Math.floor(work.withinMs * shareBelow)),
      ...leading,
      ...(conversation === undefined ? {} : { conversation }),
    },
    deputies,
    { depth: depth + 1, deepest, above: [...above, context.self.address] },
    {
      signal,
      counted: (at, result) => reported([{ leaf: named(at), result }]),
      mapped: (entries) =>
        mapped(entries.map((entry) => ({ ...entry, leaves: entry.leaves.map(named) }))),
    },
  );
  const failures = delegation.leaves.flatMap((leaf, at) =>
    leaf.at === "counted"
      ? []
      : [{ leaf: named(at), failure: leaf.at === "given-up" ? leaf.why : `${leaf.at} below` }],
  );
  reported(failures);
}
