import { InvalidSpecError } from "../errors.ts";
import {
  compare,
  type Fraction,
  fraction,
  minus,
  over,
  plus,
  times,
  toNumber,
  zero,
} from "./fraction.ts";
import { type Game, membersOf, tabulate } from "./game.ts";

/** Most players of a game whose core is looked for. */
const coreLimit = 12;

/** A coalition that would do better on its own. */
export interface Objection {
  readonly coalition: readonly string[];
  /** What it is worth less what its members are given. */
  readonly excess: number;
}

/**
 * Why a division is not in the core: it gives away more or less than all are worth, or coalitions would do better
 * without the others. Nothing of both: it is in the core.
 */
export interface CoreObjections {
  /** What is given less what all are worth. */
  readonly surplus: number;
  /** The strongest first. */
  readonly objections: readonly Objection[];
}

/**
 * Whether a division of what all are worth is in the core (Gillies 1959): looks at every coalition.
 *
 * @param given to each player; who is not named is given nothing
 * @param tolerance what counts as equal, for divisions that are rounded. Default 0: exact
 * @throws InvalidSpecError when there are more than 16 players, or the game is wrong
 */
export function coreObjections(
  game: Game,
  given: ReadonlyMap<string, number>,
  tolerance = 0,
): CoreObjections {
  const { players, worths } = tabulate(game);
  const sum = (coalition: readonly string[]) =>
    coalition.reduce((all, player) => all + (given.get(player) ?? 0), 0);
  const surplus = sum(players) - (worths.at(-1) ?? 0);
  const objections = worths.flatMap((worth, mask) => {
    const coalition = membersOf(players, mask);
    const excess = worth - sum(coalition);
    return excess > tolerance && coalition.length < players.length ? [{ coalition, excess }] : [];
  });
  return {
    surplus: Math.abs(surplus) <= tolerance ? 0 : surplus,
    objections: objections.toSorted((a, b) => b.excess - a.excess),
  };
}

/** Whether a game has a core, with what shows it. */
export type CoreVerdict =
  | {
      readonly empty: false;
      /** A division in the core, exact up to the rounding to floating point numbers. */
      readonly division: ReadonlyMap<string, number>;
    }
  | {
      readonly empty: true;
      /**
       * A balanced collection: every player is in coalitions whose weights add up to 1, and what they are worth, so weighted, is
       * more than all are worth together.
       */
      readonly balanced: readonly {
        readonly coalition: readonly string[];
        readonly weight: number;
      }[];
      /** What they are worth, so weighted: the least that would have to be given to leave nobody with an objection. */
      readonly needed: number;
    };

/**
 * Whether the core is empty, exactly, by the theorem of Bondareva (1963) and Shapley (1967): a linear program over balanced
 * collections, solved by the simplex method in rational numbers, with Bland's rule so that it ends. Its prices are a
 * division in the core, if there is one; else its basis is the collection that shows that there is none.
 *
 * @throws InvalidSpecError when there are more than 12 players, or a worth is not a safe integer: scale it
 */
export function findCore(game: Game): CoreVerdict {
  const { players, worths } = tabulate(game, coreLimit);
  const broken = worths.findIndex((worth) => !Number.isSafeInteger(worth));
  if (broken >= 0) {
    throw new InvalidSpecError("coalition game", players.slice(0, 5).join(", "), [
      `worth: that of ${JSON.stringify(membersOf(players, broken))} is ${worths[broken]}, and must be an integer: scale worths`,
    ]);
  }
  const { basis, weights, prices } = solve(players.length, worths.map(BigInt));
  const needed = prices.reduce(plus, zero);
  if (compare(needed, fraction(BigInt(worths.at(-1) ?? 0))) === 0) {
    return {
      empty: false,
      division: new Map(players.map((player, at) => [player, toNumber(prices[at] ?? zero)])),
    };
  }
  return {
    empty: true,
    balanced: basis
      .map((mask, row) => ({ mask, weight: weights[row] ?? zero }))
      .filter(({ weight }) => weight.above > 0n)
      .toSorted((a, b) => a.mask - b.mask)
      .map(({ mask, weight }) => ({
        coalition: membersOf(players, mask),
        weight: toNumber(weight),
      })),
    needed: toNumber(needed),
  };
}

/** An optimal basis: coalitions, their weights, and the prices of the players that go with them. */
interface Solution {
  readonly basis: readonly number[];
  readonly weights: readonly Fraction[];
  readonly prices: readonly Fraction[];
}

/**
 * Maximises the weighted worth over weights of at least 0 that add up to 1 for each player: the revised simplex method,
 * beginning with every player on its own.
 */
function solve(players: number, worths: readonly bigint[]): Solution {
  const rows = Array.from({ length: players }, (_, at) => at);
  const basis = rows.map((at) => 2 ** at);
  const weights = rows.map(() => fraction(1n));
  /** The inverse of the basis. */
  const inverse = rows.map((row) => rows.map((at) => fraction(row === at ? 1n : 0n)));
  for (;;) {
    const prices = rows.map((at) =>
      rows.reduce((sum, row) => {
        const worth = fraction(worths[basis[row] ?? 0] ?? 0n);
        return plus(sum, times(worth, inverse[row]?.[at] ?? zero));
      }, zero),
    );
    const entering = firstUnderpaid(prices, worths);
    if (entering === undefined) return { basis, weights, prices };
    const column = inverse.map((row) =>
      row.reduce((sum, entry, at) => ((entering >> at) & 1 ? plus(sum, entry) : sum), zero),
    );
    const leaving = leavingRow(column, weights, basis);
    const pivot = column[leaving] ?? zero;
    const pivotRow = (inverse[leaving] ?? []).map((entry) => over(entry, pivot));
    const weight = over(weights[leaving] ?? zero, pivot);
    for (const row of rows) {
      const factor = column[row] ?? zero;
      inverse[row] =
        row === leaving
          ? pivotRow
          : (inverse[row] ?? []).map((entry, at) =>
              minus(entry, times(factor, pivotRow[at] ?? zero)),
            );
      weights[row] = row === leaving ? weight : minus(weights[row] ?? zero, times(factor, weight));
    }
    basis[leaving] = entering;
  }
}

/** The first coalition that is worth more than the prices of its members. */
function firstUnderpaid(
  prices: readonly Fraction[],
  worths: readonly bigint[],
): number | undefined {
  const common = prices.reduce((product, { below }) => product * below, 1n);
  const scaled = prices.map(({ above, below }) => (above * common) / below);
  const sums = [0n];
  for (let mask = 1; mask < worths.length; mask++) {
    const lowest = 31 - Math.clz32(mask & -mask);
    const sum = (sums[mask & (mask - 1)] ?? 0n) + (scaled[lowest] ?? 0n);
    sums.push(sum);
    if ((worths[mask] ?? 0n) * common > sum) return mask;
  }
  return undefined;
}

/** The row whose weight falls to 0 first; among equals that of the first coalition (Bland 1977). */
function leavingRow(
  column: readonly Fraction[],
  weights: readonly Fraction[],
  basis: readonly number[],
): number {
  let leaving = -1;
  let least = zero;
  for (const [row, factor] of column.entries()) {
    if (factor.above <= 0n) continue;
    const ratio = over(weights[row] ?? zero, factor);
    const difference = leaving < 0 ? -1 : compare(ratio, least);
    const first = (basis[row] ?? 0) < (basis[leaving] ?? 0);
    if (difference < 0 || (difference === 0 && first)) {
      leaving = row;
      least = ratio;
    }
  }
  return leaving;
}
