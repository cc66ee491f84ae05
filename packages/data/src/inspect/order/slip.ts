import type { Fit } from "../columns/linear-fit.ts";

/** A stretch of rows in which a column is so many rows late against the others. */
export interface Slip {
  /** First place, and the first after it. */
  readonly from: number;
  readonly to: number;
  /** Rows that it is late; fewer than none where it is early. */
  readonly by: number;
  /** How many times as much the relation gains by that as anywhere else. */
  readonly ratio: number;
}

const lags = [1, -1, 2, -2, 3, -3];
/** Shortest stretch. */
const shortest = 4;
/** Of what a value is off in the stretch, what is left when the column is moved back, at most. */
const restored = 0.5;
/** Of what values are off elsewhere, what may be left then. */
const asElsewhere = 1.5;

/** How many times as far off values must be elsewhere when the column is moved: what goes with the rows beside too tells nothing. */
const ownRow = 1.7;

/** Mean step from row to row of what values are off, in means of it: where that goes on smoothly, the law does not hold everywhere. */
const rough = 0.7;

/**
 * Finds where what holds between a column and others does not hold, and holds again when the column is moved by a few rows.
 * For each lag, the stretch in which the values gain most by it (Kadane 1984, as in Bentley's Programming Pearls) must gain
 * more than any other stretch, by the ratio, and must then fit as well as values elsewhere do.
 *
 * @param rows values by column; NaN where one is missing
 * @param fit what the others say of the target
 */
export function slipOf(
  rows: readonly (readonly number[])[],
  target: number,
  fit: Fit,
  ratio: number,
): Slip | undefined {
  const said = rows.map((row) =>
    fit.factors.reduce((sum, [at, factor]) => sum + factor * (row[at] ?? Number.NaN), fit.constant),
  );
  const values = rows.map((row) => row[target] ?? Number.NaN);
  const rests = values.map((value, at) => value - (said[at] ?? Number.NaN));
  const steps = rests.slice(1).map((rest, at) => Math.abs(rest - (rests[at] ?? Number.NaN)));
  const off = (by: number): readonly number[] =>
    values.map((value, at) => Math.abs(value - (said[at - by] ?? Number.NaN)));
  const own = off(0);
  if (meanOf(steps) < meanOf(own) * rough) return undefined;
  let best: Slip | undefined;
  for (const by of lags) {
    const moved = off(by);
    const gains = own.map((one, at) => {
      const gain = one - (moved[at] ?? Number.NaN);
      return Number.isFinite(gain) ? gain : 0;
    });
    const first = richest(gains, 0, gains.length);
    if (first.to - first.from < shortest) continue;
    const others = Math.max(
      richest(gains, 0, first.from).gain,
      richest(gains, first.to, gains.length).gain,
    );
    const found = first.gain / Math.max(others, first.gain / 1000);
    if (found < ratio || (best !== undefined && found <= best.ratio)) continue;
    const inside = meanOf(own.slice(first.from, first.to));
    const then = meanOf(moved.slice(first.from, first.to));
    const outside = (all: readonly number[]): number =>
      meanOf([...all.slice(0, first.from), ...all.slice(first.to)]);
    const elsewhere = outside(own);
    if (then > inside * restored || then > elsewhere * asElsewhere) continue;
    if (outside(moved) < elsewhere * ownRow) continue;
    best = { from: first.from, to: first.to, by, ratio: found };
  }
  return best;
}

interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly gain: number;
}

/** The stretch between two places with the largest sum. */
function richest(gains: readonly number[], start: number, end: number): Stretch {
  let best: Stretch = { from: start, to: start, gain: 0 };
  let [from, sum] = [start, 0];
  for (let at = start; at < end; at += 1) {
    if (sum <= 0) [from, sum] = [at, 0];
    sum += gains[at] ?? 0;
    if (sum > best.gain) best = { from, to: at + 1, gain: sum };
  }
  return best;
}

function meanOf(values: readonly number[]): number {
  const known = values.filter(Number.isFinite);
  return known.reduce((sum, value) => sum + value, 0) / Math.max(1, known.length);
}
