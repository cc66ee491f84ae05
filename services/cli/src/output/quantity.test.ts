import { expect, test } from "vitest";
import { formatBytes, formatDuration, formatShare } from "./quantity.ts";

test("durations are told in the unit people would choose", () => {
  expect([0, 0.2, 840, 1249, 59_960, 200_000, 7_500_000].map(formatDuration)).toEqual([
    "0 ms",
    "<1 ms",
    "840 ms",
    "1.2 s",
    "1 min 0 s",
    "3 min 20 s",
    "2 h 5 min",
  ]);
});

test("less than all is never shown as all, and something never as nothing", () => {
  expect(formatShare(99_999, 100_000)).toBe("99.9%");
  expect(formatShare(1, 100_000)).toBe("0.1%");
  expect(formatShare(3, 3)).toBe("100%");
  expect(formatShare(0, 3)).toBe("0%");
  expect(formatShare(0, 0)).toBe("0%");
});

test("sizes are told in binary units", () => {
  expect([512, 1536, 3 * 1024 ** 3].map(formatBytes)).toEqual(["512 B", "1.5 KiB", "3.0 GiB"]);
  expect(formatBytes(2048 * 1024 ** 5)).toBe("2048.0 PiB");
});
