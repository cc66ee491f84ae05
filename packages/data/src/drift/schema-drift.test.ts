import { expect, test } from "vitest";
import {
  adaptSource,
  compareSchemas,
  DriftError,
  type DriftPolicy,
  driftPolicySchema,
  type KnownColumn,
} from "../index.ts";

const column = (
  name: string,
  values: readonly string[],
  over: Partial<KnownColumn["schema"]> & Partial<Pick<KnownColumn, "min" | "max">> = {},
): KnownColumn => {
  const { min = null, max = null, ...schema } = over;
  return {
    schema: {
      name,
      type: "text",
      nullable: false,
      placeholders: [],
      confidence: 1,
      evidence: "seen",
      ...schema,
    },
    rows: 100,
    nulls: 0,
    distinct: values.length,
    min,
    max,
    values: [...values],
  };
};
const letters = ["a", "b", "c", "d", "e"];
const words = ["red", "green", "blue", "grey"];
const before = [column("cust_id", letters), column("colour", words)];
const policy = (over: Partial<DriftPolicy> = {}) => driftPolicySchema.parse(over);
const kindsOf = (drifts: ReturnType<typeof compareSchemas>) =>
  drifts.map(({ kind, column: name, now }) => [kind, name, now ?? ""]);

test("the same columns in another order are no change", () => {
  expect(compareSchemas("s", before, before.toReversed())).toEqual([]);
});

test("a column under another name is known by its values", () => {
  const now = [column("customer", ["a", "b", "c", "d", "z"]), column("colour", words)];
  expect(kindsOf(compareSchemas("s", before, now))).toEqual([["renamed", "cust_id", "customer"]]);
});

test("a new column that holds something else is new, and the old one is gone", () => {
  const now = [column("note", ["x1", "x2", "x3", "x4"]), column("colour", words)];
  expect(kindsOf(compareSchemas("s", before, now))).toEqual([
    ["removed", "cust_id", ""],
    ["added", "note", ""],
  ]);
});

test("of two columns that are as like, neither is taken for the one that is gone", () => {
  const now = [column("buyer", letters), column("payer", letters), column("colour", words)];
  expect(kindsOf(compareSchemas("s", before, now))).toEqual([
    ["removed", "cust_id", ""],
    ["added", "buyer", ""],
    ["added", "payer", ""],
  ]);
});

test("two values that nearly every column has do not make columns the same", () => {
  const old = [column("active", ["true", "false"])];
  const now = [column("verified", ["true", "false"])];
  expect(kindsOf(compareSchemas("s", old, now))).toEqual([
    ["removed", "active", ""],
    ["added", "verified", ""],
  ]);
});

test("a column of another type is never the one that is gone", () => {
  const now = [column("customer", letters, { type: "json" }), column("colour", words)];
  expect(kindsOf(compareSchemas("s", before, now))[0]).toEqual(["removed", "cust_id", ""]);
});

test("numbers are known by their range and name where their values have moved on", () => {
  const range = { type: "integer" as const, min: "0", max: "1000" };
  const old = [column("order_number", ["1", "2", "3", "4"], range)];
  const now = [column("order_no", ["1", "2", "3", "9"], { ...range, max: "1100" })];
  expect(kindsOf(compareSchemas("s", old, now))).toEqual([["renamed", "order_number", "order_no"]]);
});

test("a policy adapts what the transformations read, and says what it did", () => {
  const old = [...before, column("stock", ["1"], { type: "integer" })];
  const now = [
    column("customer", letters),
    column("colour", ["1", "2"], { type: "integer" }),
    column("extra", ["p"]),
  ];
  const drifts = compareSchemas("s", old, now);
  const { readings, notes } = adaptSource("s", old, now, drifts, policy({ removed: "null" }));
  expect(
    readings.map(({ name, schema, type }) => [name, schema?.name, schema?.type ?? type]),
  ).toEqual([
    ["cust_id", "customer", "text"],
    ["colour", "colour", "text"],
    ["extra", "extra", "text"],
    ["stock", undefined, "integer"],
  ]);
  expect(notes).toHaveLength(drifts.length);
});

test.for(["added", "renamed", "retyped", "removed"] as const)(
  "what is %s is refused when the policy says so, by name",
  (kind) => {
    const old = [...before, column("stock", ["1"], { type: "integer" })];
    const now = [
      column("customer", letters),
      column("colour", ["1", "2"], { type: "integer" }),
      column("extra", ["p"]),
    ];
    const drifts = compareSchemas("s", old, now);
    const accepting = policy({ removed: "accept" });
    expect(() => adaptSource("s", old, now, drifts, accepting)).not.toThrow();
    const refuse = () => adaptSource("s", old, now, drifts, { ...accepting, [kind]: "refuse" });
    expect(refuse).toThrow(DriftError);
    expect(refuse).toThrow(`'s.${drifts.find((drift) => drift.kind === kind)?.column}'`);
  },
);
