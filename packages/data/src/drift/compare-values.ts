import type { ColumnProfile } from "../profile/profile-schema.ts";
import { shareBelow } from "../profile/quantiles.ts";
import type { ValueDrift } from "./value-drift.ts";

/** Population stability index from which on a distribution has moved. */
const indexLimit = 0.25;
/** Kolmogorov-Smirnov distance from which on it has, whatever the index says. */
const distanceLimit = 0.3;
/** Change of the share of missing values from which on it is told. */
const missingLimit = 0.1;
/** Fewest values of each version that a distribution is judged by. */
const leastValues = 50;
/** Shares below this count as this: an empty bin would make the index infinite. */
const leastShare = 0.001;
/** Bins that numbers are divided into. */
const binCount = 10;

/** What is known of a table that is compared. */
export interface Counted {
  readonly rows: number;
  readonly columns: readonly CountedColumn[];
}

/** What is known of a column that is compared. */
export type CountedColumn = Pick<
  ColumnProfile,
  "name" | "nulls" | "decimals" | "booleans" | "dates" | "quantiles" | "top"
>;

/**
 * Compares what the columns of a source hold with what they held before: distributions that moved (population
 * stability index over ten bins of equal size before, and the Kolmogorov-Smirnov distance for numbers), and missing
 * values. Columns of one version alone, and those whose values read as something else now, are changes of the schema
 * and left out. Pure; nothing is read.
 *
 * Distributions of numbers are known by their quantiles, of other values by the most frequent ones.
 */
export function compareValues(before: Counted, after: Counted): readonly ValueDrift[] {
  return after.columns.flatMap((column) => {
    const known = before.columns.find(({ name }) => name === column.name);
    if (known === undefined) return [];
    return compareColumn({ column: known, rows: before.rows }, { column, rows: after.rows });
  });
}

interface Version {
  readonly column: CountedColumn;
  readonly rows: number;
}

function compareColumn(before: Version, after: Version): readonly ValueDrift[] {
  const { name } = after.column;
  if (kindOf(before) !== kindOf(after) && present(before) > 0 && present(after) > 0) return [];
  const [lost, had] = [after, before].map(({ column, rows }) => column.nulls / Math.max(1, rows));
  const moved = Math.abs((lost ?? 0) - (had ?? 0));
  const missing: ValueDrift[] =
    moved < missingLimit
      ? []
      : [
          {
            column: name,
            kind: "missing",
            size: moved,
            evidence: `${percent(lost ?? 0)} of its values are missing, before ${percent(had ?? 0)}`,
          },
        ];
  return [...missing, ...distributionDrift(before, after)];
}

function present({ column, rows }: Version): number {
  return rows - column.nulls;
}

/** What nearly all values of a column read as. */
export function kindOf(version: Version): "numbers" | "booleans" | "dates" | "text" {
  const { column } = version;
  const most = present(version) * 0.8;
  if (column.decimals >= most) return "numbers";
  if (column.booleans >= most) return "booleans";
  const dated = Math.max(0, ...Object.values(column.dates));
  return dated >= most ? "dates" : "text";
}

function distributionDrift(before: Version, after: Version): readonly ValueDrift[] {
  if (present(before) < leastValues || present(after) < leastValues) return [];
  const { name, quantiles: is } = after.column;
  const was = before.column.quantiles;
  if (was !== undefined && is !== undefined) {
    const size = stabilityIndex(...binShares(was, is));
    const distance = largestDistance(was, is);
    if (size < indexLimit && distance < distanceLimit) return [];
    const evidence = `its middle value is ${middle(is)}, before ${middle(was)}; stability index ${size.toFixed(2)}, distance ${distance.toFixed(2)}`;
    return [{ column: name, kind: "distribution", size, distance, evidence }];
  }
  // Where nearly all values differ, the most frequent ones say nothing.
  const covered = (version: Version): number =>
    version.column.top.reduce((sum, { rows }) => sum + rows, 0) / present(version);
  if (covered(before) < 0.5) return [];
  const values = before.column.top.map(({ value }) => value);
  const shareOf = (version: Version, value: string): number =>
    (version.column.top.find((one) => one.value === value)?.rows ?? 0) / present(version);
  const [old, now] = [before, after].map((version) => {
    const shares = values.map((value) => shareOf(version, value));
    return [...shares, Math.max(0, 1 - shares.reduce((sum, share) => sum + share, 0))];
  });
  const size = stabilityIndex(old ?? [], now ?? []);
  if (size < indexLimit) return [];
  const evidence = `its most frequent values are not what they were; stability index ${size.toFixed(2)}`;
  return [{ column: name, kind: "distribution", size, evidence }];
}

/** Sum of (new − old) · ln(new / old) over the bins. */
export function stabilityIndex(before: readonly number[], after: readonly number[]): number {
  return before.reduce((sum, share, at) => {
    const [old, now] = [Math.max(share, leastShare), Math.max(after[at] ?? 0, leastShare)];
    return sum + (now - old) * Math.log(now / old);
  }, 0);
}

/** Shares of both versions in bins that were equally full before; equal bounds make one bin. */
function binShares(
  before: readonly number[],
  after: readonly number[],
): [readonly number[], readonly number[]] {
  const bounds = Array.from({ length: binCount - 1 }, (_, at) => {
    const place = ((at + 1) * (before.length - 1)) / binCount;
    return before[Math.round(place)] ?? 0;
  });
  const edges = [...new Set(bounds)];
  const shares = (quantiles: readonly number[]): readonly number[] => {
    const below = [...edges.map((edge) => shareBelow(quantiles, edge)), 1];
    return below.map((share, at) => share - (below[at - 1] ?? 0));
  };
  return [shares(before), shares(after)];
}

function largestDistance(before: readonly number[], after: readonly number[]): number {
  const points = [...before, ...after];
  return Math.max(
    ...points.map((point) => Math.abs(shareBelow(before, point) - shareBelow(after, point))),
  );
}

function middle(quantiles: readonly number[]): string {
  return String(Number((quantiles[Math.floor(quantiles.length / 2)] ?? 0).toPrecision(6)));
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
