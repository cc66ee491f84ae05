import { expect, test } from "vitest";
import { reconnectDelay } from "./reconnect-delay.ts";

test("pauses double up to two seconds and start again after a connection", () => {
  const delay = reconnectDelay(() => 0);
  const pauses = Array.from({ length: 8 }, () => {
    const pause = delay.next();
    delay.attempted();
    return pause;
  });
  expect(pauses).toEqual([50, 100, 200, 400, 800, 1600, 2000, 2000]);
  delay.connected();
  expect(delay.next()).toBe(50);
});

test("jitter adds at most a tenth", () => {
  expect(reconnectDelay(() => 0.999).next()).toBeLessThanOrEqual(55);
});
