import { expect, test } from "vitest";
import { checkDeltaAtomic } from "./delta-atomic.ts";
import type { Operation } from "./history.ts";
import { type RegisterInput, type RegisterOutput, registerModel } from "./models/register.ts";

type On = Operation<RegisterInput<number>, RegisterOutput<number>>;

const model = registerModel<number>(0);

function write(at: number, value: number): On {
  return { process: "writer", call: at, return: at, input: { kind: "write", value } };
}

function read(at: number, output: number, process = "reader"): On {
  return { process, call: at, return: at, input: { kind: "read" }, output };
}

function ofReads(delta: number): (operation: On) => number {
  return ({ input }) => (input.kind === "read" ? delta : 0);
}

/** Whether it is so with each Δ. */
function atomicWith(deltas: readonly number[], ...history: On[]): (boolean | undefined)[] {
  return deltas.map((delta) => checkDeltaAtomic(model, history, ofReads(delta)).linearizable);
}

test("a read may give what was overwritten not longer than Δ before", () => {
  expect(atomicWith([0, 9, 10], write(10, 1), write(20, 2), read(30, 1))).toEqual([
    false,
    false,
    true,
  ]);
});

test("a value from before it was written is refused, however large Δ is", () => {
  expect(atomicWith([0, 1000], read(5, 1), write(10, 1))).toEqual([false, false]);
});

test("a value that was never held is refused, however large Δ is", () => {
  expect(atomicWith([1000], write(10, 1), write(20, 2), read(30, 3))).toEqual([false]);
});

test("within Δ the reads of one process may go back in time", () => {
  expect(atomicWith([10], write(10, 1), write(20, 2), read(25, 2), read(26, 1))).toEqual([true]);
});

test("each read has a Δ of its own", () => {
  const history = [write(10, 1), write(20, 2), read(30, 1, "slept"), read(31, 2, "awake")];
  const check = (slept: number) =>
    checkDeltaAtomic(model, history, ({ process }) => (process === "slept" ? slept : 0));
  expect(check(10).linearizable).toBe(true);
  expect(check(9).linearizable).toBe(false);
});

test("a Δ that is none is refused", () => {
  for (const delta of [-1, Number.NaN]) {
    expect(() => checkDeltaAtomic(model, [read(1, 0)], () => delta)).toThrow(
      `Δ for process reader is ${delta}: give 0 or more`,
    );
  }
});
