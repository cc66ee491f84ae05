import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkLinearizable } from "./check-linearizable.ts";
import type { Operation } from "./history.ts";
import { hasOrder, isOrderOf } from "./testing/brute-force.test-data.ts";
import { execute } from "./testing/random-execution.test-data.ts";
import {
  journal,
  keyValue,
  lease,
  register,
  type Subject,
} from "./testing/reference-objects.test-data.ts";

const seed = fc.integer();
const small = fc.record({
  seed,
  operations: fc.integer({ min: 2, max: 7 }),
  processes: fc.integer({ min: 1, max: 4 }),
  lost: fc.constantFrom(0, 0.15),
});
const large = fc.record({
  seed,
  operations: fc.constantFrom(50, 300),
  processes: fc.constantFrom(3, 10),
  lost: fc.constantFrom(0, 0.02),
});

/** The history with the answer to one operation given to another. */
function withAnswersSwapped<Input, Output>(
  history: readonly Operation<Input, Output>[],
  one: number,
  other: number,
): Operation<Input, Output>[] {
  const from = history[one % history.length];
  return history.map((operation, index) =>
    index === other % history.length ? { ...operation, output: from?.output } : operation,
  );
}

function describeSubject<State, Input, Output>(
  name: string,
  subject: Subject<State, Input, Output>,
): void {
  const { model } = subject;
  describe(name, () => {
    test("every history of a real execution is accepted, with an order that explains it", () => {
      fc.assert(
        fc.property(fc.oneof(small, large), (execution) => {
          const history = execute(subject, execution);
          const verdict = checkLinearizable(model, history);
          expect(verdict.linearizable).toBe(true);
          if (verdict.linearizable) expect(isOrderOf(model, history, verdict.order)).toBe(true);
        }),
        { seed: 1, numRuns: 150 },
      );
    });

    test("a history with a wrong answer is refused exactly when no order at all explains it", () => {
      const counts = { true: 0, false: 0 };
      fc.assert(
        fc.property(small, fc.nat(6), fc.nat(6), (execution, one, other) => {
          const history = withAnswersSwapped(execute(subject, execution), one, other);
          const { linearizable } = checkLinearizable(model, history);
          expect(linearizable).toBe(hasOrder(model, history));
          counts[`${linearizable === true}`] += 1;
        }),
        { seed: 2, numRuns: 1500 },
      );
      expect(Math.min(counts.true, counts.false)).toBeGreaterThan(50);
    });

    test("what is refused comes with an order up to a return that no order reaches", () => {
      fc.assert(
        fc.property(small, fc.nat(6), fc.nat(6), (execution, one, other) => {
          const history = withAnswersSwapped(execute(subject, execution), one, other);
          const verdict = checkLinearizable(model, history);
          if (verdict.linearizable !== false) return;
          const { partial, unplaced, partition } = verdict;
          const part = history.filter(({ input }) => model.partition?.(input) === partition);
          const end = unplaced.return ?? Number.NaN;
          expect(hasOrder(model, part, end - 1)).toBe(true);
          expect(hasOrder(model, part, end)).toBe(false);
          expect(partial).not.toContain(unplaced);
          const returned = part.filter((each) => (each.return ?? end) < end);
          expect(partial).toEqual(expect.arrayContaining(returned));
          expect(isOrderOf(model, partial, partial)).toBe(true);
        }),
        { seed: 3, numRuns: 300 },
      );
    });
  });
}

describeSubject("a register", register);
describeSubject("keys and values", keyValue);
describeSubject("leases", lease);
describeSubject("a journal", journal);

test("a value that nobody wrote is found among thousands of operations", () => {
  const history = execute(register, { seed: 4, operations: 5000, processes: 10, lost: 0 });
  expect(checkLinearizable(register.model, history).linearizable).toBe(true);
  const wrong = history.findIndex(({ input }, index) => input.kind === "read" && index > 2500);
  const mutated = history.map((one, index) => (index === wrong ? { ...one, output: 99 } : one));
  expect(checkLinearizable(register.model, mutated)).toMatchObject({
    linearizable: false,
    unplaced: mutated[wrong],
  });
});
