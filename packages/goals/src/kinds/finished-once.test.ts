import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { finishedOnce } from "./finished-once.ts";

let directory: string;
beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), "troupe-")), "g");
});
afterEach(() => rm(join(directory, ".."), { recursive: true }));

test("work that was finished before is not done again, and its outcome is the first one's", async () => {
  const first = await finishedOnce(directory, "stage", "1", async () => ({ rows: 3 }));
  const second = await finishedOnce(directory, "stage", "2", async () => ({ rows: 4 }));
  expect([first, second]).toEqual([{ rows: 3 }, { rows: 3 }]);
  expect(await readdir(directory)).toEqual(["stage.json"]);
});

test("work that fails leaves nothing behind and can be done again", async () => {
  const failing = finishedOnce(directory, "stage", "1", () => Promise.reject(new Error("no")));
  await expect(failing).rejects.toThrow("no");
  expect(await finishedOnce(directory, "stage", "2", async () => "done")).toBe("done");
});

test("two that finish the same work at once both succeed and leave one outcome", async () => {
  const both = ["1", "2"].map((writer) =>
    finishedOnce(directory, "stage", writer, async () => writer),
  );
  expect(await Promise.all(both)).toEqual(["1", "2"]);
  expect(await readdir(directory)).toEqual(["stage.json"]);
});
