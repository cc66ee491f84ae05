import { quantileOf } from "./quantile.ts";
import type { Condition, Selection } from "./rule.ts";
import {
  change,
  increase,
  latest,
  mean,
  type Series,
  type SeriesHistory,
} from "./series-history.ts";

/** A group of series for which a condition holds. */
export interface Finding {
  /** The labels it is told apart by. */
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

type Threshold = Extract<Condition, { type: "threshold" }>;

const quantiles: Readonly<Record<string, number>> = { p50: 0.5, p95: 0.95, p99: 0.99 };

/** For which groups of series a condition holds now. Where there is no data it does not. */
export function findingsOf(
  condition: Condition,
  history: SeriesHistory,
  now: number,
): readonly Finding[] {
  if (condition.type === "absence") {
    const from = now - condition.window * 1000;
    // Before so much time has passed, nothing can be missing for so long.
    if (history.since === undefined || history.since > from) return [];
    const seen = history
      .select(condition)
      .some((series) => latest(series, from, now) !== undefined);
    return seen ? [] : [{ labels: condition.where, value: 0 }];
  }
  const findings: Finding[] = [];
  for (const { labels, value } of numbersOf(condition, history, now)) {
    if (holds(value, condition.operator, condition.value)) findings.push({ labels, value });
  }
  return findings;
}

function numbersOf(
  condition: Exclude<Condition, { type: "absence" }>,
  history: SeriesHistory,
  now: number,
): readonly Finding[] {
  const groups = grouped(history.select(condition), condition.by);
  if (condition.type === "rate") {
    const from = now - condition.window * 1000;
    return numbers(groups, (series) => sumOf(series, (one) => change(one, from, now))).map(
      ({ labels, value }) => ({ labels, value: value / condition.window }),
    );
  }
  const own = numbers(groups, (series) => measure(condition, series, now));
  const { over } = condition;
  if (over === undefined) return own;
  const others = grouped(history.select(over as Selection), condition.by);
  return own.flatMap(({ labels, value }) => {
    const divisor = measure(
      condition,
      others.get(keyOf(labels))?.series ?? [],
      now - over.ago * 1000,
    );
    return divisor === undefined || divisor === 0 ? [] : [{ labels, value: value / divisor }];
  });
}

function measure(
  { of, combine, window }: Threshold,
  series: readonly Series[],
  to: number,
): number | undefined {
  const from = to - window * 1000;
  const quantile = quantiles[of];
  if (quantile !== undefined) return quantileOf(quantile, series, from, to);
  const single = { value: latest, mean, increase }[of as "value" | "mean" | "increase"];
  const values = series.flatMap((one) => single(one, from, to) ?? []);
  if (values.length === 0) return undefined;
  if (combine === "max") return Math.max(...values);
  if (combine === "min") return Math.min(...values);
  return values.reduce((sum, value) => sum + value, 0);
}

interface Group {
  readonly labels: Readonly<Record<string, string>>;
  readonly series: Series[];
}

function grouped(series: readonly Series[], by: readonly string[]): ReadonlyMap<string, Group> {
  const groups = new Map<string, Group>();
  for (const one of series) {
    const labels = Object.fromEntries(by.map((name) => [name, one.labels[name] ?? ""]));
    const key = keyOf(labels);
    const group = groups.get(key) ?? { labels, series: [] };
    group.series.push(one);
    groups.set(key, group);
  }
  return groups;
}

function numbers(
  groups: ReadonlyMap<string, Group>,
  numberOf: (series: readonly Series[]) => number | undefined,
): readonly Finding[] {
  return [...groups.values()].flatMap(({ labels, series }) => {
    const value = numberOf(series);
    return value === undefined ? [] : [{ labels, value }];
  });
}

function sumOf(
  series: readonly Series[],
  numberOf: (series: Series) => number | undefined,
): number | undefined {
  const values = series.flatMap((one) => numberOf(one) ?? []);
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0);
}

/** One text for one set of labels. */
export function keyOf(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function holds(value: number, operator: Threshold["operator"], limit: number): boolean {
  switch (operator) {
    case ">":
      return value > limit;
    case ">=":
      return value >= limit;
    case "<":
      return value < limit;
    case "<=":
      return value <= limit;
    case "==":
      return value === limit;
    case "!=":
      return value !== limit;
  }
}
