import { alongAxis, groups, inTheCloud } from "./along-axis.ts";
import { byCategory } from "./by-category.ts";
import type { ChartSpec } from "./chart-spec.ts";
import { distribution } from "./distribution.ts";
import type { StudyFinding } from "./finding.ts";
import type { Series } from "./series.ts";
import { counted } from "./words.ts";

/**
 * What a series says, as sentences, by rules from the numbers alone: the trend by least squares and how
 * much it explains, the change from the first to the last point, the extremes, and points that lie
 * beyond 3.5 robust deviations. The same points give the same sentences.
 */
export function summariseSeries(series: Series, type: ChartSpec["type"]): readonly StudyFinding[] {
  const { points, left } = series;
  const missing: StudyFinding[] =
    left === 0
      ? []
      : [
          {
            kind: "missing",
            text: `${counted(left, "row")} without a value on both axes left out.`,
          },
        ];
  if (points.length === 0) {
    return [{ kind: "nothing", text: "There is nothing to tell: no row has values." }, ...missing];
  }
  return [...told(series, type), ...missing];
}

function told(series: Series, type: ChartSpec["type"]): readonly StudyFinding[] {
  if (type === "histogram") return distribution(series);
  if (type === "scatter") return inTheCloud(series);
  if (series.x.kind === "text") return byCategory(series);
  return series.points.some(({ group }) => group !== undefined)
    ? groups(series)
    : alongAxis(series);
}
