/** A day that values lie on. */
export interface CountedDay {
  /** Days since 1970-01-01. */
  readonly day: number;
  /** Values on it, at least 1. */
  readonly values: number;
}

/** What the times in a column look like. */
export interface TimeEvidence {
  /** Each day once, ascending: few, however many values there are. */
  readonly days: readonly CountedDay[];
  /** Nothing observed can be later than this. */
  readonly reference: number;
}

/** What is wrong with the times of a column, if anything. */
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
  const total = days.reduce((sum, { values }) => sum + values, 0);
  const future = days.reduce((sum, { day, values }) => (day > reference ? sum + values : sum), 0);
  if (future === 0 || future > total * plannedShare) return { kind: "plausible" };
  const unexplained: TimeDiagnosis = { kind: "future", values: future };
  const bodySize = Math.ceil(total * (1 - tailShare));
  if (bodySize < leastBody) return unexplained;
  const needed = Math.max(leastGapDays, usualGap(days, bodySize) * gapFactor);
  let below = 0;
  for (const [index, { day, values }] of days.entries()) {
    const before = days[index - 1]?.day ?? day;
    if (below >= bodySize && day - before >= needed) {
      const median = dayAt(days, Math.floor(bodySize / 2));
      const latest = days.at(-1)?.day ?? 0;
      const shiftedBeforeBulk = latest - 100 * daysPerYear < median;
      return shiftedBeforeBulk
        ? { kind: "century-slip", from: day, values: total - below }
        : unexplained;
    }
    below += values;
  }
  return unexplained;
}

/** The 99th percentile of the gaps between neighbours in the newer half of the first `size` values. */
function usualGap(days: readonly CountedDay[], size: number): number {
  const first = Math.floor(size / 2);
  const count = size - first - 1;
  const gaps: number[] = [];
  let below = 0;
  for (const [index, { day, values }] of days.entries()) {
    if (below > first && below < size) gaps.push(day - (days[index - 1]?.day ?? day));
    below += values;
  }
  gaps.sort((a, b) => a - b);
  // All other neighbours lie on the same day.
  return gaps[Math.floor(count * 0.99) - (count - gaps.length)] ?? 0;
}

/** The day of the value at a place, from 0, in the order of time. */
function dayAt(days: readonly CountedDay[], place: number): number {
  let below = 0;
  for (const { day, values } of days) {
    below += values;
    if (place < below) return day;
  }
  return 0;
}
