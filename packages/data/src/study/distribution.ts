import { placesOf } from "./along-axis.ts";
import type { StudyFinding } from "./finding.ts";
import type { Series } from "./series.ts";
import { quantile } from "./statistics.ts";
import { amount, counted, percent } from "./words.ts";

/** What a histogram says: where the middle half is, and how much lies far from it. */
export function distribution({ x, points }: Series): readonly StudyFinding[] {
  const sorted = placesOf(points)
    .map((point) => ({ value: point.x, weight: point.y }))
    .filter(({ weight }) => weight > 0);
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined) return [];
  const total = sorted.reduce((sum, { weight }) => sum + weight, 0);
  const mean = sorted.reduce((sum, { value, weight }) => sum + value * weight, 0) / total;
  const [low, median, high] = [0.25, 0.5, 0.75].map((share) => quantile(sorted, share)) as [
    number,
    number,
    number,
  ];
  const found: StudyFinding[] = [
    {
      kind: "spread",
      text: `Half of ${counted(total, "value")} of ${x.name} lie between ${amount(low, x)} and ${amount(high, x)}; the median is ${amount(median, x)}, the mean ${amount(mean, x)}, all are from ${amount(first.value, x)} to ${amount(last.value, x)}.`,
    },
  ];
  const fence = 1.5 * (high - low);
  const out = sorted.filter(({ value }) => value < low - fence || value > high + fence);
  const weight = out.reduce((sum, one) => sum + one.weight, 0);
  if (weight > 0 && fence > 0) {
    const text = `${counted(weight, "value")} (${percent(weight / total)}) lie more than one and a half times the middle half's width outside of it.`;
    found.push({ kind: "outliers", text });
  }
  return found;
}
