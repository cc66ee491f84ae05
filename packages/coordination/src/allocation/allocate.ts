import type { ActorContext, Definitions, Ref } from "@troupe/actor";
import { z } from "zod";
import { checkSpec } from "../check-spec.ts";
import { conduct } from "../session/conduct.ts";
import { longestSide } from "./assignment/cost-matrix.ts";
import { auctioneer } from "./auctioneer.ts";
import type { AllocationOutcome } from "./outcome.ts";
import type { AllocationBidderMessages } from "./protocol.ts";

/** Somebody invited to bid, for one agent or for many. */
export interface AllocationBidder {
  /**
   * Any actor that understands the messages, whatever else it understands, on a node that is known here, as those are
   * that `cluster.find` finds: others are taken for lost.
   */
  readonly ref: Ref<AllocationBidderMessages>;
  /** Unique in the allocation; usually its address. */
  readonly member: string;
}

/** Most bidders of one allocation. */
const mostBidders = 10_000;

const specSchema = z.object({
  id: z.string().min(1).max(200),
  tasks: z.array(z.unknown()).min(1).max(longestSide),
  answerMs: z.number().int().min(1).max(3_600_000).default(10_000),
  deadlineMs: z.number().int().min(1).max(86_400_000),
  bidders: z
    .array(z.string().min(1))
    .max(mostBidders)
    .refine((names) => new Set(names).size === names.length, "one bidder is named twice"),
});

/** What is allocated and how. */
export interface AllocationSpec {
  /** Names the allocation to bidders: unlike that of any other under way. */
  readonly id: string;
  /** What bidders need to know to value each task, JSON data: 1 to 10 000 tasks. */
  readonly tasks: readonly unknown[];
  /** Milliseconds for each answer of a bidder, which is asked twice if it stays out. Default 10 000. */
  readonly answerMs?: number;
  /** Milliseconds for the whole; at most a day. */
  readonly deadlineMs: number;
  /** W3C traceparent of the span that the allocation is part of. Default: the message at hand. */
  readonly trace?: string;
}

/**
 * Gives many tasks to many agents at once, at most one to each, as many as possible, at the least total cost: the
 * auction of Bertsekas with epsilon scaling, and with the proof that nothing better exists.
 *
 * An ephemeral auctioneer, child of the calling actor, asks the bidders round by round for bids; each bids for all
 * its agents (Jacobi between bidders, Gauss-Seidel within one), so that bidders with many agents need few messages. Of
 * what agents ask for only the range is told before the end.
 *
 * A bidder that is gone, does not answer twice, has forgotten, or answers what cannot be is taken out with all its
 * agents, and the auction is held anew among the rest: the outcome says who was, and the tasks go to the others
 * or are `undone`. Awards are told once, at the end; one that dies then is not noticed any more.
 *
 * Bidders are believed about what they ask for: bidding is honest, not made honest by prices.
 *
 * @returns who does what, and at which cost and bound; or why nothing was settled: nobody brings an agent, or the
 *   deadline. Then no bidder was awarded anything
 * @throws InvalidSpecError when the spec is wrong or a bidder is named twice
 * @throws InvalidCostsError when the costs are too far apart to be exact, see `drawUpTerms`
 * @throws InterruptedError when the calling actor stops first
 */
export async function allocate<D extends Definitions>(
  context: ActorContext<D>,
  spec: AllocationSpec,
  bidders: readonly AllocationBidder[],
): Promise<AllocationOutcome> {
  const names = bidders.map(({ member }) => member);
  const asked = { ...spec, tasks: [...spec.tasks], bidders: names };
  const { id, tasks, answerMs, deadlineMs } = checkSpec(specSchema, "allocation", spec.id, asked);
  const attributes = {
    "troupe.allocation": id,
    "troupe.allocation.tasks": tasks.length,
    "troupe.allocation.bidders": bidders.length,
  };
  return conduct(
    context,
    {
      kind: "allocation",
      subject: ["allocation", id],
      name: "allocate",
      attributes,
      trace: spec.trace,
      succeeded: ({ settled }) => settled,
      describe: (outcome: AllocationOutcome) => ({
        "troupe.allocation.settled": outcome.settled,
        "troupe.allocation.rounds": outcome.rounds,
        "troupe.allocation.bids": outcome.bids,
        "troupe.allocation.removed": outcome.removed.length,
        ...(outcome.settled
          ? {
              "troupe.allocation.cost": outcome.cost,
              "troupe.allocation.bound": outcome.dualBound,
              "troupe.allocation.undone": outcome.undone.length,
            }
          : { "troupe.allocation.reason": outcome.reason }),
      }),
    },
    (report, trace) =>
      auctioneer({
        id,
        tasks,
        answerMs,
        deadlineMs,
        bidders: new Map(bidders.map(({ member, ref }) => [member, ref.address])),
        trace,
        report,
      }),
  );
}
