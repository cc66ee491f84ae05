import { constants } from "node:fs";
import { access, mkdir, rm, stat, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ensureError } from "@troupe/actor";
import { formatBytes } from "../output/quantity.ts";
import { type Check, fail, ok, warn } from "./check.ts";

/** Oldest Node.js that runs TypeScript sources without a flag. */
const oldestNode = { major: 22, minor: 18 };
const testedNode = 24;
/** Less free space than this fails, less than the second warns; bytes. */
const tooLittleSpace = 256 * 1024 ** 2;
const littleSpace = 2 * 1024 ** 3;

/** @param version as in `process.version`, for example `v24.21.0` */
export function judgeNodeVersion(version: string): Check {
  const name = "Node.js";
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  const remedy =
    "run 'npm install' here and start with 'npx troupe', which brings Node.js 24 along";
  if (major < oldestNode.major || (major === oldestNode.major && minor < oldestNode.minor)) {
    return fail(name, version, "this version can't run TypeScript sources", remedy);
  }
  if (major < testedNode) {
    return warn(name, version, `Troupe is tested on Node.js ${testedNode}`, remedy);
  }
  return ok(name, version);
}

/** @param free bytes available to this user */
export function judgeSpace(directory: string, free: number): Check {
  const name = "disk space";
  const found = `${formatBytes(free)} free at ${directory}`;
  const remedy = "free some space, or choose another data folder with --data";
  if (free < tooLittleSpace) {
    return fail(name, found, "work files and datasets will soon not fit", remedy);
  }
  if (free < littleSpace) {
    return warn(name, found, "enough for small files only", remedy);
  }
  return ok(name, found);
}

/** Whether work files and datasets can be written; the folder is made when it is not there. */
export async function checkDataFolder(directory: string): Promise<readonly Check[]> {
  const name = "data folder";
  const probe = join(directory, `.doctor-${process.pid}`);
  try {
    await mkdir(directory, { recursive: true });
    await writeFile(probe, "");
    await rm(probe);
  } catch (error) {
    return [
      fail(
        name,
        `${directory}: ${ensureError(error).message}`,
        "nodes can't keep work files or publish datasets",
        "make it writable for this user, or choose another with --data or TROUPE_DATA",
      ),
    ];
  }
  const { bavail, bsize } = await statfs(directory);
  return [ok(name, `${directory} is writable`), judgeSpace(directory, bavail * bsize)];
}

/** Whether goals could read a directory. */
export async function checkSource(directory: string): Promise<Check> {
  const name = "source directory";
  try {
    if (!(await stat(directory)).isDirectory()) {
      return fail(
        name,
        `${directory} is not a directory`,
        "goals can't read files from it",
        "name the directory that holds the files, not a file",
      );
    }
    await access(directory, constants.R_OK | constants.X_OK);
    return ok(name, `${directory} is readable`);
  } catch (error) {
    return fail(
      name,
      `${directory}: ${ensureError(error).message}`,
      "goals can't read files from it",
      "create it, or make it readable for this user; nodes are told with --sources or TROUPE_SOURCES",
    );
  }
}
