import type { AlertChange } from "./alert-book.ts";

/** How often one rule has fired lately, and before that. */
export interface AlertTrend {
  readonly rule: string;
  readonly fired: number;
  readonly before: number;
  readonly trend: "rising" | "steady" | "falling";
  /** Mean time from firing to being over, of those that are, milliseconds. */
  readonly meanDurationMs?: number;
}

/**
 * How often each rule fired in the last `windowMs` milliseconds, against the same time before; most
 * often first.
 */
export function alertTrends(
  history: readonly AlertChange[],
  now: number,
  windowMs: number,
): readonly AlertTrend[] {
  const rules = new Map<string, { fired: number; before: number; durations: number[] }>();
  const began = new Map<string, number>();
  for (const { at, change, id, rule } of history) {
    const sums = rules.get(rule) ?? { fired: 0, before: 0, durations: [] };
    rules.set(rule, sums);
    if (change === "fired") {
      began.set(id, at);
      if (at > now - windowMs) sums.fired += 1;
      else if (at > now - 2 * windowMs) sums.before += 1;
    }
    const from = began.get(id);
    if (change === "resolved" && from !== undefined) sums.durations.push(at - from);
  }
  return [...rules]
    .map(([rule, { fired, before, durations }]): AlertTrend => {
      const trend = fired > before ? "rising" : fired < before ? "falling" : "steady";
      const sum = durations.reduce((total, ms) => total + ms, 0);
      const mean = durations.length === 0 ? {} : { meanDurationMs: sum / durations.length };
      return { rule, fired, before, trend, ...mean };
    })
    .sort((one, other) => other.fired - one.fired || other.before - one.before);
}
