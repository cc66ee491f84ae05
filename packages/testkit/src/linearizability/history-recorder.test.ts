import { expect, test } from "vitest";
import { HistoryRecorder } from "./history-recorder.ts";

test("calls and returns are numbered in the order they are told", () => {
  const recorder = new HistoryRecorder<string, number>();
  const first = recorder.call("a", "x");
  const second = recorder.call("b", "y");
  second.returned(2);
  first.returned();
  expect(recorder.history()).toEqual([
    { process: "a", call: 0, return: 3, input: "x", output: undefined },
    { process: "b", call: 1, return: 2, input: "y", output: 2 },
  ]);
});

test("what never ended stays open, and what had no effect is left out", () => {
  const recorder = new HistoryRecorder<string, number>();
  recorder.call("a", "x");
  recorder.call("b", "y").hadNoEffect();
  expect(recorder.history()).toEqual([{ process: "a", call: 0, input: "x" }]);
});

test("a call ends once", () => {
  const recorder = new HistoryRecorder<string, number>();
  const open = recorder.call("a", "x");
  open.returned(1);
  expect(() => open.returned(2)).toThrow("ended before");
  expect(() => open.hadNoEffect()).toThrow("ended before");
});

test("an operation that rejects is of unknown outcome, and the caller learns why", async () => {
  const recorder = new HistoryRecorder<string, number>();
  expect(await recorder.run("a", "x", async () => 7)).toBe(7);
  const failing = recorder.run("a", "y", () => Promise.reject(new Error("timed out")));
  await expect(failing).rejects.toThrow("timed out");
  expect(recorder.history().map((one) => one.return)).toEqual([1, undefined]);
});
