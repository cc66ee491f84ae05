import fc from "fast-check";
import { expect, test } from "vitest";
import { classifyFailure, type FailureClass, type ReportedFailure } from "./classify-failure.ts";

const known: readonly (readonly [ReportedFailure, FailureClass])[] = [
  [{ code: "ECONNRESET" }, "transient_network"],
  [{ code: "EAI_AGAIN" }, "transient_network"],
  [{ code: "no-responders" }, "transient_network"],
  [{ code: "model-unavailable" }, "transient_network"],
  [{ code: "agent-elsewhere" }, "transient_network"],
  [{ message: "read ECONN: socket hang up" }, "transient_network"],
  [{ message: "Connection timed out after 30 s" }, "transient_network"],
  [{ code: "ENOSPC" }, "resource_exhaustion"],
  [{ message: "Out of Memory Error: could not allocate block" }, "resource_exhaustion"],
  [{ message: "write failed: no space left on device" }, "resource_exhaustion"],
  [{ code: "quality-gate-failed" }, "data_quality_failure"],
  [{ message: "quality score 0.7 is below 0.9" }, "data_quality_failure"],
  [{ message: "12 rows violate the rules" }, "data_quality_failure"],
  [{ code: "SCHEMA_DRIFT" }, "schema_mismatch"],
  [{ message: "Conversion Error: could not convert 'abc' to INT32" }, "schema_mismatch"],
  [{ message: 'column "price" does not exist' }, "schema_mismatch"],
  [{ code: "ENOENT" }, "dependency_missing"],
  [{ code: "ERR_MODULE_NOT_FOUND" }, "dependency_missing"],
  [{ message: "Cannot find module 'left-pad'" }, "dependency_missing"],
];

test.each(known)("%o is %s", (failure, expected) => {
  expect(classifyFailure(failure).class).toBe(expected);
});

test("every class has a strategy of its own, and only a network is worth trying again as it is", () => {
  const all = [
    ...new Map(known.map(([failure, name]) => [name, classifyFailure(failure)])).values(),
  ];
  expect(all.map(({ strategy, retries, replan }) => [strategy, retries, replan])).toEqual([
    ["retry", 3, true],
    ["scale_down", 0, true],
    ["add_validation", 0, true],
    ["schema_adaptation", 0, true],
    ["dependency_resolution", 0, true],
  ]);
});

test("a loose word decides nothing", () => {
  for (const message of [
    "the memory of the network schema",
    "quality matters",
    "column chart",
    "connection",
    "",
  ]) {
    const { class: name, strategy, retries } = classifyFailure({ message });
    expect([name, strategy, retries]).toEqual(["unknown", "fallback", 0]);
  }
});

test("a known code outweighs the message", () => {
  const failure = { code: "ENOENT", message: "connection reset" };
  expect(classifyFailure(failure).class).toBe("dependency_missing");
});

test("a message is read when the code is not known", () => {
  const failure = { code: "E42", message: "connection reset by peer" };
  expect(classifyFailure(failure)).toMatchObject({
    class: "transient_network",
    evidence: "message says 'connection reset'",
  });
});

test("a failure that says it is not retryable is not tried again", () => {
  const { retries, strategy } = classifyFailure({ code: "ETIMEDOUT", retryable: false });
  expect([retries, strategy]).toEqual([0, "retry"]);
});

test("a failure that says that no plan can help does not ask for one", () => {
  expect(classifyFailure({ code: "ENOENT", replannable: false }).replan).toBe(false);
});

test("the evidence says what decided", () => {
  expect(classifyFailure({ code: "ENOMEM" }).evidence).toBe("code 'ENOMEM'");
  expect(classifyFailure({}).evidence).toBe("no code and the message names no class");
  expect(classifyFailure({ code: "E42" }).evidence).toBe(
    "code 'E42' is not known and the message names no class",
  );
});

test("anything at all gets one class and never an exception", () => {
  const text = fc.option(fc.string({ unit: "binary" }), { nil: undefined });
  fc.assert(
    fc.property(text, text, fc.boolean(), (code, message, retryable) => {
      const { retries, evidence } = classifyFailure({ code, message, retryable });
      expect(retries).toBeGreaterThanOrEqual(0);
      expect(evidence).not.toBe("");
    }),
    { numRuns: 500, seed: 20_271 },
  );
});
