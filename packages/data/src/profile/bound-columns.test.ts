import { expect, test } from "vitest";
import { boundColumns } from "./bound-columns.ts";
import { type ColumnProfile, emptyColumn } from "./profile-schema.ts";

const column = (name: string, top: readonly string[]): ColumnProfile => ({
  ...emptyColumn,
  name,
  min: top[0] ?? null,
  max: top.at(-1) ?? null,
  top: top.map((value) => ({ value, rows: 1 })),
});
const bytes = (columns: readonly ColumnProfile[]) => Buffer.byteLength(JSON.stringify(columns));

test("columns of usual values are as they were", () => {
  const usual = Array.from({ length: 40 }, (_, at) => column(`c${at}`, ["red", "green", "blue"]));
  expect(boundColumns(usual)).toEqual(usual);
});

test("a value of megabytes is no frequent one, and is cut off where it is the largest", () => {
  const [bounded] = boundColumns([column("text", ["a", "z".repeat(5_000_000)])]);
  expect(bounded?.top).toEqual([{ value: "a", rows: 1 }]);
  expect(bounded?.max).toBe(`${"z".repeat(1000)}…`);
  expect(bounded?.min).toBe("a");
});

test.each([10, 100, 900])(
  "the profile of 500 columns of values with %i characters can be told",
  (length) => {
    const values = Array.from({ length: 12 }, (_, at) => `${at}`.padEnd(length, "ü"));
    const bounded = boundColumns(Array.from({ length: 500 }, (_, at) => column(`c${at}`, values)));
    expect(bounded).toHaveLength(500);
    expect(bytes(bounded)).toBeLessThanOrEqual(320 * 1024);
  },
);
