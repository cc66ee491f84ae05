import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { ensureError, type Log } from "@troupe/actor";
import type { ServerVersion } from "../connection/server-version.ts";
import { type FailedAttempt, NoServerError } from "../errors.ts";
import { binaryVersion, cachedBinaries } from "./binary-cache.ts";
import { fetchDebianPackage } from "./debian-package.ts";
import { downloadRelease } from "./download-release.ts";
import { type PinnedRelease, pinnedRelease } from "./pinned-release.ts";

/** Where a server program came from. */
export type BinaryOrigin = "path" | "cache" | "release" | "debian";

/** A nats-server program that runs on this machine. */
export interface FoundBinary {
  readonly path: string;
  readonly version: ServerVersion;
  readonly origin: BinaryOrigin;
}

export interface FindOptions {
  readonly cacheDirectory: string;
  readonly log: Log;
  readonly environment?: NodeJS.ProcessEnv;
  readonly release?: PinnedRelease;
}

interface Step {
  readonly name: string;
  readonly origin: BinaryOrigin;
  /** Candidates in order of preference. */
  find(): Promise<readonly string[]>;
}

/**
 * Finds a nats-server program, or fetches one: `TROUPE_NATS_SERVER`, `PATH`, the cache, the
 * official release, Debian's package. Each way that fails is logged with its reason. Throws
 * `NoServerError` with all of them when none is left.
 */
export async function findBinary(options: FindOptions): Promise<FoundBinary> {
  const failed: FailedAttempt[] = [];
  const fail = (step: string, reason: string): void => {
    failed.push({ step, reason });
    options.log("info", `no nats-server from ${step}: ${reason}`);
  };
  for (const step of steps(options)) {
    try {
      const candidates = await step.find();
      if (candidates.length === 0) fail(step.name, "not there");
      for (const path of candidates) {
        try {
          const version = await binaryVersion(path);
          options.log("debug", `nats-server ${version.text} from ${step.name}`, { path });
          return { path, version, origin: step.origin };
        } catch (thrown) {
          fail(step.name, `${path} cannot be used: ${ensureError(thrown).message.trim()}`);
        }
      }
    } catch (thrown) {
      fail(step.name, ensureError(thrown).message);
    }
  }
  throw new NoServerError(failed);
}

function steps(options: FindOptions): readonly Step[] {
  const { cacheDirectory, environment = process.env, release = pinnedRelease } = options;
  const named = environment["TROUPE_NATS_SERVER"];
  return [
    {
      name: "TROUPE_NATS_SERVER",
      origin: "path",
      find: async () => (named === undefined || named === "" ? [] : [named]),
    },
    { name: "PATH", origin: "path", find: () => onPath(environment["PATH"] ?? "") },
    { name: "the cache", origin: "cache", find: () => cachedBinaries(cacheDirectory) },
    {
      name: `the official release ${release.version}`,
      origin: "release",
      find: async () => [await downloadRelease(cacheDirectory, release)],
    },
    {
      name: "Debian's package",
      origin: "debian",
      find: async () => [await fetchDebianPackage(cacheDirectory)],
    },
  ];
}

async function onPath(path: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const folder of path.split(delimiter)) {
    const candidate = join(folder, "nats-server");
    try {
      await access(candidate, constants.X_OK);
      found.push(candidate);
    } catch {
      // Not in this folder.
    }
  }
  return found;
}
