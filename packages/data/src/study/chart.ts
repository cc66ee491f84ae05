import type { TopLevelSpec } from "vega-lite";
import { NothingToDrawError } from "../errors.ts";
import { drawSpec } from "../report/draw-spec.ts";
import { drawableTitle } from "../report/drawable-title.ts";
import { pictureConfig } from "../report/picture-config.ts";
import type { ChartSpec } from "./chart-spec.ts";
import { type Axis, labelOf, type Point, type Series } from "./series.ts";
import { counted } from "./words.ts";

/** A drawn chart. */
export interface Chart {
  /** A whole SVG document: colours of its own, no scripts, nothing to fetch. */
  readonly svg: string;
  /** Points drawn; fewer than there are when they would not fit. */
  readonly drawn: number;
  readonly points: number;
}

/** Most bars side by side. */
const barLimit = 40;
/** Most marks of the other charts; of more, every second, third and so on is drawn. */
const markLimit = 3000;
/** Most colours that can be told apart. */
const colorLimit = 10;
/** Categories beyond which bars lie down, so that their names can be read. */
const standingBars = 8;
const bins = 30;
const [width, height, barStep] = [640, 300, 20] as const;

/**
 * Draws a series: title, axes with units, and under the title what was left out, if anything was.
 * The same series gives the same picture. It has a light ground of its own, so it can stand on dark
 * pages too.
 *
 * @throws NothingToDrawError without points, or with more colours than can be told apart; DrawingFailedError when Vega
 *   cannot draw it, or only in part
 */
export async function drawChart(
  series: Series,
  type: ChartSpec["type"],
  title: string,
): Promise<Chart> {
  const { points } = series;
  if (points.length === 0) {
    throw new NothingToDrawError("no row of the query has a value on both axes");
  }
  const colors = new Set(points.map(({ group }) => group)).size;
  if (colors > colorLimit) {
    throw new NothingToDrawError(
      `${colors} values to tell apart by colour are more than ${colorLimit}: select fewer in the query`,
    );
  }
  const shown = thinned(points, type);
  const less = shown.length < points.length;
  const subtitle = less
    ? `${shown.length.toLocaleString("en-US")} of ${counted(points.length, "point")} drawn`
    : undefined;
  const spec = {
    title: {
      text: drawableTitle(title),
      ...(subtitle === undefined ? {} : { subtitle }),
      limit: width,
    },
    // A picture is described as a whole; a label for each of thousands of marks helps nobody.
    config: { ...pictureConfig, mark: { aria: false } },
    // Under names of their own: those of columns may look like paths into objects.
    data: { values: shown.map((point) => datumOf(point, type)) },
    ...layoutOf(series, type, shown),
  };
  const svg = named(await drawSpec(title, spec as unknown as TopLevelSpec), title);
  return { svg, drawn: shown.length, points: points.length };
}

/** With the name that readers who can't see it are told. */
function named(svg: string, title: string): string {
  const text = title.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  // As a function: a title may hold what stands for something in replacements.
  return svg.replace(/^<svg [^>]*>/, (tag) => `${tag}<title>${text}</title>`);
}

/**
 * Bars are cut off after the first ones, which the query put there. Of the others every few are drawn,
 * and those at the edges always: findings speak of them.
 */
function thinned(points: readonly Point[], type: ChartSpec["type"]): readonly Point[] {
  if (type === "bar") return points.slice(0, barLimit);
  // A histogram is drawn from its bins, which every value must be in.
  if (type === "histogram" || points.length <= markLimit) return points;
  const every = Math.ceil(points.length / markLimit);
  const byHeight = (a: Point, b: Point): number => a.y - b.y;
  const sorted = [...points].sort(byHeight);
  const places = points.filter(({ x }) => typeof x === "number");
  const along = places.sort((a, b) => Number(a.x) - Number(b.x));
  const edges = new Set([sorted[0], sorted.at(-1), along[0], along.at(-1)]);
  return points.filter((point, index) => index % every === 0 || edges.has(point));
}

function datumOf({ x, y, group }: Point, type: ChartSpec["type"]): Record<string, unknown> {
  const at = type === "bar" ? labelOf(x) : x;
  return { x: at, y, ...(group === undefined ? {} : { group }) };
}

const blue = "#3b7dd8";

function layoutOf({ x, y }: Series, type: ChartSpec["type"], shown: readonly Point[]) {
  const color = shown.some(({ group }) => group !== undefined)
    ? { color: { field: "group", type: "nominal", title: null, scale: { scheme: "tableau10" } } }
    : {};
  const across = { field: "x", title: titleOf(x), ...axisType(x) };
  const up = { field: "y", type: "quantitative", title: titleOf(y) };
  switch (type) {
    case "bar": {
      const names = { ...across, axis: { labelLimit: 200, labelAngle: 0 } };
      // Rounded corners would be clipped, by paths whose names count up for as long as the process lives.
      const mark = { type: "bar", color: blue };
      const lying =
        shown.length > standingBars || shown.some(({ x: name }) => `${name}`.length > 12);
      return lying
        ? { width, height: { step: barStep }, mark, encoding: { y: names, x: up } }
        : { width, height, mark, encoding: { x: names, y: up } };
    }
    case "line":
      return {
        width,
        height,
        mark: { type: "line", color: blue, point: shown.length <= standingBars },
        encoding: { x: across, y: { ...up, scale: { zero: false } }, ...color },
      };
    case "scatter": {
      const free = { scale: { ...across.scale, zero: false } };
      return {
        width,
        height,
        mark: { type: "point", filled: true, color: blue, opacity: 0.6, size: 30 },
        encoding: {
          x: { ...across, ...(x.kind === "number" ? free : {}) },
          y: { ...up, scale: { zero: false } },
          ...color,
        },
      };
    }
    case "histogram":
      return {
        width,
        height,
        mark: { type: "bar", color: blue },
        encoding: {
          x: { ...across, bin: { maxbins: bins } },
          y: { ...up, aggregate: "sum" },
        },
      };
  }
}

function axisType({ kind, name }: Axis) {
  switch (kind) {
    case "time":
      return { type: "temporal", scale: { type: "utc" } };
    case "number":
      // Years are written without a separator.
      return {
        type: "quantitative",
        scale: { zero: false },
        ...(/year/i.test(name) ? { axis: { format: "d" } } : {}),
      };
    case "text":
      return { type: "nominal", scale: {}, sort: null };
  }
}

function titleOf({ name, unit }: Axis): string {
  const words = name.replaceAll("_", " ");
  return drawableTitle(unit === undefined ? words : `${words} (${unit})`);
}
