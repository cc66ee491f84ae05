import fc from "fast-check";
import { expect, test } from "vitest";
import type { FailureClass, ReportedFailure } from "./classify-failure.ts";
import {
  decideReplanning,
  defaultReplanningPolicy,
  type FailureSituation,
} from "./decide-replanning.ts";

const network: ReportedFailure = { code: "ECONNRESET" };
const quality: ReportedFailure = { code: "quality-gate-failed" };
const decide = (situation: Partial<FailureSituation>) =>
  decideReplanning({ failure: quality, replans: 0, ...situation });

test("a network failure is retried three times, ever later, and then answered by another plan", () => {
  const decisions = [0, 1, 2, 3].map((count) =>
    decide({ failure: network, earlier: { transient_network: count } }),
  );
  expect(decisions).toMatchObject([
    { kind: "retry", delayMs: 500, retriesLeft: 2 },
    { kind: "retry", delayMs: 1_000, retriesLeft: 1 },
    { kind: "retry", delayMs: 2_000, retriesLeft: 0 },
    { kind: "replan", delayMs: 0, replansLeft: 4 },
  ]);
});

const strategies: readonly (readonly [string, string, string])[] = [
  ["ENOSPC", "resource_exhaustion", "scale_down"],
  ["quality-gate-failed", "data_quality_failure", "add_validation"],
  ["schema-drift", "schema_mismatch", "schema_adaptation"],
  ["module-not-found", "dependency_missing", "dependency_resolution"],
  ["E42", "unknown", "fallback"],
];

test.each(strategies)(
  "%s is %s, and answered at once by another plan: %s",
  (code, name, strategy) => {
    expect(decide({ failure: { code } })).toMatchObject({
      kind: "replan",
      class: name,
      strategy,
      delayMs: 0,
    });
  },
);

test("failures of other classes do not use up the retries", () => {
  const decided = decide({ failure: network, earlier: { unknown: 3 } });
  expect(decided).toMatchObject({ kind: "retry", retriesLeft: 2 });
});

test("a failure that says it is not retryable is not tried again", () => {
  expect(decide({ failure: { ...network, retryable: false } }).kind).toBe("replan");
});

test("a failure that says that no plan can help is given up", () => {
  expect(decide({ failure: { ...quality, replannable: false } })).toMatchObject({
    kind: "give-up",
    reason: "not-replannable",
  });
  expect(decide({ failure: { ...network, replannable: false } }).kind).toBe("retry");
});

test("only failures of classes that there is a repair for are answered by another plan", () => {
  const policy = { repairable: ["schema_mismatch"] } as const;
  const decided = decideReplanning({ failure: quality, replans: 0 }, policy);
  expect(decided).toMatchObject({ kind: "give-up", reason: "not-replannable" });
  expect(decided.why).toContain("there is no repair by add_validation");
  const drift = { code: "schema-drift" };
  expect(decideReplanning({ failure: drift, replans: 0 }, policy).kind).toBe("replan");
});

test("a step that says how often it is tried again is, whatever it fails of", () => {
  const failure = { code: "E42" };
  const answers = [0, 1, 2].map((unknown) => {
    const earlier = { unknown, resource_exhaustion: 1 };
    return decideReplanning({ failure, earlier, replans: 0 }, { retries: 2 }).kind;
  });
  expect(answers).toEqual(["retry", "replan", "replan"]);
  const never = { failure: { ...failure, retryable: false }, replans: 0 };
  expect(decideReplanning(never, { retries: 2 }).kind).toBe("replan");
});

test("another way is taken only when it is surer than 0.6", () => {
  const kinds = [0.61, 0.6, 0.2, Number.NaN].map((confidence) => decide({ confidence }).kind);
  expect(kinds).toEqual(["replan", "give-up", "give-up", "give-up"]);
  expect(decide({ confidence: 0.6 })).toMatchObject({
    reason: "confidence-too-low",
    why: "data_quality_failure (code 'quality-gate-failed'): the other way is only 0.6 sure and must be above 0.6",
  });
  const bold = decideReplanning(
    { failure: quality, replans: 0, confidence: 0.3 },
    { threshold: 0.2 },
  );
  expect(bold.kind).toBe("replan");
});

test("a retry does not ask how sure another way is", () => {
  expect(decide({ failure: network, confidence: 0 }).kind).toBe("retry");
});

test("a plan is repaired five times, ever later, and then given up", () => {
  const decisions = [0, 1, 2, 3, 4, 5].map((replans) => decide({ replans }));
  expect(decisions).toMatchObject([
    { kind: "replan", delayMs: 0, replansLeft: 4 },
    { kind: "replan", delayMs: 1_000, replansLeft: 3 },
    { kind: "replan", delayMs: 2_000, replansLeft: 2 },
    { kind: "replan", delayMs: 4_000, replansLeft: 1 },
    { kind: "replan", delayMs: 8_000, replansLeft: 0 },
    { kind: "give-up", reason: "too-many-replans" },
  ]);
});

test("whatever fails, it ends after so many tries, and no wait is longer than the longest", () => {
  const code = fc.constantFrom("ECONNRESET", "ENOSPC", "schema-drift", "E42");
  const policy = fc.record({
    mostReplans: fc.nat({ max: 40 }),
    retryDelayMs: fc.nat({ max: 5_000 }),
    replanDelayMs: fc.nat({ max: 5_000 }),
    longestDelayMs: fc.nat({ max: 60_000 }),
  });
  fc.assert(
    fc.property(fc.infiniteStream(code), policy, (codes, chosen) => {
      let earlier: Partial<Record<FailureClass, number>> = {};
      let replans = 0;
      for (let tries = 1; ; tries++) {
        expect(tries).toBeLessThanOrEqual((chosen.mostReplans + 1) * 4);
        const failure = { code: codes.next().value };
        const decision = decideReplanning({ failure, earlier, replans, confidence: 0.9 }, chosen);
        earlier[decision.class] = (earlier[decision.class] ?? 0) + 1;
        if (decision.kind === "give-up") break;
        expect(decision.delayMs).toBeLessThanOrEqual(chosen.longestDelayMs);
        if (decision.kind === "replan") {
          earlier = {};
          replans++;
        }
      }
      expect(replans).toBe(chosen.mostReplans);
    }),
    { numRuns: 300, seed: 20_291 },
  );
  expect(defaultReplanningPolicy.mostReplans).toBe(5);
});
