import { enoughPoints, extremes, growth, largest, toldLimit, unusual } from "./compare-points.ts";
import type { StudyFinding } from "./finding.ts";
import type { Point, Series } from "./series.ts";
import { correlation, leastSquares, robustScores } from "./statistics.ts";
import { amount, counted, each, placeName, stepOf } from "./words.ts";

/** A straight line that explains less than this of what varies is called no trend. */
const clearFit = 0.3;

/** What is known of points whose x is a number. */
interface Place extends Point {
  readonly x: number;
}

export function placesOf(points: readonly Point[]): readonly Place[] {
  return points
    .filter((point): point is Place => typeof point.x === "number")
    .sort((a, b) => a.x - b.x);
}

/** What a line says: where it goes, how much it changed, its ends, and what lies off it. */
export function alongAxis(series: Series): readonly StudyFinding[] {
  const places = placesOf(series.points);
  return [
    ...trend(series, places),
    ...change(series, places),
    ...extremes(series, places),
    ...offTheLine(series, places),
  ];
}

/** What a cloud of points says: whether they go together, along which line, and which do not. */
export function inTheCloud(series: Series): readonly StudyFinding[] {
  const places = placesOf(series.points);
  return [...together(series), ...trend(series, places), ...offTheLine(series, places)];
}

function trend(series: Series, places: readonly Place[]): readonly StudyFinding[] {
  const line = leastSquares(places);
  if (line === undefined) return [];
  const { x, y } = series;
  const basis = `least squares over ${counted(places.length, "point")}, R² ${line.fit.toFixed(3)}`;
  if (line.slope === 0) return [{ kind: "trend", text: `${y.name} stays the same (${basis}).` }];
  if (line.fit < clearFit) {
    return [{ kind: "trend", text: `${y.name} follows no straight trend (${basis}).` }];
  }
  const step = stepOf(x, (places.at(-1)?.x ?? 0) - (places[0]?.x ?? 0));
  const slope = amount(Math.abs(line.slope * step.size), y);
  const way = line.slope > 0 ? "rises" : "falls";
  return [{ kind: "trend", text: `${y.name} ${way} by ${slope} ${each(step.name)} (${basis}).` }];
}

function change({ x, y }: Series, places: readonly Place[]): readonly StudyFinding[] {
  const [first, last] = [places[0], places.at(-1)];
  if (first === undefined || last === undefined || first.x === last.x) return [];
  const by = growth(first.y, last.y);
  const text = `From ${placeName(first.x, x)} to ${placeName(last.x, x)} ${y.name} went from ${amount(first.y, y)} to ${amount(last.y, y)}${by}.`;
  return [{ kind: "change", text }];
}

/** Points that lie far from where the line would have them. */
function offTheLine({ x, y }: Series, places: readonly Place[]): readonly StudyFinding[] {
  const line = leastSquares(places);
  if (line === undefined || places.length < enoughPoints) return [];
  const expected = (place: Place): number => line.intercept + line.slope * place.x;
  const scores = robustScores(places.map((place) => place.y - expected(place)));
  return unusual(places, scores, (place) => {
    return `${placeName(place.x, x)} (${amount(place.y, y)}, where the line has ${amount(expected(place), y)})`;
  });
}

function together({ x, y, points }: Series): readonly StudyFinding[] {
  const places = placesOf(points);
  const r = correlation(places);
  if (r === undefined || places.length < 3) return [];
  const size = Math.abs(r);
  const strength = size >= 0.7 ? "strongly" : size >= 0.4 ? "moderately" : "weakly";
  const basis = `correlation ${r.toFixed(2)} over ${counted(places.length, "point")}`;
  const text =
    size < 0.2
      ? `${x.name} and ${y.name} hardly go together (${basis}).`
      : `${y.name} ${strength} ${r > 0 ? "rises" : "falls"} with ${x.name} (${basis}).`;
  return [{ kind: "correlation", text }];
}

/** What several lines say: which is where at the end, and which grew. */
export function groups(series: Series): readonly StudyFinding[] {
  const { x, y, points } = series;
  const lines = [...Map.groupBy(points, ({ group }) => group ?? "")]
    .map(([name, mine]) => ({ name, places: placesOf(mine) }))
    .flatMap(({ name, places }) => {
      const [first, last] = [places[0], places.at(-1)];
      return first === undefined || last === undefined ? [] : [{ name, places, first, last }];
    })
    .sort((a, b) => b.last.y - a.last.y);
  const found = lines.slice(0, toldLimit).map(({ name, first, last }): StudyFinding => {
    const text = `${name}: ${y.name} went from ${amount(first.y, y)} (${placeName(first.x, x)}) to ${amount(last.y, y)} (${placeName(last.x, x)})${growth(first.y, last.y)}.`;
    return { kind: "change", text };
  });
  const [leader] = lines;
  const grown = lines.filter(({ first, last }) => first.y > 0 && last.y > first.y);
  const fastest = largest(grown, ({ first, last }) => last.y / first.y);
  if (leader !== undefined && lines.length > 1) {
    const fast =
      fastest === undefined
        ? ""
        : `; ${fastest.name} grew most${growth(fastest.first.y, fastest.last.y)}`;
    found.unshift({
      kind: "groups",
      text: `Of ${lines.length} groups, ${leader.name} is highest at the end${fast}.`,
    });
  }
  return found;
}
