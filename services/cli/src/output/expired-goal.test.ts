import {
  applyRecords,
  type GoalRecord,
  hasEnded,
  summaryOf,
  unknownGoal,
  viewOf,
} from "@troupe/goals";
import { expect, test } from "vitest";
import { exitCodeOfGoal } from "../goal-end.ts";
import { eventLine } from "./event-line.ts";
import { exampleCourse } from "./example-course.ts";
import { goalListScreen } from "./goal-list-screen.ts";
import { plainPaint } from "./paint.ts";
import { advance, noProgress } from "./progress.ts";
import { resultScreen } from "./result-screen.ts";

const screen = { width: 96, paint: plainPaint };
const expired = (outcome: "succeeded" | "failed"): GoalRecord => ({
  type: "expired",
  kind: "clean",
  outcome,
  sequence: 7,
  acceptedAt: 1000,
  endedAt: 9000,
});
const stateOf = (record: GoalRecord) => applyRecords(unknownGoal("old"), [record], 5_000_000);

test("a goal of which only the expiry is left is shown as what is known of it", () => {
  const view = viewOf(stateOf(expired("succeeded")));
  expect(resultScreen(view, {}, screen)[0]).toBe(
    "✔ old succeeded in 8.0 s; its history has expired",
  );
  expect(goalListScreen([summaryOf(stateOf(expired("failed")))], 0, screen)[1]).toMatch(
    /old\s+clean\s+✔ expired\s+0\/0/,
  );
});

test("it has ended, and its exit code is that of its outcome", () => {
  for (const [outcome, code] of [
    ["succeeded", 0],
    ["failed", 1],
  ] as const) {
    const view = viewOf(stateOf(expired(outcome)));
    expect(hasEnded(view)).toBe(true);
    expect(exitCodeOfGoal(view)).toBe(code);
  }
});

test("its one decision is one line, also after the others", () => {
  const event = { sequence: 99, at: 61_000, record: expired("succeeded") };
  const line = "   60.00 s  expired     goal old, succeeded; its history is removed";
  expect(eventLine(event, advance(noProgress("old"), event))).toBe(line);
  const whole = exampleCourse.reduce(advance, noProgress("old"));
  expect(eventLine(event, advance(whole, event))).toBe(line);
});
