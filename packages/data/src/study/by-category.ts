import { enoughPoints, extremes, largest, unusual } from "./compare-points.ts";
import type { StudyFinding } from "./finding.ts";
import type { Series } from "./series.ts";
import { robustScores } from "./statistics.ts";
import { amount, counted, percent, placeName } from "./words.ts";

/** What categories say: which has most and least, and what part of the whole. */
export function byCategory(series: Series): readonly StudyFinding[] {
  const { x, y, points } = series;
  const total = points.reduce((sum, point) => sum + point.y, 0);
  const highest = largest(points, (point) => point.y);
  const found: StudyFinding[] = [...extremes(series, points)];
  const parts = points.every((point) => point.y >= 0) && total > 0 && points.length > 1;
  if (parts && highest !== undefined && isAdditive(y.name)) {
    const three = [...points].sort((a, b) => b.y - a.y).slice(0, 3);
    const top = three.reduce((sum, point) => sum + point.y, 0);
    const rest = points.length > 3 ? `; the first three have ${percent(top / total)}` : "";
    const text = `${placeName(highest.x, x)} has ${percent(highest.y / total)} of ${amount(total, y)} in ${counted(points.length, "category", "categories")}${rest}.`;
    found.push({ kind: "share", text });
  }
  if (points.length >= enoughPoints) {
    const scores = robustScores(points.map((point) => point.y));
    found.push(
      ...unusual(points, scores, (point) => `${placeName(point.x, x)} (${amount(point.y, y)})`),
    );
  }
  return found;
}

/** Averages and the like make no whole that one category could have a part of. */
function isAdditive(name: string): boolean {
  return !/\b(avg|average|mean|median|rate|ratio|share|per|percent|min|max|rating|score|price)\b/i.test(
    name.replaceAll("_", " "),
  );
}
