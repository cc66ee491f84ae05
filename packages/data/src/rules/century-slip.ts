/** What the times in a column look like. Days since 1970-01-01, ascending, with repeats. */
export interface TimeEvidence {
  readonly days: readonly number[];
  /** Nothing observed can be later than this. */
  readonly reference: number;
}

export type TimeDiagnosis =
  /** Nothing is impossible, or so much lies ahead that the column holds plans or forecasts. */
  | { readonly kind: "plausible" }
  /** Values from `from` on seem to be a hundred years late. */
  | { readonly kind: "century-slip"; readonly from: number; readonly values: number }
  /** Values after the reference time, without an explanation. */
  | { readonly kind: "future"; readonly values: number };

const daysPerYear = 365.25;
/** More than this share in the future is no error but what the column is about. */
const plannedShare = 0.2;
/** A slipped tail is a small part of the column. */
const tailShare = 0.05;
/** The tail must be set off by at least this, and by many times what is usual between neighbours. */
const leastGapDays = daysPerYear;
const gapFactor = 20;
/** Fewest values below the tail that can say what is usual. */
const leastBody = 50;

/**
 * Tells whether impossible times come from years once kept with two digits: then they form a thin tail
 * beyond a gap at the end of the dense part of the column, of which only some lie in the future, and a
 * hundred years earlier they fall before the bulk of the data.
 */
export function diagnoseTimes({ days, reference }: TimeEvidence): TimeDiagnosis {
  const future = days.length - lowerBound(days, reference + 1);
  if (future === 0 || future > days.length * plannedShare) return { kind: "plausible" };
  const unexplained: TimeDiagnosis = { kind: "future", values: future };
  const firstTail = Math.ceil(days.length * (1 - tailShare));
  const body = days.slice(0, firstTail);
  if (body.length < leastBody) return unexplained;
  const usual = usualGap(body);
  const needed = Math.max(leastGapDays, usual * gapFactor);
  for (let index = firstTail; index < days.length; index += 1) {
    const [before, after] = [days[index - 1] ?? 0, days[index] ?? 0];
    if (after - before < needed) continue;
    const values = days.length - index;
    const median = body[Math.floor(body.length / 2)] ?? 0;
    const latest = days.at(-1) ?? 0;
    const shiftedBeforeBulk = latest - 100 * daysPerYear < median;
    return shiftedBeforeBulk ? { kind: "century-slip", from: after, values } : unexplained;
  }
  return unexplained;
}

/** The 99th percentile of the gaps in the newer half of the body. */
function usualGap(body: readonly number[]): number {
  const newer = body.slice(Math.floor(body.length / 2));
  const gaps = newer.slice(1).map((day, index) => day - (newer[index] ?? day));
  gaps.sort((a, b) => a - b);
  return gaps[Math.floor(gaps.length * 0.99)] ?? 0;
}

function lowerBound(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
