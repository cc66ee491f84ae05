import type { Random } from "@troupe/actor";
import { between, happens, pick } from "../../simulation/chance.ts";
import type { OpenOffer, Quote } from "../open/question.ts";
import type { Lot, Portion } from "../packages/lot.ts";
import type { Package, PackageAnswer, Tender } from "../packages/question.ts";
import type { Bid } from "../protocol.ts";

/**
 * What a bidder of a simulation is like.
 *
 * - `honest`: asks for its true cost, and takes what it wins.
 * - `silent`: never answers; `shy`: does not bid, and says so.
 * - `unsure`: declines what it wins, as often as not; `mute`: bids, and does not answer awards.
 * - `double`: bids twice, differently.
 * - `wild`: bids what is no number, less than nothing or more than is paid.
 * - `forging`: honest, and answers in the others' names.
 */
export type Manner =
  | "honest"
  | "silent"
  | "shy"
  | "unsure"
  | "mute"
  | "double"
  | "wild"
  | "forging";

const manners: readonly Manner[] = [
  "honest",
  "honest",
  "honest",
  "honest",
  "silent",
  "shy",
  "unsure",
  "mute",
  "double",
  "wild",
  "forging",
];

const mostCost = 20;

/** What bidders ask for, and what they have said and taken on: for whoever judges outcomes. */
export class BidBook {
  readonly #random: Random;
  readonly #manners: ReadonlyMap<string, Manner>;
  readonly #costs = new Map<string, number>();
  readonly #packages = new Map<string, readonly Package[]>();
  readonly #sent = new Set<string>();
  readonly #accepted = new Map<string, Set<string>>();

  constructor(random: Random, bidders: readonly string[]) {
    this.#random = random;
    this.#manners = new Map(bidders.map((bidder) => [bidder, pick(random, manners)]));
  }

  mannerOf(bidder: string): Manner {
    return this.#manners.get(bidder) ?? "silent";
  }

  get honest(): readonly string[] {
    return [...this.#manners].flatMap(([name, manner]) => (manner === "honest" ? [name] : []));
  }

  /** What a task costs a bidder in truth, the same in every round. */
  costOf(auction: string, bidder: string): number {
    const key = `${auction} ${bidder}`;
    const cost = this.#costs.get(key) ?? between(this.#random, 1, mostCost);
    this.#costs.set(key, cost);
    return cost;
  }

  /** The sealed bids with which a bidder answers one announcement. */
  bids(auction: string, round: string, bidder: string): readonly Bid[] {
    const cost = this.costOf(auction, bidder);
    const bid = {
      auction: round,
      bidder,
      cost,
      durationMs: 10 * cost,
      quality: 1,
      confidence: 0.9,
    };
    const manner = this.mannerOf(bidder);
    if (manner === "silent") return [];
    const bids =
      manner === "double"
        ? [bid, { ...bid, cost: cost + 1 }]
        : manner === "wild"
          ? [{ ...bid, cost: pick(this.#random, [Number.NaN, -1, 1e9]) }]
          : [bid];
    for (const one of bids) this.#sent.add(`${round} ${bidder} ${one.cost}`);
    return bids;
  }

  /** Whether the bidder has asked for this in that round. */
  hasBid(round: string, bidder: string, cost: number): boolean {
    return this.#sent.has(`${round} ${bidder} ${cost}`);
  }

  /** What a bidder answers to an award; undefined: nothing. */
  takes(auction: string, bidder: string): boolean | undefined {
    const manner = this.mannerOf(bidder);
    if (manner === "mute" || manner === "silent") return undefined;
    if (manner === "unsure" && happens(this.#random, 0.5)) return false;
    const takers = this.#accepted.get(auction) ?? new Set();
    this.#accepted.set(auction, takers.add(bidder));
    return true;
  }

  /** Who has taken the task on, for however long. */
  takersOf(auction: string): ReadonlySet<string> {
    return this.#accepted.get(auction) ?? new Set();
  }

  /** How a bidder answers a quote of an open auction. */
  offers(auction: string, bidder: string, quote: Quote): readonly OpenOffer[] {
    const manner = this.mannerOf(bidder);
    if (manner === "silent") return [];
    if (quote.kind === "award") {
      const takes = this.takes(auction, bidder);
      if (takes === undefined) return [];
      return [takes ? { kind: "accept" } : { kind: "decline", reason: "busy" }];
    }
    if (manner === "shy") return [{ kind: "pass" }];
    const cost = this.costOf(auction, bidder);
    if (manner === "wild") return [{ kind: "offer", price: pick(this.#random, [0.5, 1e9, -1]) }];
    if (quote.kind === "take") {
      return [quote.price >= cost ? { kind: "offer", price: quote.price } : { kind: "wait" }];
    }
    const offer: OpenOffer =
      quote.most >= cost ? { kind: "offer", price: quote.most } : { kind: "pass" };
    return manner === "double" ? [offer, { kind: "pass" }] : [offer];
  }

  /** What portions cost a bidder in truth. */
  packagesOf(auction: string, bidder: string, lot: Lot): readonly Package[] {
    const key = `${auction} ${bidder}`;
    const packages = this.#packages.get(key) ?? this.#drawPackages(lot);
    this.#packages.set(key, packages);
    return packages;
  }

  /** How a bidder answers a tender. */
  answers(auction: string, bidder: string, tender: Tender): readonly PackageAnswer[] {
    const manner = this.mannerOf(bidder);
    if (manner === "silent") return [];
    if (tender.kind === "award") {
      const takes = this.takes(auction, bidder);
      if (takes === undefined) return [];
      return [takes ? { kind: "accept" } : { kind: "decline", reason: "busy" }];
    }
    if (manner === "shy") return [{ kind: "pass" }];
    const packages = [...this.packagesOf(auction, bidder, tender.lot)];
    if (manner === "wild") {
      return [{ kind: "offer", packages: packages.map((one) => ({ ...one, cost: -1 })) }];
    }
    const offer: PackageAnswer = { kind: "offer", packages };
    return manner === "double" ? [offer, { kind: "pass" }] : [offer];
  }

  #drawPackages(lot: Lot): readonly Package[] {
    const random = this.#random;
    const portions: Portion[] =
      lot.kind === "units"
        ? Array.from({ length: lot.units }, (_, at) => ({ units: at + 1 }))
        : lot.items.flatMap(({ item }, at) => {
            const next = lot.items[at + 1];
            return next === undefined
              ? [{ items: [item] }]
              : [{ items: [item] }, { items: [item, next.item] }];
          });
    const kept = portions.filter(() => happens(random, 0.6));
    const some = kept.length > 0 ? kept : portions.slice(0, 1);
    return some.map((portion) => ({ portion, cost: between(random, 1, 2 * mostCost) }));
  }
}
