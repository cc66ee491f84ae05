import type { Model, Scalar } from "../model.ts";

/** What is asked of a register. */
export type RegisterInput<Value extends Scalar> =
  | { readonly kind: "read" }
  | { readonly kind: "write"; readonly value: Value }
  | { readonly kind: "cas"; readonly expected: Value; readonly value: Value };

/** A read gives the value, a compare-and-set whether it took place; a write's is not looked at. */
export type RegisterOutput<Value extends Scalar> = Value | boolean;

/**
 * One value that is read, written and compared-and-set.
 *
 * @typeParam Value to be named, as in `registerModel<number>(0)`: inferred it would be `0` alone
 */
export function registerModel<Value extends Scalar>(
  initial: Value,
): Model<Value, RegisterInput<Value>, RegisterOutput<Value>> {
  return {
    initial,
    isReadOnly: ({ kind }, output) => kind === "read" || (kind === "cas" && output === false),
    step(state, input, output) {
      if (input.kind === "write") return [input.value];
      if (input.kind === "read") return output === undefined || output === state ? [state] : [];
      const isExpected = state === input.expected;
      if (output !== undefined && output !== isExpected) return [];
      return [isExpected ? input.value : state];
    },
  };
}
