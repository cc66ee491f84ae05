import { expect, test } from "vitest";
import { checkLinearizable } from "./check-linearizable.ts";
import type { History } from "./history.ts";
import type { Model } from "./model.ts";
import { type KeyValueInput, keyValueModel } from "./models/key-value.ts";
import { type RegisterInput, type RegisterOutput, registerModel } from "./models/register.ts";

type RegisterHistory = History<RegisterInput<number>, RegisterOutput<number>>;

const read = { kind: "read" } as const;
const write = (value: number) => ({ kind: "write", value }) as const;
const model = registerModel<number>(0);

test("a read may see a write that overlaps it, or not", () => {
  for (const output of [0, 1]) {
    const history: RegisterHistory = [
      { process: "a", call: 0, return: 3, input: write(1) },
      { process: "b", call: 1, return: 2, input: read, output },
    ];
    expect(checkLinearizable(model, history).linearizable).toBe(true);
  }
});

test("a stale read after the write returned is named, with the order up to it", () => {
  const history: RegisterHistory = [
    { process: "a", call: 0, return: 1, input: write(1) },
    { process: "b", call: 2, return: 3, input: read, output: 0 },
    { process: "a", call: 4, return: 5, input: read, output: 1 },
  ];
  expect(checkLinearizable(model, history)).toEqual({
    linearizable: false,
    partition: undefined,
    partial: [history[0]],
    unplaced: history[1],
  });
});

test("two reads cannot see two overlapping writes in opposite orders", () => {
  const history: RegisterHistory = [
    { process: "a", call: 0, return: 9, input: write(1) },
    { process: "b", call: 0, return: 9, input: write(2) },
    { process: "c", call: 1, return: 2, input: read, output: 1 },
    { process: "c", call: 3, return: 4, input: read, output: 2 },
    { process: "c", call: 5, return: 6, input: read, output: 1 },
  ];
  expect(checkLinearizable(model, history)).toMatchObject({ unplaced: history[4] });
});

test("a write of unknown outcome may take effect late, once, or never, but not before its call", () => {
  const lost = { process: "a", call: 2, input: write(1) };
  const reads = (...outputs: number[]): RegisterHistory =>
    outputs.map((output, index) => ({
      process: "b",
      call: index * 2,
      return: index * 2 + 1,
      input: read,
      output,
    }));
  const verdict = (...outputs: number[]) => checkLinearizable(model, [lost, ...reads(...outputs)]);
  expect(verdict(0, 0, 0, 1, 1).linearizable).toBe(true);
  expect(verdict(0, 0, 0).linearizable).toBe(true);
  expect(verdict(0, 1, 0).linearizable).toBe(false);
  expect(verdict(1, 1, 1).linearizable).toBe(false);
});

test("an order has an operation of unknown outcome only where it must have happened", () => {
  const lost = { process: "a", call: 0, input: write(1) };
  const seen = { process: "b", call: 1, return: 2, input: read, output: 1 };
  expect(checkLinearizable(model, [lost])).toEqual({ linearizable: true, order: [] });
  expect(checkLinearizable(model, [lost, seen])).toMatchObject({ order: [lost, seen] });
});

test("an operation that returned without a known answer has still happened", () => {
  const history: RegisterHistory = [
    { process: "a", call: 0, return: 1, input: { kind: "cas", expected: 0, value: 5 } },
    { process: "a", call: 2, return: 3, input: read, output: 0 },
  ];
  expect(checkLinearizable(model, history)).toMatchObject({ unplaced: history[1] });
});

test("a return and a call of the same time count as concurrent", () => {
  const history: RegisterHistory = [
    { process: "a", call: 0, return: 1, input: write(1) },
    { process: "b", call: 1, return: 2, input: read, output: 0 },
  ];
  expect(checkLinearizable(model, history).linearizable).toBe(true);
});

test("a fault is told with the key it is at, and orders of many keys become one", () => {
  const history: History<KeyValueInput, string> = [
    { process: 1, call: 0, return: 5, input: { kind: "put", key: "x", value: "1" } },
    { process: 2, call: 1, return: 2, input: { kind: "put", key: "y", value: "2" } },
    { process: 2, call: 3, return: 4, input: { kind: "get", key: "x" }, output: "" },
  ];
  const [put, other, get] = history;
  expect(checkLinearizable(keyValueModel(), history)).toEqual({
    linearizable: true,
    order: [other, get, put],
  });
  const stale = { process: 3, call: 6, return: 7, input: { kind: "get", key: "x" } as const };
  const wrong = { ...stale, output: "" };
  expect(checkLinearizable(keyValueModel(), [...history, wrong])).toMatchObject({
    partition: "x",
    unplaced: wrong,
  });
});

test("a limit leaves the question open and says which it was", () => {
  const history: RegisterHistory = Array.from({ length: 9 }, (_, index) => ({
    process: index,
    call: 0,
    return: 9,
    input: write(index),
  }));
  const undecided = { linearizable: undefined };
  const few = checkLinearizable(model, history, { nodes: 3 });
  expect(few).toEqual({ ...undecided, limit: "nodes", nodes: 3 });
  const late = checkLinearizable(model, history, { expired: () => true });
  expect(late).toEqual({ ...undecided, limit: "expired", nodes: 0 });
  expect(() => checkLinearizable(model, history, { nodes: Number.NaN })).toThrow(RangeError);
});

test("times that are no order are refused", () => {
  for (const [call, end] of [
    [2, 1],
    [Number.NaN, undefined],
    [0, Number.POSITIVE_INFINITY],
  ] as const) {
    const history = [{ process: "a", call, return: end, input: read, output: 0 }];
    expect(() => checkLinearizable(model, history)).toThrow(RangeError);
  }
});

const without = (set: ReadonlySet<string>, gone: string): ReadonlySet<string> =>
  new Set([...set].filter((one) => one !== gone));

test("a model of the user's own may leave a choice, and have states that are objects", () => {
  const bag: Model<ReadonlySet<string>, { put: string } | "take", string> = {
    initial: new Set(),
    step(state, input, output) {
      if (input !== "take") return [new Set([...state, input.put])];
      const taken = output === undefined ? [...state] : [output];
      return taken.filter((one) => state.has(one)).map((one) => without(state, one));
    },
  };
  const puts = ["a", "b", "c"].map((put, index) => ({
    process: "p",
    call: index,
    return: index,
    input: { put },
  }));
  const take = { process: "q", input: "take" as const };
  const unknown = { ...take, call: 4, return: 5 };
  const known = (call: number, output: string) => ({ ...take, call, return: call + 1, output });
  const verdict = (...outputs: string[]) => {
    const takes = outputs.map((output, index) => known(6 + index * 2, output));
    return checkLinearizable(bag, [...puts, unknown, ...takes]).linearizable;
  };
  expect(verdict("c", "a")).toBe(true);
  expect(verdict("b", "a")).toBe(true);
  expect(verdict("b", "b")).toBe(false);
  expect(verdict("a", "b", "c")).toBe(false);
});
