import { seededRandom } from "@troupe/testkit";
import { expect, test } from "vitest";
import { growth, type Reading } from "./growth.ts";

const options = { warmUp: 5, tolerance: 10 };

/** A reading every ten seconds for twenty minutes. */
function readings(value: (minute: number) => number): Reading[] {
  return Array.from({ length: 121 }, (_, index) => ({ at: index / 6, value: value(index / 6) }));
}

test("what stays where it is, however it jumps about, is flat", () => {
  const random = seededRandom(11);
  const noisy = growth(
    readings(() => 100 + 20 * (random.next() - 0.5)),
    options,
  );
  expect(noisy).toMatchObject({ verdict: "flat", level: expect.closeTo(100, -1) });
  expect(
    growth(
      readings(() => 7),
      options,
    ),
  ).toMatchObject({ verdict: "flat", grown: 0 });
});

test("a slow leak under larger jumps is found, and its slope told", () => {
  const random = seededRandom(12);
  const leak = growth(
    readings((minute) => 100 + 2 * minute + 20 * (random.next() - 0.5)),
    options,
  );
  expect(leak.verdict).toBe("grows");
  expect(leak.perMinute).toBeCloseTo(2, 0);
  expect(leak.grown).toBeCloseTo(30, -1);
});

test("what grows while it warms up, and less than is tolerated afterwards, is flat", () => {
  const warm = readings((minute) => (minute < 5 ? 20 * minute : 100 + 0.3 * (minute - 5)));
  expect(growth(warm, options).verdict).toBe("flat");
  expect(growth(warm, { ...options, tolerance: 3 }).verdict).toBe("grows");
});

test("a few wild readings make no growth, and hide none", () => {
  const wild = (minute: number): number => (minute > 18 && minute < 19.5 ? 5000 : 0);
  expect(
    growth(
      readings((minute) => 100 + wild(minute)),
      options,
    ).verdict,
  ).toBe("flat");
  const hidden = readings((minute) => 100 + 2 * minute - wild(minute));
  expect(growth(hidden, options).verdict).toBe("grows");
});

test("what shrinks does not grow, and too few readings say nothing", () => {
  expect(
    growth(
      readings((minute) => 100 - minute),
      options,
    ).verdict,
  ).toBe("flat");
  expect(growth(readings((minute) => minute).slice(0, 35), options).verdict).toBe("short");
  expect(growth([], options)).toMatchObject({ verdict: "short", level: 0 });
});
