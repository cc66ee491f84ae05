import { z } from "zod";
import { checkSpec } from "../check-spec.ts";

/** Most bidders invited to one auction. */
const bidderLimit = 1000;

const weight = z.number().int().min(0).max(1000);

/** How much each criterion counts, as integers. All zero is refused. */
export const weightsSchema = z.object({ cost: weight, duration: weight, quality: weight });
export type Weights = z.output<typeof weightsSchema>;

/**
 * What the winner is paid: what it asked for (`first-price`), or what the next cheapest asked for
 * (`second-price`, Vickrey). The second makes asking for the true cost the best strategy, and so
 * ranks by cost alone.
 */
export const pricingSchema = z.enum(["first-price", "second-price"]);
export type Pricing = z.output<typeof pricingSchema>;

/** Least that a bid must promise to be considered. */
export const requirementsSchema = z.object({
  /** Most milliseconds from the award to the end of the work. */
  maxDurationMs: z.number().min(0).optional(),
  /** Least quality, 0 to 1. */
  minQuality: z.number().min(0).max(1).optional(),
});
export type Requirements = z.output<typeof requirementsSchema>;

const announcementSchema = z
  .object({
    id: z.string().min(1),
    pricing: pricingSchema.default("first-price"),
    weights: weightsSchema.optional(),
    reserve: z.number().min(0).optional(),
    requirements: requirementsSchema.default({}),
    rounds: z.number().int().min(1).max(10).default(2),
  })
  .superRefine(({ pricing, weights }, check) => {
    if (weights === undefined) return;
    if (Object.values(weights).every((one) => one === 0)) {
      check.addIssue({ code: "custom", path: ["weights"], message: "at least one must count" });
    }
    const costOnly = weights.cost > 0 && weights.duration === 0 && weights.quality === 0;
    if (pricing === "second-price" && !costOnly) {
      check.addIssue({
        code: "custom",
        path: ["weights"],
        message: "a second-price auction ranks by cost alone: leave weights out",
      });
    }
  });

const biddersSchema = z
  .array(z.string().min(1))
  .max(bidderLimit)
  .superRefine((bidders, check) => {
    const twice = bidders.filter((bidder, index) => bidders.indexOf(bidder) !== index);
    for (const bidder of new Set(twice)) check.addIssue(`bidder '${bidder}' is named twice`);
  });

/** What is auctioned, to whom, by which rules: frozen before it is announced. */
export interface Announcement {
  readonly id: string;
  readonly pricing: Pricing;
  readonly weights: Weights;
  /** Highest cost that is considered. */
  readonly reserve: number | undefined;
  readonly requirements: Requirements;
  /** How often the task is announced before the auction fails. */
  readonly rounds: number;
  /** The only ones whose bids count. */
  readonly bidders: readonly string[];
}

/** What {@link announce} is given. */
export type AnnouncementSpec = z.input<typeof announcementSchema>;

/**
 * Freezes an auction.
 *
 * @param spec `pricing` defaults to first price, `weights` to 1 each (second price: cost alone),
 *   `rounds` to 2, `reserve` and `requirements` to none
 * @param bidders at most 1000 different names; none at all is allowed, and fails the auction
 * @throws InvalidSpecError when a field is wrong or a bidder is named twice
 */
export function announce(spec: AnnouncementSpec, bidders: readonly string[]): Announcement {
  const { id, pricing, weights, reserve, requirements, rounds } = checkSpec(
    announcementSchema,
    "auction",
    spec.id,
    spec,
  );
  const defaults =
    pricing === "second-price"
      ? { cost: 1, duration: 0, quality: 0 }
      : { cost: 1, duration: 1, quality: 1 };
  return {
    id,
    pricing,
    weights: weights ?? defaults,
    reserve,
    requirements,
    rounds,
    bidders: checkSpec(biddersSchema, "auction", id, [...bidders]),
  };
}

/** The id that bids for one round carry: that of the auction, from the second round on with its number. */
export function roundId(id: string, round: number): string {
  return round === 1 ? id : `${id}/${round}`;
}
