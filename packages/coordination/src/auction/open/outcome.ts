/** A price that was offered, in the order of the offers. */
export interface PriceOffer {
  bidder: string;
  /** An integer, in the unit of the terms. */
  price: number;
}

/** A bidder that won, and did not take the task: `reason` is its own, or that it did not answer. */
export interface Declined {
  bidder: string;
  /** What it was to be paid, in the unit of the terms. */
  price: number;
  reason: string;
}

/** What is known of an open auction once it is over. Plain JSON data. */
export interface OpenAuctionRecord {
  /** Every valid offer, in the order in which they counted. */
  offers: PriceOffer[];
  /** Bidders that left: by passing, or by not answering a quote. */
  out: { bidder: string; why: "passed" | "silent" }[];
  declined: Declined[];
}

/** How an open auction ended. */
export type OpenAuctionOutcome =
  | (OpenAuctionRecord & { awarded: true; winner: string; price: number })
  | (OpenAuctionRecord & { awarded: false; reason: "no-bidders" | "no-offers" | "all-declined" });
