import type { ColumnProfile } from "./profile-schema.ts";

/** Longest value of a cell that a profile holds, characters. */
export const longestValue = 1000;
/** Most bytes of all columns of a profile, as JSON: it travels in messages of at most 1 MiB, beside the faults. */
const columnsBytes = 320 * 1024;

/** How many of the most frequent values are kept, and how long each may be: the first that fits. */
const bounds = [
  { length: longestValue, values: 12 },
  { length: 200, values: 12 },
  { length: 50, values: 12 },
  { length: 30, values: 6 },
  { length: 20, values: 3 },
  { length: 10, values: 0 },
] as const;

/**
 * Columns whose values are few and short enough for the profile to be told: a cell can hold megabytes, and a
 * table hundreds of columns. Of frequent values that are too long the column has none, so that each is a
 * value as it is; the smallest and the largest are cut off, and end in `…` then. All else is kept.
 */
export function boundColumns(columns: readonly ColumnProfile[]): ColumnProfile[] {
  let bounded: ColumnProfile[] = [];
  for (const { length, values } of bounds) {
    bounded = columns.map((column) => ({
      ...column,
      min: cutOff(column.min, length),
      max: cutOff(column.max, length),
      top: column.top.filter(({ value }) => value.length <= length).slice(0, values),
    }));
    if (Buffer.byteLength(JSON.stringify(bounded)) <= columnsBytes) break;
  }
  return bounded;
}

function cutOff(value: string | null, length: number): string | null {
  return value === null || value.length <= length ? value : `${value.slice(0, length)}…`;
}
