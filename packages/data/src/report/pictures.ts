import type { TopLevelSpec } from "vega-lite";
import { DrawingFailedError } from "../errors.ts";
import { drawSpec } from "./draw-spec.ts";
import { drawableTitle } from "./drawable-title.ts";
import { pictureConfig } from "./picture-config.ts";
import type { ReportInput, Years } from "./report-input.ts";

/** A picture of the report. */
export interface Picture {
  readonly name: string;
  readonly title: string;
  readonly svg: string;
}

/** A picture that the report would have, and why it has not. */
interface Undrawn {
  readonly name: string;
  readonly title: string;
  readonly why: string;
}

/** What became of a picture of the report. */
export type Drawing = Picture | Undrawn;

/** A picture to be drawn. */
interface Wanted {
  readonly name: string;
  readonly title: string;
  readonly spec: TopLevelSpec;
}

/** Draws what words tell badly: what is missing in each column, and what a repair moved. */
export function drawPictures(input: ReportInput): Promise<readonly Drawing[]> {
  const columns = columnsAtGlance(input);
  return drawEach([
    { name: "missing", title: "Missing values by column", spec: missingValues(input) },
    ...(columns === undefined
      ? []
      : [{ name: "columns", title: "What the columns hold", spec: columns }]),
    ...input.years.map((years, index) => ({
      name: `years-${index + 1}`,
      title: `${years.column}: rows by year, before and after the repair`,
      spec: rowsByYear(years),
    })),
  ]);
}

/**
 * Draws Vega-Lite specifications as they stand: no data is fetched, nothing is asked of the reader. What cannot be drawn is
 * no reason to publish nothing: the report says why.
 */
export async function drawEach(wanted: readonly Wanted[]): Promise<readonly Drawing[]> {
  const drawings: Drawing[] = [];
  for (const { name, title, spec } of wanted) {
    // Vega marks the rows that it is given as its own.
    const own = structuredClone(spec);
    const whole = { ...own, title: drawableTitle(title), config: pictureConfig } as TopLevelSpec;
    try {
      drawings.push({ name, title, svg: await drawSpec(title, whole) });
    } catch (thrown) {
      if (!(thrown instanceof DrawingFailedError)) throw thrown;
      drawings.push({ name, title, why: thrown.details.why });
    }
  }
  return drawings;
}

/** Those that there are. */
export function drawn(drawings: readonly Drawing[]): readonly Picture[] {
  return drawings.filter((drawing) => "svg" in drawing);
}

/** A picture that was not drawn, in words. */
export function undrawnInWords({ title, why }: Undrawn): string {
  return `There is no picture '${title}': ${why}.`;
}

function missingValues({ profile, nullsAfter, rows }: ReportInput): TopLevelSpec {
  const values = profile.columns.map(({ name }) => ({
    column: name,
    share: rows.kept === 0 ? 0 : (nullsAfter[name] ?? 0) / rows.kept,
  }));
  return {
    width: 520,
    height: { step: 18 },
    data: { values },
    mark: { type: "bar", color: "#3b7dd8", cornerRadiusEnd: 2 },
    encoding: {
      y: { field: "column", type: "nominal", sort: null, title: null },
      x: {
        field: "share",
        type: "quantitative",
        title: "share of rows without a value",
        axis: { format: "%" },
        scale: { domain: [0, 1] },
      },
    },
  };
}

type Concatenated = Extract<TopLevelSpec, { readonly concat: unknown }>["concat"];

/** Columns drawn at most. */
const columnLimit = 24;
/** Most frequent values drawn of a column. */
const valueLimit = 8;

/** Each column in a picture of its own: numbers by their quantiles, others by their most frequent values. */
function columnsAtGlance({ profile }: ReportInput): TopLevelSpec | undefined {
  const axis = { title: null, labelLimit: 140 };
  const bar = { type: "bar" as const, color: "#3b7dd8" };
  const concat = profile.columns.slice(0, columnLimit).flatMap((column): Concatenated => {
    const { name, quantiles, top } = column;
    const size = { title: drawableTitle(name), width: 220, height: 90 };
    if (quantiles !== undefined && new Set(quantiles).size > 2) {
      const values = quantiles.map((value, at) => ({ value, share: at / (quantiles.length - 1) }));
      const encoding = {
        x: { field: "value", type: "quantitative" as const, scale: { zero: false }, ...axis },
        y: { field: "share", type: "quantitative" as const, axis: { format: "%" }, ...axis },
      };
      return [
        { ...size, data: { values }, mark: { type: "line" as const, color: "#3b7dd8" }, encoding },
      ];
    }
    if (top.length === 0) return [];
    const encoding = {
      y: { field: "value", type: "nominal" as const, sort: null, ...axis },
      x: { field: "rows", type: "quantitative" as const, ...axis },
    };
    return [{ ...size, data: { values: top.slice(0, valueLimit) }, mark: bar, encoding }];
  });
  return concat.length === 0 ? undefined : { columns: 3, concat };
}

function rowsByYear({ before, after }: Years): TopLevelSpec {
  const values = [
    ...before.map((point) => ({ ...point, when: "before" })),
    ...after.map((point) => ({ ...point, when: "after" })),
  ];
  return {
    data: { values },
    facet: {
      row: {
        field: "when",
        type: "nominal",
        sort: ["before", "after"],
        title: null,
      },
    },
    spec: {
      width: 560,
      height: 110,
      mark: { type: "bar", color: "#3b7dd8", width: 3 },
      encoding: {
        x: {
          field: "year",
          type: "quantitative",
          title: "year",
          axis: { format: "d" },
          scale: { zero: false },
        },
        y: { field: "rows", type: "quantitative", title: "rows", scale: { type: "symlog" } },
      },
    },
  };
}
