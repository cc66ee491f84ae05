import {
  type ActorContext,
  type Cluster,
  type Definitions,
  formatTraceparent,
  type TraceContext,
} from "@troupe/actor";
import { type WorkOrder, workerProtocol } from "@troupe/agents";
import { type AuctionOutcome, holdAuction } from "@troupe/coordination";
import type { GoalRecord } from "../goal/records.ts";

/** How long bidders have to answer an announcement, milliseconds. */
const biddingMs = 3000;

/**
 * Finds the agent for an order by sealed-bid contract net among all agents of the cluster that
 * advertise its type. The award carries the order, so an agent that accepts has begun.
 *
 * @param except an agent that is not asked: it is at these tasks already
 */
export function auctionOrder<D extends Definitions>(
  context: ActorContext<D>,
  cluster: Cluster,
  order: WorkOrder,
  trace: TraceContext | undefined,
  except?: string,
): Promise<AuctionOutcome> {
  const bidders = cluster
    .find(order.type)
    .filter(({ address }) => address !== except)
    .map(({ address }) => ({ member: address, ref: context.ref(workerProtocol, address) }));
  return holdAuction(
    context,
    {
      id: `${order.goal}-${order.lot}`,
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

/** The award as it is kept: with every bid, so that anyone can check who should have won. */
export function awardRecord(
  order: WorkOrder,
  outcome: Extract<AuctionOutcome, { awarded: true }>,
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
