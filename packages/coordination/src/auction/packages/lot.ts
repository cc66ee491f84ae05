import { z } from "zod";
import { checkSpec } from "../../check-spec.ts";
import { claimed } from "../../session/messages.ts";

/** Highest price of anything, in the auction's smallest unit: sums stay exact. */
export const highestPrice = 1_000_000_000;
/** Most units of a multi-unit auction. */
const unitLimit = 1000;
/** Most items of a combinatorial auction: what is looked at grows as 2 to their number. */
const itemLimit = 12;

const price = z.number().int().min(0).max(highestPrice);

export const lotSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("units"),
    units: z.number().int().min(1).max(unitLimit),
    /** The most that is paid for one. */
    reserve: price,
  }),
  z.object({
    kind: z.literal("items"),
    items: z
      .array(z.object({ item: z.string().min(1), reserve: price }))
      .min(1)
      .max(itemLimit)
      .refine(
        (items) => new Set(items.map(({ item }) => item)).size === items.length,
        "one item is named twice",
      ),
  }),
]);

/**
 * What is bought: a number of units that are alike, or different items. Each is bought once, from one bidder, or not
 * at all. The reserve says what it costs to do without: nothing is bought for more.
 */
export type Lot = z.output<typeof lotSchema>;

/** Part of a lot: how many units, or which items. */
export const portionSchema = z.union([
  z.object({ units: claimed }),
  z.object({ items: z.array(z.string()) }),
]);
export type Portion = z.output<typeof portionSchema>;

/**
 * Checks a lot.
 *
 * @throws InvalidSpecError when it has no or too many units or items, or a reserve is no integer of 0 to 1,000,000,000
 */
export function checkLot(id: string, lot: Lot): Lot {
  return checkSpec(lotSchema, "auction", id, lot);
}

/**
 * A lot as winner determination sees it: parts of it are numbers from 0 (nothing) to `all`. For units the number is
 * how many, for items it has a bit for each.
 */
export interface Space {
  readonly all: number;
  /** Both parts together; undefined when they overlap, or are more than there is. */
  readonly join: (one: number, other: number) => number | undefined;
  /** What it costs to do without the rest of this part. */
  readonly costOfRest: (part: number) => number;
  /** The number of a portion; undefined when it is empty or no part of the lot. */
  readonly part: (portion: Portion) => number | undefined;
  readonly portion: (part: number) => Portion;
}

/** The space of a lot. */
export function spaceOf(lot: Lot): Space {
  return lot.kind === "units" ? unitSpace(lot.units, lot.reserve) : itemSpace(lot.items);
}

function unitSpace(all: number, reserve: number): Space {
  return {
    all,
    join: (one, other) => (one + other <= all ? one + other : undefined),
    costOfRest: (part) => (all - part) * reserve,
    part: (portion) => {
      if (!("units" in portion)) return undefined;
      const { units } = portion;
      return Number.isInteger(units) && units >= 1 && units <= all ? units : undefined;
    },
    portion: (part) => ({ units: part }),
  };
}

function itemSpace(items: readonly { readonly item: string; readonly reserve: number }[]): Space {
  return {
    all: 2 ** items.length - 1,
    join: (one, other) => ((one & other) === 0 ? one | other : undefined),
    costOfRest: (part) =>
      items.reduce((sum, { reserve }, at) => sum + ((part >> at) & 1 ? 0 : reserve), 0),
    part: (portion) => {
      if (!("items" in portion)) return undefined;
      const places = portion.items.map((name) => items.findIndex(({ item }) => item === name));
      const known = places.every((at) => at >= 0) && new Set(places).size === places.length;
      return known && places.length > 0
        ? places.reduce((part, at) => part | (1 << at), 0)
        : undefined;
    },
    portion: (part) => ({
      items: items.flatMap(({ item }, at) => ((part >> at) & 1 ? [item] : [])),
    }),
  };
}
