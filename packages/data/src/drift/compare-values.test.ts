import { expect, test } from "vitest";
import { type ColumnProfile, emptyColumn, type Profile } from "../profile/profile-schema.ts";
import { compareValues, stabilityIndex } from "./compare-values.ts";

function profile(columns: readonly Partial<ColumnProfile>[], rows = 1000): Profile {
  const source = { path: "/x.csv", format: "csv" as const, bytes: 1, sha256: "0" };
  const filled = columns.map((column) => ({ ...emptyColumn, name: "a", distinct: 10, ...column }));
  return { source, rows, duplicates: 0, columns: filled };
}

const numbers = (from: number, to: number): Partial<ColumnProfile> => ({
  decimals: 1000,
  quantiles: Array.from({ length: 21 }, (_, at) => from + ((to - from) * at) / 20),
});
const kinds = (before: Profile, after: Profile) =>
  compareValues(before, after).map(({ column, kind }) => `${column} ${kind}`);

test("a source that stays as it was has not drifted", () => {
  const same = profile([numbers(0, 100), { name: "b", top: [{ value: "x", rows: 900 }] }]);
  expect(compareValues(same, same)).toEqual([]);
});

test("columns that came, went, or read as something else are not compared", () => {
  const before = profile([numbers(0, 1), { name: "b" }]);
  const after = profile([{ name: "a", decimals: 100, nulls: 500 }, { name: "c" }]);
  expect(kinds(before, after)).toEqual([]);
});

test("numbers that moved are found, those that hardly moved are not", () => {
  expect(kinds(profile([numbers(0, 100)]), profile([numbers(2, 102)]))).toEqual([]);
  const [drift] = compareValues(profile([numbers(0, 100)]), profile([numbers(50, 150)]));
  expect(drift).toMatchObject({ kind: "distribution", distance: 0.5 });
  expect(drift?.size).toBeGreaterThan(1);
});

test("categories whose shares changed are found", () => {
  const of = (x: number, y: number) =>
    profile([
      {
        top: [
          { value: "x", rows: x },
          { value: "y", rows: y },
        ],
      },
    ]);
  expect(kinds(of(500, 500), of(520, 480))).toEqual([]);
  expect(kinds(of(500, 500), of(900, 100))).toEqual(["a distribution"]);
});

test("values that went missing are told", () => {
  expect(kinds(profile([{}]), profile([{ nulls: 300 }]))).toEqual(["a missing"]);
  expect(compareValues(profile([{ nulls: 100 }]), profile([{ nulls: 400 }]))[0]).toMatchObject({
    evidence: "40.0 % of its values are missing, before 10.0 %",
  });
});

test("a few values are no distribution", () => {
  const few = (from: number) => profile([{ ...numbers(from, from + 1), decimals: 20 }], 20);
  expect(kinds(few(0), few(50))).toEqual([]);
});

test("the stability index is that of the definition", () => {
  expect(stabilityIndex([0.5, 0.5], [0.9, 0.1])).toBeCloseTo(
    0.4 * Math.log(1.8) + 0.4 * Math.log(5),
  );
});
