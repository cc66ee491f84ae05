import { z } from "zod";
import { checkSpec } from "../../check-spec.ts";

/** Highest price, in the auction's smallest unit: sums stay exact. */
const highestPrice = 1_000_000_000;
/** Most prices that are quoted before an auction ends. */
const quoteLimit = 10_000;

const price = z.number().int().min(0).max(highestPrice);

const termsSchema = z
  .object({
    kind: z.enum(["english", "dutch"]),
    start: price,
    reserve: price,
    step: price.min(1),
  })
  .superRefine(({ kind, start, reserve, step }, check) => {
    if (kind === "english" && start !== reserve) {
      check.addIssue({
        code: "custom",
        path: ["start"],
        message: "a reverse English auction begins at the reserve: leave start out",
      });
    }
    if (start > reserve) {
      check.addIssue({
        code: "custom",
        path: ["start"],
        message: "must not be above the reserve",
      });
    }
    const span = kind === "english" ? reserve : reserve - start;
    if (span / step >= quoteLimit) {
      check.addIssue({
        code: "custom",
        path: ["step"],
        message: `more than ${quoteLimit} prices could be quoted: make steps larger`,
      });
    }
  });

/**
 * How the price of one task is found in the open, for buying: the lowest price wins. Prices are integers, in
 * whatever unit is the smallest.
 *
 * - `english`, reversed: the price falls from `reserve`; in each round whoever is still in undercuts it by at least
 *   `step` or passes for good.
 * - `dutch`, reversed: the price rises from `start` by `step` up to `reserve`; the first to take it wins.
 */
export interface OpenTerms {
  readonly kind: "english" | "dutch";
  /** Where the price begins: the reserve in an English auction. */
  readonly start: number;
  /** The most that is paid. */
  readonly reserve: number;
  /** Between two prices that are quoted. */
  readonly step: number;
}

/** What {@link openTerms} is given. */
export type OpenTermsSpec =
  | { readonly kind: "english"; readonly reserve: number; readonly step: number }
  | {
      readonly kind: "dutch";
      readonly start: number;
      readonly reserve: number;
      readonly step: number;
    };

/**
 * Checks the terms of an open auction.
 *
 * @throws InvalidSpecError when a price is no integer of 0 to 1,000,000,000, the start is above the reserve, or more
 *   than 10,000 prices could be quoted
 */
export function openTerms(id: string, spec: OpenTermsSpec): OpenTerms {
  return checkSpec(termsSchema, "auction", id, { start: spec.reserve, ...spec });
}
