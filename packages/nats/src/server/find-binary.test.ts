import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { NoServerError } from "../errors.ts";
import { findBinary } from "./find-binary.ts";
import { freePort } from "./launch.ts";

let folder: string;
let lines: string[];
const log = (level: string, message: string): void => {
  lines.push(`${level} ${message}`);
};

async function fakeServer(path: string, says: string): Promise<string> {
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(path, `#!/bin/sh\necho '${says}'\n`);
  await chmod(path, 0o755);
  return path;
}

const nowhere = async () => ({
  version: "2.99.0",
  baseUrl: `http://127.0.0.1:${await freePort()}`,
  sha256: { "linux-amd64": "0", "linux-arm64": "0", "darwin-amd64": "0", "darwin-arm64": "0" },
});

beforeEach(async () => {
  lines = [];
  folder = await mkdtemp(join(tmpdir(), "troupe-find-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("the named program goes before PATH, and PATH before the cache", async () => {
  const named = await fakeServer(join(folder, "named", "nats"), "nats-server: v2.10.1");
  await fakeServer(join(folder, "bin", "nats-server"), "nats-server: v2.10.2");
  const cached = join(folder, "cache", "nats-server");
  await fakeServer(join(cached, "2.9.10-debian", "nats-server"), "nats-server: v2.9.10");
  await fakeServer(join(cached, "2.12.4-release", "nats-server"), "nats-server: v2.12.4");
  const find = (environment: NodeJS.ProcessEnv) =>
    findBinary({ cacheDirectory: join(folder, "cache"), log, environment });
  const PATH = join(folder, "bin");
  expect(await find({ PATH, TROUPE_NATS_SERVER: named })).toMatchObject({
    origin: "path",
    version: { text: "2.10.1" },
  });
  expect(await find({ PATH })).toMatchObject({ origin: "path", version: { text: "2.10.2" } });
  expect(await find({ PATH: "" })).toMatchObject({ origin: "cache", version: { text: "2.12.4" } });
});

test("a program that is none, or too old, is passed over with its reason", async () => {
  const bin = join(folder, "bin");
  const good = await fakeServer(join(folder, "more", "nats-server"), "nats-server: v2.14.0");
  await fakeServer(join(bin, "nats-server"), "nats-server: v2.2.0");
  const broken = await fakeServer(join(folder, "broken"), "hello");
  const found = await findBinary({
    cacheDirectory: folder,
    log,
    environment: { TROUPE_NATS_SERVER: broken, PATH: `${bin}:${join(folder, "more")}` },
  });
  expect(found.path).toBe(good);
  expect(lines.some((line) => line.startsWith("info") && line.includes("hello"))).toBe(true);
  expect(lines.some((line) => line.includes("2.2.0 is older"))).toBe(true);
});

test("when nothing works the error lists every attempt and what to do", async () => {
  const saved = process.env["PATH"];
  // Without apt-get in reach, Debian's package cannot be had either.
  process.env["PATH"] = folder;
  try {
    const started = performance.now();
    const failure = await findBinary({
      cacheDirectory: join(folder, "cache"),
      log,
      environment: { PATH: folder },
      release: await nowhere(),
    }).catch((e) => e);
    expect(performance.now() - started).toBeLessThan(5000);
    expect(failure).toBeInstanceOf(NoServerError);
    expect(failure.attempts.map((attempt: { step: string }) => attempt.step)).toEqual([
      "TROUPE_NATS_SERVER",
      "PATH",
      "the cache",
      "the official release 2.99.0",
      "Debian's package",
    ]);
    expect(failure.message).toContain("this system has no apt-get");
    expect(failure.message).toContain("NATS_URL");
    expect(lines.filter((line) => line.startsWith("info")).length).toBe(5);
  } finally {
    process.env["PATH"] = saved;
  }
});
