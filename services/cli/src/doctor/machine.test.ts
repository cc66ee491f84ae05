import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { checkDataFolder, checkSource, judgeNodeVersion, judgeSpace } from "./machine.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "troupe-doctor-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a Node.js that can't run the sources fails, an untested one warns, the tested one is fine", () => {
  expect(judgeNodeVersion("v20.20.1").verdict).toBe("fail");
  expect(judgeNodeVersion("v22.17.0").verdict).toBe("fail");
  expect(judgeNodeVersion("v22.18.0").verdict).toBe("warn");
  expect(judgeNodeVersion("v24.21.0").verdict).toBe("ok");
});

test("little disk space warns and too little fails", () => {
  expect(judgeSpace("/d", 100 * 1024 ** 2).verdict).toBe("fail");
  expect(judgeSpace("/d", 1024 ** 3).verdict).toBe("warn");
  expect(judgeSpace("/d", 50 * 1024 ** 3).verdict).toBe("ok");
});

test("a data folder that does not exist is made; one that can't be made fails with a remedy", async () => {
  const [made] = await checkDataFolder(join(folder, "deep", "data"));
  expect(made?.verdict).toBe("ok");
  writeFileSync(join(folder, "file"), "");
  const [impossible] = await checkDataFolder(join(folder, "file", "data"));
  expect(impossible).toMatchObject({ verdict: "fail", remedy: expect.stringContaining("--data") });
});

test("a source directory that is missing or a file fails", async () => {
  expect((await checkSource(folder)).verdict).toBe("ok");
  expect((await checkSource(join(folder, "absent"))).verdict).toBe("fail");
  writeFileSync(join(folder, "file"), "");
  expect((await checkSource(join(folder, "file"))).found).toContain("not a directory");
});
