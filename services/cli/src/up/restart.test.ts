import { expect, test } from "vitest";
import {
  firstPauseMs,
  longestPauseMs,
  pauseBeforeRestart,
  periodMs,
  restartLimit,
} from "./restart.ts";

test("each further restart within the period waits twice as long, up to the longest pause", () => {
  expect(pauseBeforeRestart([], 0)).toBe(firstPauseMs);
  expect(pauseBeforeRestart([0], 1000)).toBe(2 * firstPauseMs);
  const pauses = [0, 1, 2, 3, 4].map((n) => pauseBeforeRestart(Array(n).fill(0), 1000) ?? 0);
  expect(Math.max(...pauses)).toBeLessThanOrEqual(longestPauseMs);
});

test("a node that dies too often within the period is left alone", () => {
  expect(pauseBeforeRestart(Array(restartLimit).fill(0), periodMs - 1)).toBeUndefined();
});

test("old deaths are forgiven", () => {
  expect(pauseBeforeRestart(Array(restartLimit).fill(0), periodMs + 1)).toBe(firstPauseMs);
});
