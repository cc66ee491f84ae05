import type { ActorContext, Definitions } from "@troupe/actor";
import { z } from "zod";
import { checkSpec } from "../../check-spec.ts";
import type { SessionRecord } from "../../session/chair.ts";
import {
  type Addressee,
  conduct,
  partiesSchema,
  type SessionSpec,
  seat,
  sessionShape,
} from "../../session/conduct.ts";
import { checkLot, type Lot, type Portion } from "./lot.ts";
import { type PackageOutcome, packageAuction } from "./package-auction.ts";
import { packageAuctioneer } from "./package-auctioneer.ts";
import type { PackageBidderMessages } from "./protocol.ts";
import { type PackagePricing, packagePricingSchema } from "./question.ts";

/** Most bidders of a package auction: bounds the time that winner determination takes. */
const packageBidderLimit = 100;

const specSchema = z.object({
  ...sessionShape,
  pricing: packagePricingSchema.default("first-price"),
  bidders: partiesSchema(0, packageBidderLimit),
});

/** What is bought from several bidders at once, and how. */
export interface PackageAuctionSpec extends SessionSpec {
  readonly lot: Lot;
  /** Default first price. */
  readonly pricing?: PackagePricing;
  /** What the work takes; names the span. */
  readonly capability: string;
  /** What a winner needs to know to do its portion, JSON data: goes with the award only. */
  readonly order?: (portion: Portion) => unknown;
}

/**
 * Buys units that are alike (multi-unit), or items that may be worth more or less together (combinatorial), at the
 * least total cost, from sealed offers.
 *
 * An ephemeral auctioneer, child of the calling actor, does the work. Offers are closed when all have answered, or
 * after `answerMs`; awards are answered within `answerMs`, else what was declined is bought from the others. The longest
 * it can take is `(1 + bidders) * answerMs`.
 *
 * With `vickrey` pricing asking for the true costs is the best strategy, as long as nobody declines what it won.
 *
 * @param bidders at most 100; offers by others, or in another's name, are refused with evidence
 * @throws InvalidSpecError when the spec is wrong or a bidder is named twice
 * @throws InterruptedError when the calling actor stops first
 */
export async function holdPackageAuction<D extends Definitions>(
  context: ActorContext<D>,
  spec: PackageAuctionSpec,
  bidders: readonly Addressee<PackageBidderMessages>[],
): Promise<PackageOutcome & SessionRecord> {
  const names = bidders.map(({ member }) => member);
  const { order, lot: asked, ...fields } = spec;
  const { id, answerMs, recalls, pricing } = checkSpec(specSchema, "auction", spec.id, {
    ...fields,
    bidders: names,
  });
  const lot = checkLot(id, asked);
  const { conversation, subject, capability } = spec;
  return conduct(
    context,
    {
      kind: "package-auction",
      name: `auction ${capability}`,
      attributes: {
        "troupe.auction": id,
        "troupe.auction.pricing": pricing,
        "troupe.auction.bidders": names.length,
        ...(conversation === undefined ? {} : { "troupe.conversation": conversation }),
      },
      trace: spec.trace,
      succeeded: (outcome) => outcome.left === undefined,
      describe: (outcome: PackageOutcome & SessionRecord) => ({
        "troupe.auction.awarded": outcome.left === undefined,
        "troupe.auction.rounds": outcome.steps,
        "troupe.auction.bids": outcome.offers.length,
        "troupe.auction.refused": outcome.refusedCount,
        "troupe.auction.declined": outcome.declined.length,
        "troupe.auction.silent": outcome.silent.length,
        "troupe.auction.price": outcome.paid,
      }),
    },
    (report, trace) =>
      packageAuctioneer({
        id,
        conversation,
        subject,
        capability,
        answerMs,
        recalls,
        course: packageAuction(lot, pricing, names, order),
        parties: seat(context, names),
        addresses: new Map(bidders.map(({ member, ref }) => [member, ref.address])),
        trace,
        report,
      }),
  );
}
