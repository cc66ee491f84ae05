/** From a place on, or between two places, a series goes on at another level. */
export interface ChangePoint {
  /** First place of the other level, and the first after it; that of the end where it never ends. */
  readonly from: number;
  readonly to: number;
  /** Medians elsewhere and here. */
  readonly before: number;
  readonly after: number;
  /** How many times as far as any other change between neighbouring stretches of the same length. */
  readonly ratio: number;
  /** How sure it is, 0.5 to 1. */
  readonly score: number;
}

/** Stretches that are compared are this part of the series, from short ones to long ones. */
const parts = [72, 24, 8];
const shortest = 6;
/** Changes must be clearer in samples that are not many times this. */
const smallSample = 15;
/** A last part of a series is at least this part of it: in one that is in order the last values may be far from the others. */
const leastTail = 0.04;
/** Where hardly a value of one side is within the other, and the series does not go on smoothly, a change may be this much less clear. */
const clear = { apart: 0.98, ratio: 2 / 3, rough: 0.6 } as const;
/** How sure such a change is. */
const leastScore = 0.55;
/** A change back may be this much smaller than the change. */
const alike = 0.5;

/** What must hold of a change. */
export interface ChangeLimits {
  /** How many times as far as any other change. */
  readonly ratio: number;
  /** Share of pairs, one from each side, that are in the same order. */
  readonly apart: number;
  /** Part of the change that happens from one row to the next, or within the three on either side. */
  readonly abrupt: number;
}

/**
 * Finds where a series jumps to another level and stays there, or comes back later: the medians of two stretches side by
 * side differ there far more than anywhere else. What grows steadily, wanders, or is made of many levels has no such place.
 * After Page 1954 and Pettitt 1979: a change is sought by comparing what is before a place and what is after it, by ranks.
 */
export function changePointOf(
  values: readonly number[],
  limits: ChangeLimits,
): ChangePoint | undefined {
  let best: ChangePoint | undefined;
  for (const part of parts) {
    const width = Math.max(shortest, Math.floor(values.length / part));
    const found = atWidth(values, width, limits);
    if (found !== undefined && (best === undefined || found.score > best.score)) best = found;
  }
  return best;
}

function atWidth(
  values: readonly number[],
  width: number,
  limits: ChangeLimits,
): ChangePoint | undefined {
  if (values.length < 3 * width) return undefined;
  const medians = slidingMedians(values, width);
  // At each place, the stretch that begins there less the stretch that ends there.
  const jumps = medians.slice(width).map((after, at) => after - (medians[at] ?? 0));
  const sizes = jumps.map(Math.abs);
  const first = largest(sizes, () => true);
  if (first === undefined) return undefined;
  const second = largest(sizes, (at) => Math.abs(at - first) >= width);
  const [one, other] = [jumps[first] ?? 0, second === undefined ? 0 : (jumps[second] ?? 0)];
  const returns =
    second !== undefined && one * other < 0 && Math.abs(other) >= Math.abs(one) * alike;
  const rest = returns
    ? largest(sizes, (at) => Math.abs(at - first) >= width && Math.abs(at - second) >= width)
    : second;
  // Without other places nothing says how far the series moves otherwise.
  if (rest === undefined) return undefined;
  const usual = sizes[rest] ?? 0;
  const size = returns ? Math.min(Math.abs(one), Math.abs(other)) : Math.abs(one);
  const ratio = size / Math.max(usual, size / 1000);
  const needed = limits.ratio * (1 + smallSample / values.length);
  if (!(size > 0) || ratio < needed * clear.ratio) return undefined;
  const places = [first, ...(returns ? [second] : [])].map((at) =>
    sharpest(values, at + width, width),
  );
  const [from = 0, to = values.length] = places.toSorted((a, b) => a - b);
  const inside = values.slice(from, to);
  const outside = [...values.slice(0, from), ...values.slice(to)];
  const least = to < values.length ? 0 : values.length * leastTail;
  if (inside.length < Math.max(shortest, least) || outside.length < shortest) return undefined;
  // The jump must be one of the whole series, and one between two rows: not a slope.
  const near = [...values.slice(Math.max(0, from - width), from), ...values.slice(to, to + width)];
  const apart = Math.min(separation(outside, inside), separation(near, inside.slice(0, width)));
  if (apart < limits.apart) return undefined;
  if (ratio < needed && (apart < clear.apart || roughness(values, width) < clear.rough))
    return undefined;
  const abrupt = [from, ...(to < values.length ? [to] : [])].every(
    (at) =>
      Math.abs(medianOf(values.slice(at, at + 3)) - medianOf(values.slice(at - 3, at))) >=
      size * limits.abrupt,
  );
  if (!abrupt) return undefined;
  const score = ratio < needed ? leastScore : 1 - 0.5 * (needed / ratio);
  return { from, to, before: medianOf(outside), after: medianOf(inside), ratio, score };
}

/** Steps from value to value, in changes over a stretch: 1 where values have no order, and less the smoother they go on. */
function roughness(values: readonly number[], width: number): number {
  const over = (by: number): number =>
    medianOf(values.slice(by).map((value, at) => Math.abs(value - (values[at] ?? 0))));
  return over(1) / over(width);
}

function largest(sizes: readonly number[], counts: (at: number) => boolean): number | undefined {
  let best: number | undefined;
  for (const [at, size] of sizes.entries())
    if (counts(at) && (best === undefined || size > (sizes[best] ?? 0))) best = at;
  return best;
}

/** The place near another one that best divides what is on either side by the middle between their medians. */
function sharpest(values: readonly number[], near: number, width: number): number {
  const [start, end] = [Math.max(0, near - width), Math.min(values.length, near + width)];
  const [low, high] = [medianOf(values.slice(start, near)), medianOf(values.slice(near, end))];
  return start + dividedAt(values.slice(start, end), low, high);
}

/** First place from which on values are rather like the second level than like the first. */
export function dividedAt(values: readonly number[], first: number, second: number): number {
  const middle = (first + second) / 2;
  let [best, fewest, score] = [0, 0, 0];
  for (const [at, value] of values.entries()) {
    score += value > middle === second > first ? 1 : -1;
    if (score < fewest) [best, fewest] = [at + 1, score];
  }
  return best;
}

/** Share of pairs, one from each, that are in the order that most are in; 0.5 where they are mixed. */
export function separation(one: readonly number[], other: readonly number[]): number {
  const all = [
    ...one.map((value) => ({ value, own: 1 })),
    ...other.map((value) => ({ value, own: 0 })),
  ];
  all.sort((a, b) => a.value - b.value);
  let [below, pairs] = [0, 0];
  for (let at = 0; at < all.length; ) {
    let [ones, others, end] = [0, 0, at];
    for (; end < all.length && all[end]?.value === all[at]?.value; end += 1)
      if (all[end]?.own === 1) ones += 1;
      else others += 1;
    pairs += others * (below + ones / 2);
    below += ones;
    at = end;
  }
  const share = pairs / Math.max(1, one.length * other.length);
  return Math.max(share, 1 - share);
}

export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[half] ?? 0)
    : ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2;
}

/** Medians of the stretches that begin at each place. */
function slidingMedians(values: readonly number[], width: number): readonly number[] {
  const sorted = values.slice(0, width).toSorted((a, b) => a - b);
  const medians: number[] = [];
  for (let at = 0; at + width <= values.length; at += 1) {
    if (at > 0) {
      sorted.splice(placeOf(sorted, values[at - 1] ?? 0), 1);
      const added = values[at + width - 1] ?? 0;
      sorted.splice(placeOf(sorted, added), 0, added);
    }
    medians.push(((sorted[(width - 1) >> 1] ?? 0) + (sorted[width >> 1] ?? 0)) / 2);
  }
  return medians;
}

/** First place of a sorted list whose value is not smaller. */
function placeOf(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
