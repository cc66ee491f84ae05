import type { Random } from "@troupe/actor";
import { z } from "zod";
import { checkSpec } from "../check-spec.ts";
import { InvalidSpecError } from "../errors.ts";
import { checkPlayers, type Game, tabulate, worthOf } from "./game.ts";

/** Most players of a game that is sampled. */
const sampledLimit = 1000;

/**
 * Shapley's values (1953): what each player adds to those who came before it, on average over all orders in which
 * the players can come. The only division that gives away exactly what all are worth, the same to players that add the
 * same, nothing to players that add nothing, and adds up over games.
 *
 * Exact but for the rounding of floating point numbers; asks for the worth of each of the 2^n coalitions once.
 *
 * @returns by player, in their order
 * @throws InvalidSpecError when there are more than 16 players, see {@link sampleShapleyValues}, or the game is wrong
 */
export function shapleyValues(game: Game): ReadonlyMap<string, number> {
  const { players, worths } = tabulate(game);
  const weights = weightsBySize(players.length);
  return new Map(
    players.map((player, at) => {
      const own = 2 ** at;
      let value = 0;
      for (let mask = 0; mask < worths.length; mask++) {
        if (mask & own) continue;
        const added = (worths[mask | own] ?? 0) - (worths[mask] ?? 0);
        value += (weights[sizeOf(mask)] ?? 0) * added;
      }
      return [player, value];
    }),
  );
}

/** Share of the orders in which a given player comes right after a given coalition, by its size. */
function weightsBySize(players: number): readonly number[] {
  // s! (n - s - 1)! / n! is 1 / (n * (n - 1 over s)).
  let choose = 1;
  return Array.from({ length: players }, (_, size) => {
    const weight = 1 / (players * choose);
    choose = (choose * (players - 1 - size)) / (size + 1);
    return weight;
  });
}

function sizeOf(mask: number): number {
  let size = 0;
  for (let left = mask; left !== 0; left &= left - 1) size += 1;
  return size;
}

const samplingSchema = z.object({
  orders: z.number().int().min(1).max(1_000_000),
  least: z.number(),
  most: z.number(),
  confidence: z.number().min(0.5).lt(1).default(0.95),
});

/** How Shapley's values are sampled. */
export interface Sampling {
  /** How many orders are drawn, 1 to 1,000,000: each asks for the worth of one coalition for each player. */
  readonly orders: number;
  /** The least that a player can add to a coalition: what the error bound rests on. */
  readonly least: number;
  /** The most that a player can add to a coalition. */
  readonly most: number;
  /** With which probability all values are within the error, 0.5 to below 1. Default 0.95. */
  readonly confidence?: number;
}

/** Shapley's values as sampled. */
export interface SampledShapley {
  readonly values: ReadonlyMap<string, number>;
  /** All values at once are this close to the exact ones, with the confidence that was asked for. */
  readonly error: number;
}

/**
 * Shapley's values from orders drawn at random (Castro, Gómez and Tejada 2009). They always add up to what all are
 * worth. The error is Hoeffding's bound (1963) for all players at once:
 * `(most - least) * sqrt(ln(2 * players / (1 - confidence)) / (2 * orders))`.
 *
 * @param random the same source gives the same values
 * @throws InvalidSpecError when the game or the sampling is wrong, or a player adds less than `least` or more than
 *   `most`: the bound would not hold
 */
export function sampleShapleyValues(
  game: Game,
  sampling: Sampling,
  random: Random,
): SampledShapley {
  const { players } = game;
  checkPlayers(players);
  const id = players.slice(0, 5).join(", ");
  if (players.length > sampledLimit) {
    throw new InvalidSpecError("coalition game", id, [
      `players: ${players.length} are more than ${sampledLimit}`,
    ]);
  }
  const { orders, least, most, confidence } = checkSpec(
    samplingSchema,
    "coalition game",
    id,
    sampling,
  );
  const sums = players.map(() => 0);
  for (let order = 0; order < orders; order++) {
    const present = players.map(() => false);
    let before = 0;
    for (const at of shuffled(players.length, random)) {
      present[at] = true;
      const now = worthOf(
        game,
        players.filter((_, other) => present[other]),
      );
      const added = now - before;
      if (added < least || added > most) {
        throw new InvalidSpecError("coalition game", id, [
          `least, most: player '${players[at]}' adds ${added}, which is not within ${least} to ${most}`,
        ]);
      }
      sums[at] = (sums[at] ?? 0) + added;
      before = now;
    }
  }
  const error =
    (most - least) * Math.sqrt(Math.log((2 * players.length) / (1 - confidence)) / (2 * orders));
  return {
    values: new Map(players.map((player, at) => [player, (sums[at] ?? 0) / orders])),
    error,
  };
}

/** Every order is as likely (Fisher and Yates). */
function shuffled(length: number, random: Random): readonly number[] {
  const order = Array.from({ length }, (_, at) => at);
  for (let last = length - 1; last > 0; last--) {
    const at = Math.floor(random.next() * (last + 1));
    [order[last], order[at]] = [order[at] ?? 0, order[last] ?? 0];
  }
  return order;
}
