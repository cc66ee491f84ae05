import { type Actor, type Body, defineActor, type Handlers, type Reply } from "@troupe/actor";
import { InvalidCostsError } from "../errors.ts";
import { appraise, type Block, bid, openBlock } from "./assignment/block.ts";
import { type CostMatrix, checkCosts } from "./assignment/cost-matrix.ts";
import { entryOf } from "./assignment/terms.ts";
import { type AllocationBidderMessages, allocationBidderProtocol } from "./protocol.ts";

/** Sittings that a bidder takes part in at a time; with one more it forgets the oldest. */
const mostSittings = 64;

/** One agent of a bidder and the task that it has been given. */
export interface Award {
  /** Row of the bidder's costs. */
  readonly agent: number;
  /** Place of the task among those of the allocation. */
  readonly task: number;
  /** What the agent asked for it: the cell of the bidder's costs. */
  readonly cost: number;
}

/** What a bidder needs to know. */
export interface Bidding {
  /**
   * What each agent of the bidder (row) asks for each task (column), when it is invited. What it throws fails the
   * bidder's actor, and takes it out of the allocation.
   *
   * @param tasks as described by the caller of the allocation
   */
  readonly costs: (tasks: readonly unknown[]) => CostMatrix;
  /** Told once for each allocation that was settled, and of no other. Agents without a task are not in it. */
  readonly awarded?: (allocation: string, awards: readonly Award[]) => void;
}

interface Seat {
  readonly costs: CostMatrix;
  /** From the first call on. */
  block?: Block;
  /** The last round and its answer, for when that is lost. */
  answered?: { readonly round: number; readonly bids: Reply<AllocationBidderMessages, "bid"> };
}

const nothing = { released: [], offers: [], bids: 0 } as const;

/**
 * The handlers of a bidder, for its actor: bids for its agents as the auction of Bertsekas has it. They throw
 * `InvalidCostsError`, and so fail the actor, when `costs` gives a matrix that is not one column a task wide or
 * has cells that cannot be.
 */
export function allocationBidding({ costs, awarded }: Bidding): Handlers<AllocationBidderMessages> {
  const seats = new Map<string, Seat>();
  const answer = (
    seat: Seat,
    { round, terms, first, ...call }: Body<AllocationBidderMessages, "bid">,
  ): Reply<AllocationBidderMessages, "bid"> => {
    const last = seat.answered;
    if (last !== undefined && round <= last.round) {
      // A repeat is answered as before; what is older nobody waits for.
      return round === last.round ? last.bids : { known: true, ...nothing };
    }
    if (terms !== undefined) {
      const { absent, ...rest } = terms;
      seat.block = openBlock(seat.costs, absent === undefined ? rest : { ...rest, absent }, first);
    }
    if (seat.block === undefined) return { known: false, ...nothing };
    const bids = { known: true, ...bid(seat.block, { ...call, isFirst: terms !== undefined }) };
    seat.answered = { round, bids };
    return bids;
  };
  return {
    enter: ({ allocation, tasks }) => {
      const matrix = costs(tasks);
      checkCosts(matrix);
      if (matrix.columns !== tasks.length) {
        const why = `it has ${matrix.columns} columns for ${tasks.length} tasks`;
        throw new InvalidCostsError("the matrix", why);
      }
      seats.set(allocation, { costs: matrix });
      const [oldest] = seats.keys();
      if (seats.size > mostSittings && oldest !== undefined) seats.delete(oldest);
      return entryOf(matrix);
    },
    bid: ({ allocation, ...body }) => {
      const seat = seats.get(allocation);
      return seat === undefined
        ? { known: false, ...nothing }
        : answer(seat, { allocation, ...body });
    },
    appraise: ({ allocation, prices }) => {
      const block = seats.get(allocation)?.block;
      if (block === undefined) return { known: false, objects: [], costs: [], outlays: [] };
      return { known: true, ...appraise(block, prices) };
    },
    award: ({ allocation, awards }) => {
      if (seats.delete(allocation)) awarded?.(allocation, awards);
    },
    dismiss: ({ allocation }) => {
      seats.delete(allocation);
    },
  };
}

/** An actor that does nothing but bid in allocations. */
export function allocationBidder(bidding: Bidding): Actor<AllocationBidderMessages> {
  return defineActor(allocationBidderProtocol, () => allocationBidding(bidding));
}
