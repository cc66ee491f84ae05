import { z } from "zod";
import { claimed } from "../../session/messages.ts";
import { lotSchema, portionSchema } from "./lot.ts";

/** Most portions that one bidder may offer to do. */
export const offerLimit = 50;

/**
 * What the winners of a package auction are paid: what they asked for, or what the others would lose without them.
 * The second makes asking for the true costs the best strategy.
 */
export const packagePricingSchema = z.enum(["first-price", "vickrey"]);
export type PackagePricing = z.output<typeof packagePricingSchema>;

/**
 * What a package auction asks of a bidder.
 *
 * - `tender`: what would you do for how much? `offer` portions with their costs, of which at most one is bought, or
 *   `pass`. Offers are sealed from other bidders.
 * - `award`: the portion is the bidder's, and pays `price`. `accept` binds; `decline` gives it to others.
 */
export const tenderSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("tender"), lot: lotSchema, pricing: packagePricingSchema }),
  z.object({
    kind: z.literal("award"),
    portion: portionSchema,
    price: z.number(),
    order: z.unknown().optional(),
  }),
]);
export type Tender = z.output<typeof tenderSchema>;

/** What a bidder would do, and what it asks for it: an integer. */
const packageSchema = z.object({ portion: portionSchema, cost: claimed });
export type Package = z.output<typeof packageSchema>;

/** What a bidder answers. */
export const packageAnswerSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("offer"), packages: z.array(packageSchema) }),
  z.object({ kind: z.literal("pass") }),
  z.object({ kind: z.literal("accept") }),
  z.object({ kind: z.literal("decline"), reason: z.string() }),
]);
export type PackageAnswer = z.output<typeof packageAnswerSchema>;
