import { execFile } from "node:child_process";
import { chmod, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { systemRandom } from "@troupe/actor";
import {
  compareVersions,
  isAtLeast,
  parseVersion,
  type ServerVersion,
} from "../connection/server-version.ts";

const versionLimitMs = 5000;
const oldestSupported = "2.9.0";

/** `$XDG_CACHE_HOME/troupe`, or `~/.cache/troupe`. */
export function defaultCacheDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  const base = environment["XDG_CACHE_HOME"];
  return join(base === undefined || base === "" ? join(homedir(), ".cache") : base, "troupe");
}

/** Asks a program for its version. Throws with the reason when it is no usable nats-server. */
export async function binaryVersion(binary: string): Promise<ServerVersion> {
  const { stdout } = await promisify(execFile)(binary, ["--version"], { timeout: versionLimitMs });
  if (!stdout.includes("nats-server")) throw new Error(`it says '${stdout.trim()}'`);
  const version = parseVersion(stdout);
  if (!isAtLeast(version, oldestSupported)) {
    throw new Error(`its version ${version.text} is older than ${oldestSupported}`);
  }
  return version;
}

/** Puts a program into the cache as a whole, executable; returns its path. */
export async function installBinary(
  cacheDirectory: string,
  version: string,
  source: "release" | "debian",
  program: Uint8Array,
): Promise<string> {
  const folder = join(cacheDirectory, "nats-server", `${version}-${source}`);
  const path = join(folder, "nats-server");
  await mkdir(folder, { recursive: true });
  const temporary = `${path}.${systemRandom.hex(4)}.part`;
  try {
    await writeFile(temporary, program);
    await chmod(temporary, 0o755);
    // Run before it takes its place: a broken program must not be found next time.
    await binaryVersion(temporary);
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
  return path;
}

/** Paths of cached programs, newest version first. */
export async function cachedBinaries(cacheDirectory: string): Promise<readonly string[]> {
  const folder = join(cacheDirectory, "nats-server");
  let names: readonly string[];
  try {
    names = await readdir(folder);
  } catch {
    return [];
  }
  return names
    .toSorted((a, b) => compareVersions(parseVersion(b), parseVersion(a)))
    .map((name) => join(folder, name, "nats-server"));
}
