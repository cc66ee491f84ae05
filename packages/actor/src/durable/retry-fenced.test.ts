import { seededRandom, settled, VirtualClock } from "@troupe/testkit";
import { expect, test } from "vitest";
import { FencedError } from "../errors.ts";
import { retryFenced } from "./retry-fenced.ts";

/** Fails with each of the errors, one a try, and then succeeds. */
function failing(...errors: readonly Error[]) {
  const left = [...errors];
  let tried = 0;
  const attempt = async (): Promise<string> => {
    tried += 1;
    const error = left.shift();
    if (error !== undefined) throw error;
    return "appended";
  };
  return { attempt, tried: () => tried };
}
const fenced = new FencedError("journal.a.b", 1);

test("who was forestalled tries again, as often as it may", async () => {
  const twice = failing(fenced, fenced);
  expect(await retryFenced(twice.attempt, { tries: 3 })).toBe("appended");
  expect(twice.tried()).toBe(3);
  const ever = failing(fenced, fenced, fenced);
  await expect(retryFenced(ever.attempt, { tries: 3 })).rejects.toBe(fenced);
  expect(ever.tried()).toBe(3);
});

test("what went wrong otherwise is not tried again", async () => {
  const broken = failing(new Error("down"));
  await expect(retryFenced(broken.attempt, { tries: 3 })).rejects.toThrow("down");
  expect(broken.tried()).toBe(1);
});

test("between tries a part of the longest pause passes", async () => {
  const clock = new VirtualClock();
  const random = seededRandom(1);
  const { attempt, tried } = failing(fenced);
  const done = retryFenced(attempt, { tries: 2, between: { clock, random, mostMs: 50 } });
  await settled();
  expect(tried()).toBe(1);
  await clock.advance(50);
  expect(await done).toBe("appended");
});
