import fc from "fast-check";
import { expect, test } from "vitest";
import { InvalidSpecError } from "../errors.ts";
import { coreObjections, findCore } from "./core.ts";
import { type Fraction, fraction, minus, over, times, toNumber, zero } from "./fraction.ts";
import { shapleyValues } from "./shapley.ts";
import { gameOf } from "./table.test-data.ts";

const anyTable = fc
  .integer({ min: 2, max: 4 })
  .chain((players) =>
    fc.tuple(
      fc.array(fc.integer({ min: 0, max: 30 }), {
        minLength: 2 ** players - 2,
        maxLength: 2 ** players - 2,
      }),
      fc.integer({ min: 0, max: 70 }),
    ),
  )
  .map(([worths, all]) => [0, ...worths, all]);

/** The point at which all these coalitions get exactly their worth, by Gauss and Jordan; undefined without exactly one. */
function pointOf(masks: readonly number[], worths: readonly number[]): Fraction[] | undefined {
  const players = masks.length;
  const rows = masks.map((mask) => [
    ...Array.from({ length: players }, (_, at) => fraction(BigInt((mask >> at) & 1))),
    fraction(BigInt(worths[mask] ?? 0)),
  ]);
  for (let at = 0; at < players; at++) {
    const found = rows.findIndex((row, index) => index >= at && row[at]?.above !== 0n);
    const pivotRow = rows[found];
    if (pivotRow === undefined) return undefined;
    rows[found] = rows[at] ?? [];
    const scaled = pivotRow.map((entry) => over(entry, pivotRow[at] ?? zero));
    rows[at] = scaled;
    for (const [index, row] of rows.entries()) {
      const factor = row[at] ?? zero;
      if (index !== at) {
        rows[index] = row.map((entry, place) => minus(entry, times(factor, scaled[place] ?? zero)));
      }
    }
  }
  return rows.map((row) => row[players] ?? zero);
}

function* choose(items: readonly number[], count: number): Generator<readonly number[]> {
  if (count === 0) return yield [];
  for (const [at, item] of items.entries()) {
    for (const rest of choose(items.slice(at + 1), count - 1)) yield [item, ...rest];
  }
}

/** Whether any vertex that the constraints have is in the core: a core that is not empty has one. */
function hasCore(worths: readonly number[]): boolean {
  const players = Math.log2(worths.length);
  const all = worths.length - 1;
  const proper = Array.from({ length: all - 1 }, (_, at) => at + 1);
  for (const masks of choose(proper, players - 1)) {
    const point = pointOf([...masks, all], worths);
    if (point === undefined) continue;
    const given = point.map(toNumber);
    const covered = proper.every((mask) => {
      const sum = given.reduce((total, share, at) => ((mask >> at) & 1 ? total + share : total), 0);
      return sum >= (worths[mask] ?? 0) - 1e-9;
    });
    if (covered) return true;
  }
  return false;
}

test("a core is found exactly where trying every vertex finds one, and what is found is in it", () => {
  let [empty, found] = [0, 0];
  fc.assert(
    fc.property(anyTable, (worths) => {
      const game = gameOf(worths);
      const verdict = findCore(game);
      expect(verdict.empty).toBe(!hasCore(worths));
      if (verdict.empty) {
        empty += 1;
        return;
      }
      found += 1;
      expect(coreObjections(game, verdict.division, 1e-9)).toEqual({ surplus: 0, objections: [] });
    }),
    { numRuns: 400 },
  );
  // Both answers were put to the test.
  expect(Math.min(empty, found)).toBeGreaterThan(40);
});

test("an empty core is shown by a balanced collection that is worth more than all together", () => {
  fc.assert(
    fc.property(anyTable, (worths) => {
      const game = gameOf(worths);
      const verdict = findCore(game);
      if (!verdict.empty) return;
      for (const player of game.players) {
        const weight = verdict.balanced
          .filter(({ coalition }) => coalition.includes(player))
          .reduce((sum, one) => sum + one.weight, 0);
        expect(weight).toBeCloseTo(1, 9);
      }
      const worth = verdict.balanced.reduce(
        (sum, { coalition, weight }) => sum + weight * game.worth(coalition),
        0,
      );
      expect(worth).toBeCloseTo(verdict.needed, 9);
      expect(verdict.needed).toBeGreaterThan(worths.at(-1) ?? 0);
      expect(verdict.balanced.every(({ weight }) => weight > 0)).toBe(true);
    }),
  );
});

test("where two of three suffice for everything nobody can be content: the core is empty", () => {
  const majority = gameOf([0, 0, 0, 1, 0, 1, 1, 1]);
  expect(findCore(majority)).toEqual({
    empty: true,
    balanced: [
      { coalition: ["p0", "p1"], weight: 0.5 },
      { coalition: ["p0", "p2"], weight: 0.5 },
      { coalition: ["p1", "p2"], weight: 0.5 },
    ],
    needed: 1.5,
  });
});

test("in the glove game the core gives everything to the scarce glove, other than Shapley", () => {
  const gloves = gameOf([0, 0, 0, 0, 0, 6, 6, 6]);
  expect(findCore(gloves)).toEqual({
    empty: false,
    division: new Map([
      ["p0", 0],
      ["p1", 0],
      ["p2", 6],
    ]),
  });
  const { objections } = coreObjections(gloves, shapleyValues(gloves), 1e-9);
  expect(objections.map(({ coalition }) => coalition)).toEqual([
    ["p0", "p2"],
    ["p1", "p2"],
  ]);
  expect(objections[0]?.excess).toBeCloseTo(1, 9);
});

test("objections are exactly the coalitions that get less than their worth, the strongest first", () => {
  const shares = fc.array(fc.integer({ min: -5, max: 40 }), { minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(anyTable, shares, (worths, parts) => {
      const game = gameOf(worths);
      const given = new Map(game.players.map((player, at) => [player, parts[at] ?? 0]));
      const { surplus, objections } = coreObjections(game, given);
      const sum = (mask: number) =>
        game.players.reduce((all, _, at) => ((mask >> at) & 1 ? all + (parts[at] ?? 0) : all), 0);
      const all = worths.length - 1;
      const expected = worths
        .map((worth, mask) => worth - sum(mask))
        .filter((excess, mask) => excess > 0 && mask < all)
        .sort((a, b) => b - a);
      expect(objections.map(({ excess }) => excess)).toEqual(expected);
      expect(surplus).toBe(sum(all) - (worths[all] ?? 0));
    }),
  );
});

test("in a convex game Shapley's values are in the core", () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 9 }), { minLength: 2, maxLength: 6 }), (sizes) => {
      // A square of a sum grows ever faster: joining later never adds less.
      const players = sizes.map((_, at) => `p${at}`);
      const game = {
        players,
        worth: (coalition: readonly string[]) =>
          coalition.reduce((all, player) => all + (sizes[players.indexOf(player)] ?? 0), 0) ** 2,
      };
      expect(coreObjections(game, shapleyValues(game), 1e-6)).toEqual({
        surplus: 0,
        objections: [],
      });
      expect(findCore(game).empty).toBe(false);
    }),
    { numRuns: 50 },
  );
});

test("the largest game whose core is looked for takes no more than a moment", () => {
  const players = Array.from({ length: 12 }, (_, at) => `p${at}`);
  const worth = (coalition: readonly string[]) =>
    (coalition.length * 7919 + coalition.reduce((all, name) => all * 31 + name.length, 7)) % 1009;
  const verdict = findCore({ players, worth });
  expect(verdict.empty).toBe(true);
});

test("worths that are not integers are refused: scale them", () => {
  expect(() => findCore(gameOf([0, 0.5]))).toThrow(InvalidSpecError);
  expect(() => findCore(gameOf(Array.from({ length: 2 ** 13 }, () => 0)))).toThrow(/at most 12/);
});

test("fractions become numbers however large their parts are", () => {
  expect(toNumber(fraction(10n ** 400n + 1n, 3n * 10n ** 400n))).toBeCloseTo(1 / 3, 15);
  expect(toNumber(fraction(7n, -2n))).toBe(-3.5);
});
