import { InvalidSpecError } from "../errors.ts";

/** Most players whose coalitions are all looked at. */
const exactLimit = 16;

/**
 * A game with transferable utility: what each coalition is worth together. The empty one is worth nothing, and is not
 * asked about.
 */
export interface Game {
  readonly players: readonly string[];
  /** What these players are worth together, a finite number; they come in the order of `players`. */
  readonly worth: (coalition: readonly string[]) => number;
}

/** A game of which every coalition's worth is known. Place `2^i + 2^j` is the coalition of players i and j. */
export interface TabledGame {
  readonly players: readonly string[];
  readonly worths: readonly number[];
}

/**
 * Asks for the worth of every coalition, once.
 *
 * @throws InvalidSpecError when there are no players, a player is named twice, there are more than `limit`, or a worth
 *   is not a finite number
 */
export function tabulate(game: Game, limit = exactLimit): TabledGame {
  const { players } = game;
  checkPlayers(players);
  if (players.length > limit) {
    const why = `players: ${players.length} have too many coalitions to look at, at most ${limit} can be: sample instead`;
    throw new InvalidSpecError("coalition game", nameOf(players), [why]);
  }
  const worths = [0];
  for (let mask = 1; mask < 2 ** players.length; mask++) {
    worths.push(worthOf(game, membersOf(players, mask)));
  }
  return { players, worths };
}

/** The players of a coalition. */
export function membersOf(players: readonly string[], mask: number): readonly string[] {
  return players.filter((_, at) => (mask >> at) & 1);
}

/** What a coalition is worth, checked. */
export function worthOf({ players, worth }: Game, coalition: readonly string[]): number {
  const value = worth(coalition);
  if (Number.isFinite(value)) return value;
  const why = `worth: that of ${JSON.stringify(coalition)} is ${value}, and must be a finite number`;
  throw new InvalidSpecError("coalition game", nameOf(players), [why]);
}

/** Throws unless there are players, and all differ. */
export function checkPlayers(players: readonly string[]): void {
  const issues = [
    ...(players.length === 0 ? ["players: name at least one"] : []),
    ...(new Set(players).size < players.length ? ["players: one is named twice"] : []),
  ];
  if (issues.length > 0) throw new InvalidSpecError("coalition game", nameOf(players), issues);
}

function nameOf(players: readonly string[]): string {
  return players.slice(0, 5).join(", ");
}
