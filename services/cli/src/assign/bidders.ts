import type { ActorSystem, Clock } from "@troupe/actor";
import {
  type AllocationOutcome,
  allocate,
  allocationBidder,
  allocationBidderProtocol,
  type CostMatrix,
} from "@troupe/coordination";
import { inActor } from "./in-actor.ts";

/** What bidders advertise, and are found by. */
export const bidderCapability = "assignment-bidder";

/** Longest time for one answer of a bidder, milliseconds: it computes some 20 at a time. */
const answerMs = 30_000;

/** Which of so many bidders: those from `first` up to but without `end`, of `all`. */
export interface Share {
  readonly first: number;
  readonly end: number;
  readonly all: number;
}

/** Share number `index` of `parts` of `all` bidders. */
export function shareOf(all: number, parts: number, index: number): Share {
  const upTo = (part: number): number => Math.floor((part * all) / parts);
  return { first: upTo(index), end: upTo(index + 1), all };
}

/** Starts bidders that stand for equal shares of the agents. */
export function hostBidders(system: ActorSystem, costs: CostMatrix, share: Share): void {
  for (let index = share.first; index < share.end; index += 1) {
    const rows = rowsOf(costs, index, share.all);
    // One that fails has forgotten its bids, so that it is better gone: then the others share its tasks.
    system.spawn(allocationBidder({ costs: () => rows }), {
      name: `bidder-${index}`,
      restart: "temporary",
      capabilities: [bidderCapability],
    });
  }
}

/** Number of the first agent that a bidder stands for. */
function firstRow(agents: number, bidder: number, bidders: number): number {
  return Math.floor((bidder * agents) / bidders);
}

function rowsOf({ rows, columns, cells }: CostMatrix, bidder: number, bidders: number): CostMatrix {
  const begin = firstRow(rows, bidder, bidders);
  const end = firstRow(rows, bidder + 1, bidders);
  return { rows: end - begin, columns, cells: cells.slice(begin * columns, end * columns) };
}

/** An assignment as the agents of the file are numbered, from 0. */
export interface Assigned {
  readonly outcome: AllocationOutcome;
  /** By agent: its task, or `null`. */
  readonly taskOf: readonly (number | null)[];
  readonly milliseconds: number;
}

/**
 * Holds the allocation from an actor of its own in the given system.
 *
 * @param n agents and tasks
 * @param bidders addresses, as {@link hostBidders} has made them
 */
export async function holdAssignment(
  system: ActorSystem,
  clock: Clock,
  n: number,
  bidders: readonly string[],
  deadlineMs: number,
): Promise<Assigned> {
  const began = clock.monotonic();
  const outcome = await inActor(system, (context) =>
    allocate(
      context,
      {
        id: "assignment",
        tasks: Array.from({ length: n }, (_, task) => task),
        answerMs,
        deadlineMs,
      },
      bidders.map((address) => ({
        member: address,
        ref: context.ref(allocationBidderProtocol, address),
      })),
    ),
  );
  const milliseconds = clock.monotonic() - began;
  const taskOf = new Array<number | null>(n).fill(null);
  if (outcome.settled) {
    for (const { member, agent, task } of outcome.pairs) {
      const bidder = Number(/bidder-(\d+)$/.exec(member)?.[1]);
      taskOf[firstRow(n, bidder, bidders.length) + agent] = task;
    }
  }
  return { outcome, taskOf, milliseconds };
}
