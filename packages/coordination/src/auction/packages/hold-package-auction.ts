import type { ActorContext, Definitions } from "@troupe/actor";
import { z } from "zod";
import { checkSpec } from "../../check-spec.ts";
import type { SessionRecord } from "../../session/chair.ts";
import {
  type Addressee,
  partiesSchema,
  type SessionSpec,
  sessionShape,
} from "../../session/conduct.ts";
import { holdSession } from "../../session/hold-session.ts";
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
  const { order, lot: asked, ...fields } = spec;
  const checked = checkSpec(specSchema, "auction", spec.id, {
    ...fields,
    bidders: bidders.map(({ member }) => member),
  });
  const { id, answerMs, recalls, pricing } = checked;
  const { capability } = spec;
  return holdSession(
    context,
    {
      what: "auction",
      kind: "package-auction",
      name: `auction ${capability}`,
      spec,
      answerMs,
      recalls,
      parties: bidders,
      course: packageAuction(checkLot(id, asked), pricing, checked.bidders, order),
      attributes: { pricing, bidders: bidders.length },
      succeeded: ({ left }) => left === undefined,
      describe: (outcome) => ({
        awarded: outcome.left === undefined,
        rounds: outcome.steps,
        bids: outcome.offers.length,
        refused: outcome.refusedCount,
        declined: outcome.declined.length,
        silent: outcome.silent.length,
        price: outcome.paid,
      }),
    },
    (chairing) => packageAuctioneer({ ...chairing, capability }),
  );
}
