import type { Game } from "./game.ts";

/** A game whose coalitions are worth what the table says, at the place of their bits. */
export function gameOf(worths: readonly number[]): Game {
  const players = Array.from({ length: Math.log2(worths.length) }, (_, at) => `p${at}`);
  return {
    players,
    worth: (coalition) =>
      worths[coalition.reduce((mask, player) => mask | (1 << players.indexOf(player)), 0)] ?? 0,
  };
}
