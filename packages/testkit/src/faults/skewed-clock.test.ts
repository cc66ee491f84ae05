import { expect, test } from "vitest";
import { VirtualClock } from "../virtual-clock.ts";
import { skewedClock } from "./skewed-clock.ts";

test("a skewed clock tells another time of day, and the same durations", async () => {
  const clock = new VirtualClock();
  const ahead = skewedClock(clock, { skewMs: 5000 });
  await clock.advance(1000);
  expect(ahead.now() - clock.now()).toBe(5000);
  expect(ahead.monotonic()).toBe(1000);
});

test("a clock that runs fast gains time, and its timers come early", async () => {
  const clock = new VirtualClock();
  const fast = skewedClock(clock, { drift: 0.01 });
  let fired = 0;
  fast.schedule(101_000, () => {
    fired = clock.monotonic();
  });
  await clock.advance(100_000);
  expect(fast.monotonic()).toBeCloseTo(101_000);
  expect(fired).toBe(100_000);
});
