import fc from "fast-check";
import { expect, test } from "vitest";
import { heapify, pop, push } from "./heap.ts";

const less = (a: number, b: number): boolean => a < b;

function drained(heap: number[]): number[] {
  const taken: number[] = [];
  for (let next = pop(heap, less); next !== undefined; next = pop(heap, less)) taken.push(next);
  return taken;
}

test("whatever goes in comes out in order, pushed one by one or all at once", () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), (items) => {
      const inOrder = items.toSorted((a, b) => a - b);
      const pushed: number[] = [];
      for (const item of items) push(pushed, item, less);
      expect(drained(pushed)).toEqual(inOrder);
      const made = [...items];
      heapify(made, less);
      expect(drained(made)).toEqual(inOrder);
    }),
    { seed: 11 },
  );
});
