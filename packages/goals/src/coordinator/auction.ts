import {
  type ActorContext,
  AskError,
  type Cluster,
  type Definitions,
  formatTraceparent,
  type Ref,
  type TraceContext,
  traced,
} from "@troupe/actor";
import { type WorkerMessages, type WorkOrder, workerProtocol } from "@troupe/agents";
import { holdAuction, type ScoredBid } from "@troupe/coordination";
import type { GoalRecord } from "../goal/records.ts";

/** How long bidders have to answer an announcement, milliseconds. */
const biddingMs = 3000;

/** How long an agent has to accept what it alone can do, milliseconds. */
const acceptingMs = 5000;

/** Who takes an order, and what is known of how that was decided. */
export type Placed =
  | {
      readonly awarded: true;
      readonly winner: string;
      readonly price: number;
      readonly bids: readonly ScoredBid[];
      readonly declined: readonly Declined[];
    }
  | { readonly awarded: false; readonly reason: string; readonly declined: readonly Declined[] };

interface Declined {
  readonly bidder: string;
  readonly reason: string;
}

/**
 * Finds the agent for an order by sealed-bid contract net among all agents of the cluster that
 * advertise its type. The award carries the order, so an agent that accepts has begun. Where only one
 * agent offers the type there is nothing to choose, and it is given the order at once, without bids.
 *
 * @param except an agent that is not asked: it is at these tasks already
 */
export async function placeOrder<D extends Definitions>(
  context: ActorContext<D>,
  cluster: Cluster,
  order: WorkOrder,
  trace: TraceContext | undefined,
  except?: string,
): Promise<Placed> {
  const bidders = cluster
    .find(order.type)
    .filter(({ address }) => address !== except)
    .map(({ address }) => ({ member: address, ref: context.ref(workerProtocol, address) }));
  const [first, second] = bidders;
  const auction = `${order.goal}-${order.lot}`;
  if (first !== undefined && second === undefined) {
    const ref = trace === undefined ? first.ref : traced(first.ref, trace);
    return giveOrder(ref, first.member, auction, order);
  }
  return holdAuction(
    context,
    {
      id: auction,
      conversation: order.goal,
      capability: order.type,
      task: {
        type: order.type,
        bytes: order.bytes,
        tasks: order.tasks.length,
        ...(order.resources === undefined ? {} : { resources: order.resources }),
      },
      order,
      deadlineMs: biddingMs,
      ...(trace === undefined ? {} : { trace: formatTraceparent(trace) }),
    },
    bidders,
  );
}

async function giveOrder(
  worker: Ref<WorkerMessages>,
  bidder: string,
  auction: string,
  order: WorkOrder,
): Promise<Placed> {
  const decline = (reason: string): Placed => {
    // Its acceptance may be on the way or lost: it must let go of the work.
    worker.tell("reject", { auction });
    return { awarded: false, reason: "declined", declined: [{ bidder, reason }] };
  };
  try {
    const body = { auction, task: {}, order, price: 0 };
    const answer = await worker.ask("award", body, { withinMs: acceptingMs });
    if (!answer.accepted) return decline(answer.reason ?? "");
    return { awarded: true, winner: bidder, price: 0, bids: [], declined: [] };
  } catch (error) {
    if (!(error instanceof AskError)) throw error;
    return decline(`no answer to the award: ${error.message}`);
  }
}

/** The award as it is kept: with every bid, so that anyone can check who should have won. */
export function awardRecord(
  order: WorkOrder,
  outcome: Extract<Placed, { awarded: true }>,
): Extract<GoalRecord, { type: "awarded" }> {
  return {
    type: "awarded",
    tasks: order.tasks.map(({ task }) => task),
    attempt: order.attempt,
    lot: order.lot,
    winner: outcome.winner,
    price: outcome.price,
    bids: outcome.bids.map(({ bidder, cost, durationMs, quality, confidence, score }) => ({
      bidder,
      cost,
      durationMs,
      quality,
      confidence,
      score,
    })),
    declined: outcome.declined.map(({ bidder, reason }) => ({ bidder, reason })),
  };
}
