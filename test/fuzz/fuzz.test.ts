import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { fuzz, tryOne } from "./fuzz.ts";
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

const input = new Uint8Array();

test("what never ends is found, also where the edge goes on with its work", async () => {
  const edge = { name: "edge", samples: [], patienceMs: 100 };
  const never = { ...edge, take: () => new Promise(() => {}) };
  let others = 0;
  const alive = async (): Promise<void> => {
    others += 1;
  };
  expect(await tryOne(never, input)).toBe("did not end within 100 ms");
  expect(await tryOne({ ...never, alive }, input)).toBe("did not end within 100 ms");
  expect(others).toBe(3);
});

test("what waits for its turn on a busy machine is not taken for what hangs", async () => {
  const busy = async (): Promise<void> => {
    for (let turn = 0; turn < 14; turn += 1) {
      // As if another process had the processor; not counted as this one's in what follows.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60);
      await nextTurn();
    }
  };
  const edge = { name: "edge", samples: [], patienceMs: 300, take: busy };
  expect(await tryOne(edge, input)).toBeUndefined();
});

test("what is late is not taken for what hangs as long as others are as late", async () => {
  const gates: (() => void)[] = [];
  const gated = (): Promise<void> => new Promise((resolve) => gates.push(resolve));
  // Whoever is asked answers in order, and begins when three wait.
  const alive = async (): Promise<void> => {
    const answered = gated();
    if (gates.length === 3) for (const open of gates) open();
    return answered;
  };
  const edge = { name: "edge", samples: [], patienceMs: 60, take: gated, alive };
  expect(await tryOne(edge, input)).toBeUndefined();
});
