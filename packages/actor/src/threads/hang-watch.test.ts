import { VirtualClock } from "@troupe/testkit";
import { expect, test } from "vitest";
import { HangWatch } from "./hang-watch.ts";

function watched(answers: () => boolean, stirred: () => boolean = () => false) {
  const clock = new VirtualClock();
  const hung: number[] = [];
  const watch: HangWatch = new HangWatch({
    clock,
    limitMs: 800,
    ping: () => {
      if (answers()) queueMicrotask(() => watch.heard());
    },
    stirred,
    hung: (limitMs) => hung.push(limitMs),
  });
  return { clock, hung, watch };
}

test("a thread that answers is left alone", async () => {
  const { clock, hung } = watched(() => true);
  await clock.advance(60_000);
  expect(hung).toEqual([]);
});

test("a silent thread is called hung once, when the limit has passed", async () => {
  const { clock, hung } = watched(() => false);
  await clock.advance(799);
  expect(hung).toEqual([]);
  await clock.advance(10_000);
  expect(hung).toEqual([800]);
});

test("a silent thread that stirs otherwise is left alone", async () => {
  const { clock, hung } = watched(
    () => false,
    () => true,
  );
  await clock.advance(60_000);
  expect(hung).toEqual([]);
});

test("a new limit holds from when it is given", async () => {
  const { clock, hung, watch } = watched(() => false);
  await clock.advance(700);
  watch.allow(1600);
  await clock.advance(1599);
  expect(hung).toEqual([]);
  await clock.advance(1);
  expect(hung).toEqual([1600]);
});

test("a watch that was stopped says nothing", async () => {
  const { clock, hung, watch } = watched(() => false);
  watch.stop();
  await clock.advance(60_000);
  expect(hung).toEqual([]);
});

test("a watcher that was blocked for an hour does not blame the thread", () => {
  const due: Array<() => void> = [];
  const hung: number[] = [];
  let now = 0;
  const watch = new HangWatch({
    clock: {
      now: () => now,
      monotonic: () => now,
      schedule: (_delayMs, callback) => {
        due.push(callback);
        return () => {};
      },
    },
    limitMs: 800,
    ping: () => {},
    stirred: () => false,
    hung: (limitMs) => hung.push(limitMs),
  });
  now = 3_600_000;
  due.shift()?.();
  watch.heard();
  due.shift()?.();
  expect(hung).toEqual([]);
});
