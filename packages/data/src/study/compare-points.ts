import type { StudyFinding } from "./finding.ts";
import type { Point, Series } from "./series.ts";
import { unusualScore } from "./statistics.ts";
import { amount, percent, placeName } from "./words.ts";

/** Fewer points than this are too few to call one of them unusual. */
export const enoughPoints = 8;
/** Most unusual points, or groups, that are told one by one. */
export const toldLimit = 3;

/** The highest and the lowest point. */
export function extremes({ x, y }: Series, points: readonly Point[]): readonly StudyFinding[] {
  const highest = largest(points, (point) => point.y);
  const lowest = largest(points, (point) => -point.y);
  if (highest === undefined || lowest === undefined || highest.y === lowest.y) return [];
  const text = `${y.name} is highest at ${placeName(highest.x, x)} (${amount(highest.y, y)}) and lowest at ${placeName(lowest.x, x)} (${amount(lowest.y, y)}).`;
  return [{ kind: "extremes", text }];
}

/** Points whose score says that they are unlike the others, the most unusual first. */
export function unusual<P>(
  points: readonly P[],
  scores: readonly number[],
  tell: (point: P) => string,
): readonly StudyFinding[] {
  const found = points
    .map((point, index) => ({ point, score: Math.abs(scores[index] ?? 0) }))
    .filter(({ score }) => score > unusualScore)
    .sort((a, b) => b.score - a.score);
  if (found.length === 0) return [];
  const words = found.slice(0, toldLimit).map(({ point }) => tell(point));
  const rest = found.length > toldLimit ? `, and ${found.length - toldLimit} more` : "";
  return [{ kind: "outliers", text: `Unusual: ${words.join("; ")}${rest}.` }];
}

/** A change as per cent of where it began; nothing where that is no amount. */
export function growth(from: number, to: number): string {
  if (from <= 0) return "";
  return ` (${to >= from ? "+" : "−"}${percent(Math.abs(to / from - 1))})`;
}

/** The first of those with the largest size. */
export function largest<P>(points: readonly P[], size: (point: P) => number): P | undefined {
  return points.reduce<P | undefined>(
    (best, point) => (best === undefined || size(point) > size(best) ? point : best),
    undefined,
  );
}
