import { expect, test } from "vitest";
import { fuzz } from "./fuzz.ts";

const inputs = Number(process.env["TROUPE_FUZZ"] ?? "20000");

test("broken input at every edge is refused by name or taken: nothing crashes, hangs, or stops working", async () => {
  const seed = 7;
  const { findings, refused } = await fuzz(inputs, seed);
  expect(findings).toEqual([]);
  // Most of what was broken is noticed: an edge that takes everything would not be looked at.
  expect(refused).toBeGreaterThan(inputs / 4);
});
