import { seededRandom } from "@troupe/testkit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { InvalidSpecError } from "../errors.ts";
import type { Game } from "./game.ts";
import { sampleShapleyValues, shapleyValues } from "./shapley.ts";
import { gameOf } from "./table.test-data.ts";

const anyWorths = (players: number): fc.Arbitrary<readonly number[]> =>
  fc
    .array(fc.integer({ min: -50, max: 100 }), {
      minLength: 2 ** players - 1,
      maxLength: 2 ** players - 1,
    })
    .map((worths) => [0, ...worths]);
const anyTable = fc.integer({ min: 1, max: 5 }).chain(anyWorths);
const sum = (numbers: Iterable<number>) => [...numbers].reduce((all, one) => all + one, 0);

function* permutations(items: readonly string[]): Generator<readonly string[]> {
  if (items.length === 0) yield [];
  for (const item of items) {
    for (const rest of permutations(items.filter((other) => other !== item))) yield [item, ...rest];
  }
}

/** By definition: what each adds, on average over all orders. */
function byDefinition(game: Game): ReadonlyMap<string, number> {
  const orders = [...permutations(game.players)];
  const inOrder = (members: readonly string[]) =>
    game.players.filter((player) => members.includes(player));
  const worth = (members: readonly string[]) =>
    members.length === 0 ? 0 : game.worth(inOrder(members));
  return new Map(
    game.players.map((player) => {
      const added = orders.map((order) => {
        const before = order.slice(0, order.indexOf(player));
        return worth([...before, player]) - worth(before);
      });
      return [player, sum(added) / orders.length];
    }),
  );
}

test("Shapley's values are the average over all orders of what each player adds", () => {
  fc.assert(
    fc.property(anyTable, (worths) => {
      const game = gameOf(worths);
      const expected = byDefinition(game);
      for (const [player, value] of shapleyValues(game)) {
        expect(value).toBeCloseTo(expected.get(player) ?? Number.NaN, 9);
      }
    }),
  );
});

test("efficiency: they give away exactly what all are worth together", () => {
  fc.assert(
    fc.property(anyTable, (worths) => {
      expect(sum(shapleyValues(gameOf(worths)).values())).toBeCloseTo(worths.at(-1) ?? 0, 9);
    }),
  );
});

test("symmetry: players that add the same to every coalition get the same", () => {
  // What a coalition is worth depends on its size, and on whether the last player is in it.
  const bySize = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 10, maxLength: 10 });
  fc.assert(
    fc.property(bySize, (worths) => {
      const values = shapleyValues({
        players: ["a", "b", "c", "d", "z"],
        worth: (coalition) => worths[coalition.length - 1 + (coalition.includes("z") ? 5 : 0)] ?? 0,
      });
      for (const player of ["b", "c", "d"]) {
        expect(values.get(player)).toBeCloseTo(values.get("a") ?? Number.NaN, 9);
      }
    }),
  );
});

test("dummy: a player that adds only its own worth gets that, and one that adds nothing gets nothing", () => {
  fc.assert(
    fc.property(anyWorths(3), fc.integer({ min: 0, max: 40 }), (worths, own) => {
      const game = gameOf(worths);
      const values = shapleyValues({
        players: [...game.players, "dummy"],
        worth: (coalition) => {
          const others = coalition.filter((player) => player !== "dummy");
          const rest = others.length === 0 ? 0 : game.worth(others);
          return rest + (others.length < coalition.length ? own : 0);
        },
      });
      expect(values.get("dummy")).toBeCloseTo(own, 9);
    }),
  );
});

test("additivity: the values of two games together are those of each, added up", () => {
  const two = fc
    .integer({ min: 1, max: 4 })
    .chain((players) => fc.tuple(anyWorths(players), anyWorths(players)));
  fc.assert(
    fc.property(two, ([one, other]) => {
      const both = shapleyValues(gameOf(one.map((worth, at) => worth + (other[at] ?? 0))));
      const first = shapleyValues(gameOf(one));
      const second = shapleyValues(gameOf(other));
      for (const [player, value] of both) {
        expect(value).toBeCloseTo((first.get(player) ?? 0) + (second.get(player) ?? 0), 9);
      }
    }),
  );
});

test("in the glove game the one right glove is worth more than two left ones", () => {
  const values = shapleyValues({
    players: ["left", "other left", "right"],
    worth: (coalition) => (coalition.includes("right") && coalition.length > 1 ? 6 : 0),
  });
  expect([...values.values()].map((value) => Math.round(value * 1e9) / 1e9)).toEqual([1, 1, 4]);
});

/** The airport game (Littlechild and Owen 1973): a coalition costs what its largest aircraft costs. */
function airport(players: number): { game: Game; values: readonly number[] } {
  const names = Array.from({ length: players }, (_, at) => `a${at}`);
  const costs = names.map((_, at) => (at + 1) / players);
  const values: number[] = [];
  for (const [at, cost] of costs.entries()) {
    const before = at === 0 ? 0 : (costs[at - 1] ?? 0);
    values.push((values.at(-1) ?? 0) + (cost - before) / (players - at));
  }
  const worth = (coalition: readonly string[]) =>
    Math.max(...coalition.map((name) => costs[names.indexOf(name)] ?? 0));
  return { game: { players: names, worth }, values };
}

test("sampled values are within the bound of the exact ones, for every seed", () => {
  const { game, values } = airport(40);
  for (let seed = 1; seed <= 10; seed++) {
    const sampling = { orders: 500, least: 0, most: 1, confidence: 0.999 };
    const sampled = sampleShapleyValues(game, sampling, seededRandom(seed));
    expect(sampled.error).toBeCloseTo(Math.sqrt(Math.log(80_000) / 1000), 9);
    for (const [at, player] of game.players.entries()) {
      const difference = Math.abs((sampled.values.get(player) ?? 9) - (values[at] ?? 0));
      expect(difference, `seed ${seed}, ${player}`).toBeLessThanOrEqual(sampled.error);
    }
    expect(sum(sampled.values.values()), `seed ${seed}`).toBeCloseTo(1, 9);
  }
});

test("four times the orders halve the error, and the same seed gives the same values", () => {
  const { game } = airport(17);
  const sample = (orders: number) =>
    sampleShapleyValues(game, { orders, least: 0, most: 1 }, seededRandom(7));
  expect(sample(400).error).toBeCloseTo(sample(100).error / 2, 12);
  expect(sample(100)).toEqual(sample(100));
});

test("the largest game that is computed exactly agrees with its closed form", () => {
  const { game, values } = airport(16);
  for (const [at, value] of [...shapleyValues(game).values()].entries()) {
    expect(value).toBeCloseTo(values[at] ?? Number.NaN, 9);
  }
});

test("games that cannot be computed are refused by name", () => {
  const flat = (players: readonly string[]): Game => ({ players, worth: () => 1 });
  const many = Array.from({ length: 17 }, (_, at) => `p${at}`);
  expect(() => shapleyValues(flat(many))).toThrow(/17 have too many coalitions/);
  expect(() => shapleyValues(flat(["a", "a"]))).toThrow(InvalidSpecError);
  expect(() => shapleyValues(flat([]))).toThrow(InvalidSpecError);
  expect(() => shapleyValues({ players: ["a"], worth: () => Number.NaN })).toThrow(
    /\["a"\] is NaN/,
  );
  const sampling = { orders: 10, least: 0, most: 0.5 };
  expect(() => sampleShapleyValues(flat(["a"]), sampling, seededRandom(1))).toThrow(/'a' adds 1/);
  expect(() =>
    sampleShapleyValues(flat(["a"]), { ...sampling, orders: 0 }, seededRandom(1)),
  ).toThrow(InvalidSpecError);
});
