import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Journal, silentLog } from "@troupe/actor";
import { InMemoryJournal, JournalUnavailableError, VirtualClock } from "@troupe/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { pursue } from "../retention/ended-goals.test-data.ts";
import { removeWorkFolder, WorkFolders } from "./work-folder.ts";

const { signal } = new AbortController();

let workspace: string;
let clock: VirtualClock;
let journal: InMemoryJournal;
beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), "troupe-work-"));
  clock = new VirtualClock();
  journal = new InMemoryJournal(clock);
});
afterEach(() => rmSync(workspace, { recursive: true, force: true }));

function leave(...goals: readonly string[]): void {
  for (const goal of goals) {
    mkdirSync(join(workspace, goal, "parts"), { recursive: true });
    writeFileSync(join(workspace, goal, "parts", "rows.parquet"), "rows");
  }
}

test("a work folder is removed with all it holds, also when it is gone already", async () => {
  leave("g", "h");
  await removeWorkFolder(workspace, "g");
  await removeWorkFolder(workspace, "g");
  expect(readdirSync(workspace)).toEqual(["h"]);
});

test.each(["..", ".", "", "a/b", "/"])(
  "nothing is removed for '%s', which names no goal",
  async (name) => {
    leave("g");
    await expect(removeWorkFolder(workspace, name)).rejects.toThrow();
    expect(readdirSync(workspace)).toEqual(["g"]);
  },
);

test("a sweep removes what ended goals have left, and nothing else", async () => {
  leave("done", "broken", "stopped", "running", "unknown", "not.a.goal");
  writeFileSync(join(workspace, "a.file"), "");
  await pursue(journal, clock, "done", "succeeded");
  await pursue(journal, clock, "broken", "failed");
  await pursue(journal, clock, "stopped", "cancelled");
  await pursue(journal, clock, "running");
  const folders = new WorkFolders({ workspace, journal, clock, log: silentLog });
  expect(await folders.sweep(signal)).toEqual({ removed: 3, failed: 0 });
  expect(readdirSync(workspace).sort()).toEqual(["a.file", "not.a.goal", "running", "unknown"]);
});

test("each sweep looks at so many folders, and the next one at those after them", async () => {
  const goals = ["a", "b", "c", "d", "e"];
  leave(...goals);
  for (const goal of ["b", "d", "e"]) await pursue(journal, clock, goal, "succeeded");
  const options = { workspace, journal, clock, log: silentLog, folderLimit: 2 };
  const folders = new WorkFolders(options);
  expect(await folders.sweep(signal)).toMatchObject({ removed: 1 });
  expect(await folders.sweep(signal)).toMatchObject({ removed: 1 });
  expect(await folders.sweep(signal)).toMatchObject({ removed: 1 });
  await pursue(journal, clock, "a", "succeeded");
  expect(await folders.sweep(signal)).toMatchObject({ removed: 1 });
  expect(readdirSync(workspace)).toEqual(["c"]);
});

test("a folder that cannot be looked at is told, and does not keep the others", async () => {
  leave("a", "b");
  await pursue(journal, clock, "b", "succeeded");
  const flaky: Journal = {
    append: (...request) => journal.append(...request),
    last: (subject) => journal.last(subject),
    purge: (...request) => journal.purge(...request),
    read: (filter, options) =>
      filter.endsWith(".a")
        ? Promise.reject(new JournalUnavailableError(filter, "away"))
        : journal.read(filter, options),
  };
  const lines: string[] = [];
  const log = (_level: string, text: string) => void lines.push(text);
  const folders = new WorkFolders({ workspace, journal: flaky, clock, log });
  expect(await folders.sweep(signal)).toEqual({ removed: 1, failed: 1 });
  expect(lines[0]).toBe("a work folder could not be removed");
  rmSync(workspace, { recursive: true });
  expect(await folders.sweep(signal)).toEqual({ removed: 0, failed: 0 });
  expect(lines.at(-1)).toBe("the work folders could not be listed");
});
