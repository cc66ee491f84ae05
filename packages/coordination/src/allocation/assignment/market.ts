import type { Bids, Call } from "./block.ts";
import { type Terms, widestSpan } from "./terms.ts";

/** The first phase has this part of the widest difference of costs as its `epsilon`, each further one this part of the last. */
const firstShare = 20;
const nextShare = 3;
/** Prices never come near this, however the costs are. */
const highestPrice = widestSpan * 64;

/** One bidder, as the auctioneer sees it. */
interface Stall {
  readonly persons: number;
  /** Persons that hold nothing. */
  waiting: number;
  /** Round up to which it has been told prices; 0: of none. */
  told: number;
  /** Phase that it has been told of. */
  phase: number;
  /** Objects lost to others since it was called. */
  readonly lost: Set<number>;
}

/**
 * The auctioneer's books: prices, who holds what, and how far the auction has come. Bidders are numbered from 0 on.
 *
 * `open` while phases go on; then every person holds an object, and prices are within one part of the best for each.
 */
export interface Market {
  readonly terms: Terms;
  readonly stalls: readonly Stall[];
  readonly prices: Float64Array;
  /** Number of the bidder that holds each object; -1: nobody. */
  readonly holder: Int32Array;
  /** Round in which each price changed last. */
  readonly changedIn: Int32Array;
  epsilon: number;
  /** Counted from 1. */
  phase: number;
  round: number;
  bids: number;
  open: boolean;
}

/**
 * Opens the auction of Bertsekas with epsilon scaling (D. P. Bertsekas, "Auction algorithms", LIDS-P-1908, and
 * "The auction algorithm", Annals of Operations Research 14, 1988), for bidders with the given numbers of persons.
 *
 * Phases have ever smaller `epsilon`, the last has one part. Then the assignment is within `objects` parts of the
 * optimum, which is less than one unit of cost, and costs are integers: it is the optimum.
 */
export function openMarket(terms: Terms, persons: readonly number[]): Market {
  const { objects, span } = terms;
  return {
    terms,
    stalls: persons.map((count) => ({
      persons: count,
      waiting: count,
      told: 0,
      phase: 0,
      lost: new Set(),
    })),
    prices: new Float64Array(objects),
    holder: new Int32Array(objects).fill(-1),
    changedIn: new Int32Array(objects),
    epsilon: Math.max(1, Math.floor(span / firstShare)),
    phase: 1,
    round: 0,
    bids: 0,
    open: true,
  };
}

/** Whom to call in this round, and with what. Every call is answered before {@link receiveBids}. */
export function nextCalls(market: Market): ReadonlyMap<number, Call> {
  const calls = new Map<number, Call>();
  if (!market.open) return calls;
  market.round += 1;
  for (const [bidder, stall] of market.stalls.entries()) {
    if (!isDue(market, stall)) continue;
    const begins = stall.phase < market.phase;
    const isFirst = stall.phase === 0;
    stall.phase = market.phase;
    calls.set(bidder, {
      isFirst,
      epsilon: market.epsilon,
      begins,
      prices: news(market, stall),
      lost: [...stall.lost],
    });
    stall.lost.clear();
  }
  return calls;
}

/** Whether it has something to say: somebody holds nothing, or it has not been told that a phase began. */
function isDue({ phase }: Market, stall: Stall): boolean {
  return stall.persons > 0 && (stall.waiting > 0 || stall.phase < phase);
}

/** What a bidder has not been told of prices, to be sent with the question for its outlays. */
export function lastNews(market: Market, bidder: number): readonly number[] {
  const stall = market.stalls[bidder];
  return stall === undefined ? [] : news(market, stall);
}

function news(market: Market, stall: Stall): readonly number[] {
  const changes: number[] = [];
  const { changedIn, prices } = market;
  const since = Math.max(1, stall.told);
  for (let object = 0; object < changedIn.length; object += 1) {
    if ((changedIn[object] as number) >= since) changes.push(object, prices[object] as number);
  }
  // Those of the round that begins come next time.
  stall.told = market.round;
  return changes;
}

/** Why an answer cannot be taken: its bidder is faulty. */
export function faultOf(
  market: Market,
  bidder: number,
  { released, offers, bids }: Bids,
): string | undefined {
  const { objects } = market.terms;
  const isObject = (value: number | undefined): boolean =>
    Number.isInteger(value) && (value as number) >= 0 && (value as number) < objects;
  if (!released.every(isObject)) return "it released an object that does not exist";
  const waiting = (market.stalls[bidder]?.waiting ?? 0) + released.length;
  // Otherwise the auction would never end.
  if (waiting > 0 && offers.length === 0) return "it bids nothing for agents that have nothing";
  if (offers.length % 2 !== 0) return "it named an object without a price";
  for (let at = 0; at < offers.length; at += 2) {
    const object = offers[at] as number;
    const price = offers[at + 1] as number;
    if (!isObject(object)) return `it bid for object ${object}, which does not exist`;
    if (!Number.isSafeInteger(price) || price > highestPrice) {
      return `it bid ${price}, which is no price`;
    }
    if (price < (market.prices[object] as number) + market.epsilon) {
      return `it bid ${price} for object ${object}, which is not above its price`;
    }
  }
  if (!Number.isSafeInteger(bids) || bids < 0) return "it counted its bids wrongly";
  return undefined;
}

/**
 * Takes in the answers of all that were called: each object goes to the highest bid, at equal ones to the first bidder.
 * When everybody holds something the next phase begins, or the auction is over.
 *
 * @param answers by bidder; each without a {@link faultOf}
 */
export function receiveBids(market: Market, answers: ReadonlyMap<number, Bids>): void {
  const { prices, holder, stalls, changedIn } = market;
  for (const [bidder, { released }] of answers) {
    for (const object of released) if (holder[object] === bidder) hand(market, object, -1);
  }
  for (const [bidder, { offers, bids }] of answers) {
    market.bids += bids;
    for (let at = 0; at < offers.length; at += 2) {
      const object = offers[at] as number;
      const price = offers[at + 1] as number;
      if (price > (prices[object] as number)) {
        stalls[holder[object] as number]?.lost.add(object);
        hand(market, object, bidder);
        prices[object] = price;
        changedIn[object] = market.round;
        stalls[bidder]?.lost.delete(object);
      } else stalls[bidder]?.lost.add(object);
    }
  }
  if (stalls.some((stall) => isDue(market, stall))) return;
  if (market.epsilon === 1) market.open = false;
  else {
    market.epsilon = Math.max(1, Math.floor(market.epsilon / nextShare));
    market.phase += 1;
  }
}

function hand(market: Market, object: number, to: number): void {
  const { holder, stalls } = market;
  const from = stalls[holder[object] as number];
  const taker = stalls[to];
  if (from !== undefined) from.waiting += 1;
  if (taker !== undefined) taker.waiting -= 1;
  holder[object] = to;
}
