import { expect, test } from "vitest";
import { checkLinearizable } from "../check-linearizable.ts";
import { type LeaseInput, type LeaseOutput, leaseModel } from "./lease.ts";

const acquire = { kind: "acquire", lease: "leader" } as const;
const release = (token: number) => ({ kind: "release", lease: "leader", token }) as const;

/** Operations one after another; one without an answer never returned. */
function isExplained(
  options: { lapses: boolean },
  ...calls: (readonly [LeaseInput, LeaseOutput?])[]
): boolean | undefined {
  const history = calls.map(([input, output], index) => ({
    process: index,
    call: index,
    return: output === undefined ? undefined : index + 0.5,
    input,
    output,
  }));
  return checkLinearizable(leaseModel(options), history).linearizable;
}

const lock = { lapses: false };
const timed = { lapses: true };

test("a lock has one holder at a time", () => {
  expect(isExplained(lock, [acquire, 1], [acquire, false])).toBe(true);
  expect(isExplained(lock, [acquire, 1], [acquire, 2])).toBe(false);
  expect(isExplained(lock, [acquire, 1], [release(1), true], [acquire, 2])).toBe(true);
  expect(isExplained(lock, [acquire, false])).toBe(false);
  expect(isExplained(lock, [acquire, 1], [release(1), false])).toBe(false);
});

test("fencing tokens only grow", () => {
  expect(isExplained(timed, [acquire, 4], [acquire, 9])).toBe(true);
  expect(isExplained(timed, [acquire, 4], [acquire, 4])).toBe(false);
  expect(isExplained(timed, [acquire, 4], [acquire, 3])).toBe(false);
});

test("a lease that lapsed cannot be released, and its old holder cannot end the new one's", () => {
  expect(isExplained(timed, [acquire, 1], [release(1), false])).toBe(true);
  expect(isExplained(timed, [acquire, 1], [release(1), false], [acquire, false])).toBe(false);
  expect(isExplained(timed, [acquire, 1], [acquire, 2], [release(1), true])).toBe(false);
});

test("an acquire nobody heard of may hold the lease, and has used a token", () => {
  expect(isExplained(lock, [acquire], [acquire, false])).toBe(true);
  expect(isExplained(lock, [acquire], [acquire, false], [acquire, 2])).toBe(false);
  expect(isExplained(timed, [acquire], [acquire, false], [acquire, 2])).toBe(true);
  expect(isExplained(timed, [acquire], [acquire, false], [acquire, 1])).toBe(false);
  expect(isExplained(lock, [acquire], [release(1), true], [acquire, 2])).toBe(true);
});
