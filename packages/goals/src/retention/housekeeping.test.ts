import { seededRandom, VirtualClock } from "@troupe/testkit";
import { expect, test } from "vitest";
import { keepHouse } from "./housekeeping.ts";

test("chores are done soon, then once an hour, or once a minute while there is more", async () => {
  const clock = new VirtualClock();
  const at: number[] = [];
  const begun = clock.now();
  const chore = async () => {
    at.push((clock.now() - begun) / 1000);
    return at.length < 3;
  };
  const stop = keepHouse([chore], { clock, random: seededRandom(1) });
  await clock.advance(3 * 3_600_000);
  const [first = 0, second = 0, third = 0, fourth = 0] = at;
  expect(first).toBeLessThan(10);
  for (const gap of [second - first, third - second]) expect(Math.abs(gap - 60)).toBeLessThan(16);
  expect(fourth - third).toBeGreaterThan(2600);
  const done = at.length;
  await stop();
  await clock.advance(10 * 3_600_000);
  expect(at).toHaveLength(done);
});

test("to stop aborts the chore at work and waits for it", async () => {
  const clock = new VirtualClock();
  const course: string[] = [];
  const chore = (signal: AbortSignal) =>
    new Promise<boolean>((resolve) => {
      course.push("begun");
      signal.addEventListener("abort", () => clock.schedule(100, () => resolve(false)));
    });
  const late = async () => {
    course.push("must not begin");
    return false;
  };
  const stop = keepHouse([chore, late], { clock, random: seededRandom(1) });
  await clock.advance(20_000);
  const stopped = stop().then(() => course.push("stopped"));
  await clock.advance(50);
  expect(course).toEqual(["begun"]);
  await clock.advance(100);
  await stopped;
  expect(course).toEqual(["begun", "stopped"]);
});
