import { settled, VirtualClock } from "@troupe/testkit";
import { expect, test } from "vitest";
import { CompactedError } from "../errors.ts";
import type { Decision } from "./decision-log.ts";
import { follow } from "./follow.ts";

/** Follows a log from its first decision; each read has one of the outcomes, the last again and again. */
function following(...outcomes: readonly (readonly Decision[] | Error)[]) {
  const clock = new VirtualClock();
  const heard: number[] = [];
  const failures: Error[] = [];
  let reads = 0;
  const stop = follow(
    1,
    { decided: ({ index }) => heard.push(index), failed: (error) => failures.push(error) },
    {
      clock,
      everyMs: 100,
      read: async () => {
        const outcome = outcomes[Math.min(reads, outcomes.length - 1)] ?? [];
        reads += 1;
        if (outcome instanceof Error) throw outcome;
        return outcome;
      },
    },
  );
  return { clock, heard, failures, stop, reads: () => reads };
}

const decision = (index: number): Decision => ({ index, id: `d${index}`, entry: index });

test("a read that fails is tried again after the usual wait", async () => {
  const { clock, heard, failures, reads } = following(new Error("down"), [decision(1)], []);
  await settled();
  expect(reads()).toBe(1);
  await clock.advance(99);
  expect(reads()).toBe(1);
  await clock.advance(1);
  expect(heard).toEqual([1]);
  expect(failures).toEqual([]);
});

test("decisions that are no longer kept end it: waiting would not bring them back", async () => {
  const { clock, failures, reads } = following(new CompactedError(1, 5));
  await clock.advance(1000);
  expect(failures).toEqual([new CompactedError(1, 5)]);
  expect(reads()).toBe(1);
});

test("who has stopped hears nothing of what is read at the time, and nothing is read after", async () => {
  const { clock, heard, stop, reads } = following([decision(1)]);
  stop();
  await clock.advance(1000);
  expect(heard).toEqual([]);
  expect(reads()).toBe(1);
});
