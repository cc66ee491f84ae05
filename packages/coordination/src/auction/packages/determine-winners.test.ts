import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Bundles, determineWinners, type PricedPart } from "./determine-winners.ts";
import { type Lot, type Space, spaceOf } from "./lot.ts";

const lots: Record<string, Lot> = {
  units: { kind: "units", units: 5, reserve: 30 },
  items: {
    kind: "items",
    items: [
      { item: "read", reserve: 30 },
      { item: "clean", reserve: 25 },
      { item: "join", reserve: 40 },
      { item: "write", reserve: 10 },
    ],
  },
};

const anyOptions = (space: Space): fc.Arbitrary<readonly PricedPart[]> =>
  fc.uniqueArray(
    fc.record({
      part: fc.integer({ min: 1, max: space.all }),
      cost: fc.integer({ min: 0, max: 80 }),
    }),
    { selector: ({ part }) => part, maxLength: 4 },
  );
const anyBundles = (space: Space): fc.Arbitrary<readonly Bundles[]> =>
  fc
    .array(anyOptions(space), { minLength: 1, maxLength: 4 })
    .map((all) => all.map((options, index) => ({ bidder: `b${index}`, options })));

/** What is given by name: units are numbered. Undefined when something would be given twice. */
function give(
  space: Space,
  given: readonly string[],
  part: number,
  units: number,
): readonly string[] | undefined {
  const portion = space.portion(part);
  if ("items" in portion) {
    return portion.items.some((item) => given.includes(item))
      ? undefined
      : [...given, ...portion.items];
  }
  const all = [...given, ...Array.from({ length: portion.units }, () => "unit")];
  return all.length > units ? undefined : all;
}

/** The least total cost by trying every combination, item by item. */
function bruteForce(lot: Lot, bidders: readonly Bundles[], given: readonly string[] = []): number {
  const space = spaceOf(lot);
  const [bidder, ...others] = bidders;
  if (bidder === undefined) {
    return lot.kind === "units"
      ? (lot.units - given.length) * lot.reserve
      : lot.items
          .filter(({ item }) => !given.includes(item))
          .reduce((sum, { reserve }) => sum + reserve, 0);
  }
  const units = lot.kind === "units" ? lot.units : 0;
  const ways = bidder.options.flatMap((option) => {
    const more = give(space, given, option.part, units);
    return more === undefined ? [] : [option.cost + bruteForce(lot, others, more)];
  });
  return Math.min(bruteForce(lot, others, given), ...ways);
}

describe.each(Object.entries(lots))("buying %s", (_, lot) => {
  const space = spaceOf(lot);

  test("costs the least of all combinations, gives nothing twice, and one portion to each at most", () => {
    fc.assert(
      fc.property(anyBundles(space), (bidders) => {
        const { wins, cost } = determineWinners(space, bidders);
        expect(cost).toBe(bruteForce(lot, bidders));
        let part = 0;
        let given: readonly string[] = [];
        for (const win of wins) {
          const more = give(space, given, win.part, lot.kind === "units" ? lot.units : 0);
          if (more === undefined) throw new Error("something was given twice");
          given = more;
          part = space.join(part, win.part) ?? Number.NaN;
          const offered = bidders.find(({ bidder }) => bidder === win.bidder)?.options;
          expect(offered).toContainEqual({ part: win.part, cost: win.cost });
        }
        expect(new Set(wins.map(({ bidder }) => bidder)).size).toBe(wins.length);
        const asked = wins.reduce((sum, win) => sum + win.cost, 0);
        expect(asked + space.costOfRest(part)).toBe(cost);
      }),
      { numRuns: 1000 },
    );
  });

  test("pays a winner what it asked for and what the others would lose without it", () => {
    fc.assert(
      fc.property(anyBundles(space), (bidders) => {
        const { wins, cost } = determineWinners(space, bidders);
        for (const win of wins) {
          const others = bidders.filter(({ bidder }) => bidder !== win.bidder);
          expect(win.vickrey).toBe(bruteForce(lot, others) - (cost - win.cost));
          expect(win.vickrey).toBeGreaterThanOrEqual(win.cost);
          expect(win.vickrey).toBeLessThanOrEqual(space.costOfRest(0) - space.costOfRest(win.part));
        }
      }),
      { numRuns: 500 },
    );
  });

  test("leaves nobody better off by asking for anything but the true costs", () => {
    const deviation = anyBundles(space).chain((bidders) =>
      fc.tuple(fc.constant(bidders), anyOptions(space)),
    );
    fc.assert(
      fc.property(deviation, ([bidders, asked]) => {
        const [first, ...others] = bidders;
        if (first === undefined) return;
        const trueCost = (part: number) =>
          first.options.find((option) => option.part === part)?.cost;
        const gain = (options: readonly PricedPart[]): number => {
          const { wins } = determineWinners(space, [{ ...first, options }, ...others]);
          const win = wins.find(({ bidder }) => bidder === first.bidder);
          // What it cannot do at all it would lose everything by winning.
          return win === undefined ? 0 : win.vickrey - (trueCost(win.part) ?? 1_000_000);
        };
        const truthful = gain(first.options);
        expect(truthful).toBeGreaterThanOrEqual(0);
        expect(truthful).toBeGreaterThanOrEqual(gain(asked));
        const exaggerated = first.options.map(({ part, cost }) => ({ part, cost: cost + 7 }));
        expect(truthful).toBeGreaterThanOrEqual(gain(exaggerated));
      }),
      { numRuns: 1500 },
    );
  });

  test("does not give again what is taken", () => {
    fc.assert(
      fc.property(anyBundles(space), fc.integer({ min: 0, max: space.all }), (bidders, taken) => {
        const { wins, cost } = determineWinners(space, bidders, taken);
        const given = taken === 0 ? [] : give(space, [], taken, 99);
        expect(cost).toBe(bruteForce(lot, bidders, given));
        let part = taken;
        for (const win of wins) part = space.join(part, win.part) ?? Number.NaN;
        expect(part).not.toBeNaN();
      }),
    );
  });
});

test("with one unit it is Vickrey's auction: the cheapest wins and is paid the second lowest cost", () => {
  const space = spaceOf({ kind: "units", units: 1, reserve: 100 });
  const bid = (bidder: string, cost: number) => ({ bidder, options: [{ part: 1, cost }] });
  expect(determineWinners(space, [bid("a", 30), bid("b", 20), bid("c", 10)]).wins).toEqual([
    { bidder: "c", part: 1, cost: 10, vickrey: 20 },
  ]);
  expect(determineWinners(space, [bid("a", 30)]).wins).toMatchObject([{ vickrey: 100 }]);
});

test("items that are cheaper together are bought together, and apart where that is cheaper", () => {
  const lot: Lot = {
    kind: "items",
    items: [
      { item: "a", reserve: 100 },
      { item: "b", reserve: 100 },
    ],
  };
  const space = spaceOf(lot);
  const part = (...items: string[]) => space.part({ items }) ?? 0;
  const apart = [
    { bidder: "ann", options: [{ part: part("a"), cost: 20 }] },
    { bidder: "bob", options: [{ part: part("b"), cost: 20 }] },
  ];
  const both = (cost: number) => ({ bidder: "cid", options: [{ part: part("a", "b"), cost }] });
  expect(determineWinners(space, [...apart, both(30)]).wins).toEqual([
    { bidder: "cid", part: 3, cost: 30, vickrey: 40 },
  ]);
  expect(determineWinners(space, [...apart, both(50)]).wins).toEqual([
    { bidder: "ann", part: 1, cost: 20, vickrey: 30 },
    { bidder: "bob", part: 2, cost: 20, vickrey: 30 },
  ]);
});
