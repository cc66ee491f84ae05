import { expect, test } from "vitest";
import { judgeMemory } from "./settings.ts";

const gib = 2 ** 30;

test("memory for queries beyond what the container has fails, nearly all of it warns", () => {
  expect(judgeMemory(2 * gib, gib)).toMatchObject({
    verdict: "fail",
    remedy: expect.stringContaining("TROUPE_MEMORY_MB"),
  });
  expect(judgeMemory(0.9 * gib, gib).verdict).toBe("warn");
  expect(judgeMemory(0.5 * gib, gib).verdict).toBe("ok");
});
