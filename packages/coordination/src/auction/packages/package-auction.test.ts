import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InvalidSpecError } from "../../errors.ts";
import { play } from "../../session/play.test-data.ts";
import { checkLot, type Lot } from "./lot.ts";
import { packageAuction } from "./package-auction.ts";
import type { PackageAnswer, Tender } from "./question.ts";

const lot: Lot = {
  kind: "items",
  items: [
    { item: "a", reserve: 100 },
    { item: "b", reserve: 100 },
  ],
};
const offer = (...packages: [string, number][]): PackageAnswer => ({
  kind: "offer",
  packages: packages.map(([items, cost]) => ({ portion: { items: [...items] }, cost })),
});
const accept: PackageAnswer = { kind: "accept" };
const offers: Record<string, PackageAnswer> = {
  ann: offer(["a", 20], ["ab", 90]),
  bob: offer(["b", 30]),
  cid: offer(["a", 25], ["b", 60]),
};
const bidders = Object.keys(offers);
const answering =
  (awards: (bidder: string, nth: number) => PackageAnswer | undefined = () => accept) =>
  (bidder: string, { kind }: Tender, step: number): PackageAnswer | undefined =>
    kind === "tender" ? offers[bidder] : awards(bidder, step);

test("all winners are asked at once, and each is paid what it asked for", () => {
  const { outcome, steps } = play(packageAuction(lot, "first-price", bidders), answering());
  expect(steps).toBe(2);
  expect(outcome).toMatchObject({
    awards: [
      { bidder: "ann", portion: { items: ["a"] }, cost: 20, price: 20 },
      { bidder: "bob", portion: { items: ["b"] }, cost: 30, price: 30 },
    ],
    paid: 50,
    cost: 50,
    declined: [],
  });
  expect(outcome).not.toHaveProperty("left");
});

test("with Vickrey's rule winners are paid what the others would lose without them", () => {
  const { outcome } = play(packageAuction(lot, "vickrey", bidders), answering());
  // Without ann: cid does a for 25. Without bob: cid b and ann a for 80 are 30 dearer.
  expect(outcome.awards.map(({ price }) => price)).toEqual([25, 60]);
  expect(outcome.cost).toBe(50);
});

test("what a winner declines or does not answer is bought from the others; what was accepted stands", () => {
  for (const said of [undefined, { kind: "decline", reason: "busy" } as const]) {
    const { outcome } = play(
      packageAuction(lot, "first-price", bidders),
      answering((bidder) => (bidder === "ann" ? said : accept)),
    );
    expect(outcome).toMatchObject({
      awards: [
        { bidder: "bob", portion: { items: ["b"] } },
        { bidder: "cid", portion: { items: ["a"] }, price: 25 },
      ],
      declined: [{ bidder: "ann", reason: said?.reason ?? "no answer to the award" }],
    });
  }
});

test("what nobody would do for less than its reserve is left", () => {
  const { outcome } = play(
    packageAuction(lot, "first-price", ["ann", "eve"]),
    (bidder, { kind }): PackageAnswer =>
      kind === "award"
        ? accept
        : bidder === "ann"
          ? offer(["a", 20], ["b", 101])
          : { kind: "pass" },
  );
  expect(outcome).toMatchObject({
    awards: [{ bidder: "ann", portion: { items: ["a"] } }],
    left: { items: ["b"] },
    cost: 120,
    paid: 20,
    passed: ["eve"],
  });
});

test("without bidders, and with silent ones only, everything is left", () => {
  const empty = play(packageAuction(lot, "vickrey", []), () => undefined);
  expect(empty).toMatchObject({ steps: 0, outcome: { awards: [], left: { items: ["a", "b"] } } });
  const silent = play(packageAuction(lot, "vickrey", bidders), () => undefined);
  expect(silent.outcome).toMatchObject({ awards: [], silent: bidders, cost: 200 });
});

test("an order goes with the award only, and says what the portion takes", () => {
  const told: unknown[] = [];
  const order = (portion: unknown) => ({ files: portion });
  play(packageAuction(lot, "first-price", bidders, order), (bidder, tender, step) => {
    told.push("order" in tender ? tender.order : tender.kind);
    return answering()(bidder, tender, step);
  });
  expect(told).toEqual([
    "tender",
    "tender",
    "tender",
    { files: { items: ["a"] } },
    { files: { items: ["b"] } },
  ]);
});

describe("offers that are refused:", () => {
  const course = packageAuction(lot, "first-price", bidders);
  const units = packageAuction({ kind: "units", units: 3, reserve: 9 }, "first-price", bidders);
  const large = packageAuction({ kind: "units", units: 60, reserve: 9 }, "first-price", bidders);
  const many = (count: number): PackageAnswer => ({
    kind: "offer",
    packages: Array.from({ length: count }, (_, at) => ({ portion: { units: at + 1 }, cost: 1 })),
  });
  test("fifty packages are not too many", () => {
    expect(large.fits(large.start, "ann", many(50))).toBe(true);
  });
  test.each([
    ["an item that is not sold", course, offer(["z", 1])],
    ["an item twice", course, offer(["aa", 1])],
    ["nothing", course, offer(["", 1])],
    ["no package", course, offer()],
    ["two prices for the same", course, offer(["ab", 1], ["ba", 2])],
    ["a negative cost", course, offer(["a", -1])],
    ["a cost that is no number", course, offer(["a", Number.NaN])],
    ["a cost between units", course, offer(["a", 0.5])],
    ["too many packages", large, many(51)],
    ["units of items", course, { kind: "offer", packages: [{ portion: { units: 1 }, cost: 1 }] }],
    [
      "more units than there are",
      units,
      { kind: "offer", packages: [{ portion: { units: 4 }, cost: 1 }] },
    ],
    ["half a unit", units, { kind: "offer", packages: [{ portion: { units: 0.5 }, cost: 1 }] }],
    ["an answer to no question", course, accept],
  ] as [string, typeof course, PackageAnswer][])("%s", (_, held, answer) => {
    expect(held.fits(held.start, "ann", answer)).toBe(false);
  });
});

test("an auction of units ends whoever declines, never gives more than there is, nor to one bidder twice", () => {
  const anyOffers = fc.array(
    fc.uniqueArray(
      fc.record({
        portion: fc.record({ units: fc.integer({ min: 1, max: 6 }) }),
        cost: fc.integer({ min: 0, max: 70 }),
      }),
      { selector: ({ portion }) => portion.units, minLength: 1, maxLength: 3 },
    ),
    { maxLength: 6 },
  );
  const pricing = fc.constantFrom("vickrey" as const, "first-price" as const);
  fc.assert(
    fc.property(anyOffers, pricing, fc.infiniteStream(fc.boolean()), (all, rule, accepting) => {
      const names = all.map((_, at) => `b${at}`);
      const units: Lot = { kind: "units", units: 6, reserve: 10 };
      const { outcome, steps } = play(
        packageAuction(units, rule, names),
        (bidder, { kind }): PackageAnswer =>
          kind === "tender"
            ? { kind: "offer", packages: all[names.indexOf(bidder)] ?? [] }
            : accepting.next().value
              ? accept
              : { kind: "decline", reason: "" },
      );
      expect(steps).toBeLessThanOrEqual(1 + names.length);
      const given = outcome.awards.map(({ portion }) => ("units" in portion ? portion.units : 0));
      const sum = given.reduce((total, one) => total + one, 0);
      expect(
        sum + (outcome.left !== undefined && "units" in outcome.left ? outcome.left.units : 0),
      ).toBe(6);
      const winners = outcome.awards.map(({ bidder }) => bidder);
      expect(new Set(winners).size).toBe(winners.length);
      for (const { price, cost } of outcome.awards) expect(price).toBeGreaterThanOrEqual(cost);
      expect(outcome.paid).toBeLessThanOrEqual(sum * 10);
    }),
    { numRuns: 500 },
  );
});

test.each([
  ["no units", { kind: "units", units: 0, reserve: 1 }],
  ["a reserve that is no integer", { kind: "units", units: 1, reserve: 0.5 }],
  [
    "one item twice",
    {
      kind: "items",
      items: [
        { item: "a", reserve: 1 },
        { item: "a", reserve: 1 },
      ],
    },
  ],
  [
    "more items than the limit",
    {
      kind: "items",
      items: Array.from({ length: 13 }, (_, at) => ({ item: `i${at}`, reserve: 1 })),
    },
  ],
] as [string, Lot][])("a lot with %s is not auctioned", (_, bad) => {
  expect(() => checkLot("x", bad)).toThrow(InvalidSpecError);
});
