import { expect, test } from "vitest";
import { fuzz } from "./fuzz.ts";
import { shrunk } from "./shrink.ts";

const inputs = Number(process.env["TROUPE_FUZZ"] ?? "20000");

test("broken input at every edge is refused by name or taken: nothing crashes, hangs, or stops working", async () => {
  const seed = 7;
  const { findings, refused } = await fuzz(inputs, seed);
  expect(findings).toEqual([]);
  // Most of what was broken is noticed: an edge that takes everything would not be looked at.
  expect(refused).toBeGreaterThan(inputs / 4);
}, 600_000);

test("what is found is shrunk to what does the same wrong", async () => {
  const input = new TextEncoder().encode(`${"a".repeat(500)}x${"b".repeat(300)}y${"c".repeat(77)}`);
  const isWrong = async (smaller: Uint8Array): Promise<boolean> => {
    const text = new TextDecoder().decode(smaller);
    return text.indexOf("x") !== -1 && text.indexOf("x") < text.indexOf("y");
  };
  expect(new TextDecoder().decode(await shrunk(input, isWrong))).toBe("xy");
});
