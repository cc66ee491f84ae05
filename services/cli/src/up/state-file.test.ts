import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readUpState, removeUpState, writeUpState } from "./state-file.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "troupe-state-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const state = { url: "nats://u:secret@127.0.0.1:4222", prefix: "troupe", pid: process.pid };

test("what a running deployment wrote is found, and only its owner may read it", () => {
  writeUpState(folder, state);
  expect(readUpState(folder)).toEqual(state);
  expect(statSync(join(folder, "up.json")).mode & 0o077).toBe(0);
});

test("what a dead deployment left behind is not taken for a running one", () => {
  writeUpState(folder, { ...state, pid: 2 ** 22 + 1 });
  expect(readUpState(folder)).toBeUndefined();
});

test("only the deployment that wrote the state removes it", () => {
  writeUpState(folder, state);
  removeUpState(folder, process.pid + 1);
  expect(readUpState(folder)).toEqual(state);
  removeUpState(folder, process.pid);
  expect(readUpState(folder)).toBeUndefined();
});
