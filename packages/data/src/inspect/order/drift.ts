/** From a place on, a series that did not grow grows steadily. */
export interface Drift {
  readonly from: number;
  /** How much it grows from one value to the next. */
  readonly rate: number;
  /** How much it has grown at the end, in ranges of what was before. */
  readonly ranges: number;
}

/** Fewest values before and after. */
const fewest = 15;
/** Places that are tried are this part of the series apart. */
const places = 40;
/** Deviations around the line and around the level before, as shares of each other. */
const alike = 1.6;
/** Steps from value to value, in deviations, of what changes without order; without any relation it is the root of two. */
const rough = 0.9;
/** Deviations from both parts, squared, as a share of those from one line through all. */
const bent = 0.75;

/**
 * Finds where a series that goes up and down around one level begins to do so around a line that leads away from it: a sensor
 * that drifts. What is smooth, or grows before too, tells nothing.
 *
 * @param ranges how far it must lead away in the end, in ranges between the 5th and the 95th percentile of what was before
 */
export function driftOf(values: readonly number[], ranges: number): Drift | undefined {
  const step = Math.max(1, Math.floor(values.length / places));
  let best: (Drift & { readonly left: number }) | undefined;
  for (let from = fewest; from <= values.length - fewest; from += step) {
    const [before, after] = [lineOf(values.slice(0, from)), lineOf(values.slice(from))];
    const left = before.flat + after.left;
    if (best !== undefined && left >= best.left) continue;
    const sorted = values.slice(0, from).toSorted((a, b) => a - b);
    const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
    const range = at(0.95) - at(0.05);
    const end = after.mean + (after.rate * (values.length - from - 1)) / 2;
    best = { from, rate: after.rate, ranges: Math.abs(end - before.mean) / range, left };
  }
  if (best === undefined || !(best.ranges >= ranges) || best.ranges === Number.POSITIVE_INFINITY)
    return undefined;
  const { from } = best;
  const [early, late, whole] = [
    lineOf(values.slice(0, from)),
    lineOf(values.slice(from)),
    lineOf(values),
  ];
  const [one, other] = [deviation(early.left, from), deviation(late.left, values.length - from)];
  const sameNoise = one < other * alike && other < one * alike;
  const flatBefore = Math.abs(early.rate) * from < one;
  const towards = late.rate * (late.mean - early.mean) > 0;
  const grows = Math.abs(late.rate) * (values.length - from) > 2 * other;
  const noLine = best.left < whole.left * bent;
  const isRough =
    roughness(values.slice(0, from)) > rough * one && roughness(values.slice(from)) > rough * other;
  return sameNoise && flatBefore && towards && grows && noLine && isRough
    ? { from, rate: best.rate, ranges: best.ranges }
    : undefined;
}

interface Line {
  readonly mean: number;
  readonly rate: number;
  /** Squared deviations from the mean, and from the line. */
  readonly flat: number;
  readonly left: number;
}

function lineOf(values: readonly number[]): Line {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const middle = (count - 1) / 2;
  let [flat, both] = [0, 0];
  for (const [at, value] of values.entries()) {
    flat += (value - mean) ** 2;
    both += (at - middle) * (value - mean);
  }
  const places = (count * (count ** 2 - 1)) / 12;
  const rate = both / places;
  return { mean, rate, flat, left: Math.max(0, flat - rate * both) };
}

const deviation = (squares: number, count: number): number => Math.sqrt(squares / count);

/** Deviation of the steps from value to value. */
function roughness(values: readonly number[]): number {
  const steps = values.slice(1).map((value, at) => value - (values[at] ?? 0));
  return deviation(
    steps.reduce((sum, one) => sum + one ** 2, 0),
    steps.length,
  );
}
