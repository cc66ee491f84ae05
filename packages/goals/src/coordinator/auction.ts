import {
  type ActorContext,
  type Cluster,
  type Definitions,
  formatTraceparent,
  type TraceContext,
} from "@troupe/actor";
import { type TaskOrder, workerProtocol } from "@troupe/agents";
import { type AuctionOutcome, holdAuction } from "@troupe/coordination";
import type { GoalRecord } from "../goal/records.ts";

/** How long bidders have to answer an announcement, milliseconds. */
const biddingMs = 3000;

/**
 * Finds the agent for a task by sealed-bid contract net among all agents of the cluster that
 * advertise its type. The award carries the order, so an agent that accepts has begun.
 */
export function auctionTask<D extends Definitions>(
  context: ActorContext<D>,
  cluster: Cluster,
  order: TaskOrder,
  trace: TraceContext | undefined,
): Promise<AuctionOutcome> {
  const bidders = cluster.find(order.type).map(({ address }) => ({
    member: address,
    ref: context.ref(workerProtocol, address),
  }));
  return holdAuction(
    context,
    {
      id: `${order.goal}-${order.task}-${order.attempt}`,
      conversation: order.goal,
      capability: order.type,
      task: { type: order.type, bytes: order.bytes },
      order,
      deadlineMs: biddingMs,
      ...(trace === undefined ? {} : { trace: formatTraceparent(trace) }),
    },
    bidders,
  );
}

/** The award as it is kept: with every bid, so that anyone can check who should have won. */
export function awardRecord(
  order: TaskOrder,
  outcome: Extract<AuctionOutcome, { awarded: true }>,
): Extract<GoalRecord, { type: "awarded" }> {
  return {
    type: "awarded",
    task: order.task,
    attempt: order.attempt,
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
