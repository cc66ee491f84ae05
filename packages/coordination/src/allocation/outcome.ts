import type { Award } from "./bidding.ts";

/** A bidder that was taken out, with all its agents. */
export interface RemovedBidder {
  readonly member: string;
  /** How many agents it stood for; 0 when it never said. */
  readonly agents: number;
  readonly reason: string;
}

/** What is known of every allocation, however it ended. */
export interface AllocationRecord {
  readonly allocation: string;
  /** How often the auction was begun: once, and once more for each time that bidders were taken out in it. */
  readonly sittings: number;
  /** Of all sittings. */
  readonly rounds: number;
  /** Of all sittings, those that bidders made among their own agents included. */
  readonly bids: number;
  readonly removed: readonly RemovedBidder[];
}

/** How an allocation ended. */
export type AllocationOutcome =
  | (AllocationRecord & {
      readonly settled: true;
      /** Who does what, by task; `agent` counts among those of its bidder. */
      readonly pairs: readonly (Award & { readonly member: string })[];
      /** Places of the tasks that nobody does. */
      readonly undone: readonly number[];
      readonly cost: number;
      /** No assignment of as many pairs to the agents that took part costs less. */
      readonly dualBound: number;
      /** The cost is the bound, which proves that nothing better exists. */
      readonly optimal: boolean;
    })
  | (AllocationRecord & {
      readonly settled: false;
      /** Nobody (left) who could do anything, or the time was over. */
      readonly reason: "no-bidders" | "deadline";
    });
