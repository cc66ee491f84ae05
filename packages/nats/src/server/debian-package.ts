import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { ensureError } from "@troupe/actor";
import { binaryVersion, installBinary } from "./binary-cache.ts";

const packageName = "nats-server";
const commandLimitMs = 90_000;
/** One unreachable mirror must not hold a start up for long. */
const networkOptions = ["-o", "Acquire::Retries=0", "-o", "Acquire::http::Timeout=5"];
const run = promisify(execFile);

/**
 * Fetches Debian's nats-server package with apt, which checks its signature, and unpacks it into
 * the cache; nothing is installed and no root is needed. Where apt has no package lists they are
 * fetched into a folder of our own. Returns the program's path; throws with the reason.
 */
export async function fetchDebianPackage(cacheDirectory: string): Promise<string> {
  await mkdir(cacheDirectory, { recursive: true });
  const folder = await mkdtemp(join(cacheDirectory, "debian-"));
  try {
    const file = await download(folder);
    const unpacked = join(folder, "unpacked");
    await command(folder, "dpkg-deb", ["-x", file, unpacked]);
    const binary = join(unpacked, "usr", "sbin", "nats-server");
    const version = await binaryVersion(binary);
    return await installBinary(cacheDirectory, version.text, "debian", await readFile(binary));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function download(folder: string): Promise<string> {
  const get = ["download", packageName];
  try {
    await command(folder, "apt-get", [...networkOptions, ...get]);
  } catch (thrown) {
    const first = ensureError(thrown);
    if ("code" in first && first.code === "ENOENT") throw first;
    const own = await ownAptState(folder);
    await command(folder, "apt-get", [...own, ...networkOptions, "update"]);
    await command(folder, "apt-get", [...own, ...networkOptions, ...get]);
  }
  const file = (await readdir(folder)).find((name) => name.endsWith(".deb"));
  if (file === undefined) throw new Error("apt-get download left no package");
  return join(folder, file);
}

async function ownAptState(folder: string): Promise<readonly string[]> {
  const lists = join(folder, "lists");
  const cache = join(folder, "cache");
  await mkdir(join(lists, "partial"), { recursive: true });
  await mkdir(join(cache, "archives", "partial"), { recursive: true });
  return [
    "-o",
    `Dir::State::lists=${lists}`,
    "-o",
    `Dir::Cache=${cache}`,
    "-o",
    "Debug::NoLocking=1",
    "-o",
    "APT::Sandbox::User=",
  ];
}

async function command(
  folder: string,
  program: string,
  parameters: readonly string[],
): Promise<void> {
  try {
    await run(program, [...parameters], { cwd: folder, timeout: commandLimitMs });
  } catch (thrown) {
    const cause = ensureError(thrown);
    if ("code" in cause && cause.code === "ENOENT") {
      throw Object.assign(new Error(`this system has no ${program}`, { cause }), {
        code: "ENOENT",
      });
    }
    const said = "stderr" in cause && typeof cause.stderr === "string" ? cause.stderr.trim() : "";
    const lastLines = said.split("\n").slice(-2).join(" ");
    throw new Error(`${program} failed: ${lastLines === "" ? cause.message : lastLines}`, {
      cause,
    });
  }
}
