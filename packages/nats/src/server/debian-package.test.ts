import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { binaryVersion, cachedBinaries } from "./binary-cache.ts";
import { fetchDebianPackage } from "./debian-package.ts";

function hasPackage(): boolean {
  try {
    return execFileSync("sh", ["-c", "apt-cache show nats-server"], { stdio: "pipe" }).length > 0;
  } catch {
    console.error("SKIPPED, apt knows no nats-server here: fetching Debian's package");
    return false;
  }
}

test.skipIf(!hasPackage())(
  "Debian's package is unpacked into the cache and found there",
  async () => {
    const cache = await mkdtemp(join(tmpdir(), "troupe-debian-"));
    try {
      const path = await fetchDebianPackage(cache);
      expect((await binaryVersion(path)).major).toBe(2);
      expect(await cachedBinaries(cache)).toEqual([path]);
      expect(await readdir(cache)).toEqual(["nats-server"]);
    } finally {
      await rm(cache, { recursive: true, force: true });
    }
  },
);
