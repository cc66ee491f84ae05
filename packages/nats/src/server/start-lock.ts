import { link, readFile, rename, rm } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { systemRandom } from "@troupe/actor";
import { DataDirectoryBusyError } from "../errors.ts";
import { type DataDirectory, tryLock } from "./data-directory.ts";

/** Longer than the longest start: a download and the recovery of a store. */
const longestWaitMs = 180_000;
const pauseMs = 100;

/** Locks this process holds: a lock file with its id that is not among them is from an earlier life. */
const heldHere = new Set<string>();

/** Runs `action` while no other process starts a server on this data folder. */
export async function whileLocked<T>(files: DataDirectory, action: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + longestWaitMs;
  while (!(await tryLock(files))) {
    const holder = await holderOf(files.lock);
    if (holder !== undefined && isLeftBehind(files, holder) && (await removeLeft(files))) continue;
    if (performance.now() > deadline) {
      throw new DataDirectoryBusyError(files.lock, String(holder ?? "unknown"), longestWaitMs);
    }
    await delay(pauseMs);
  }
  heldHere.add(files.lock);
  try {
    return await action();
  } finally {
    heldHere.delete(files.lock);
    await rm(files.lock, { force: true });
  }
}

function isLeftBehind(files: DataDirectory, holder: number): boolean {
  return holder === process.pid ? !heldHere.has(files.lock) : !isRunning(holder);
}

/** Removes a dead process's lock. False when another process was quicker and holds it now. */
async function removeLeft(files: DataDirectory): Promise<boolean> {
  const aside = `${files.lock}.${systemRandom.hex(4)}`;
  try {
    await rename(files.lock, aside);
  } catch {
    return false;
  }
  const holder = await holderOf(aside);
  const left = holder === undefined || isLeftBehind(files, holder);
  // A living holder's lock goes back, unless yet another has taken the place.
  if (!left) await link(aside, files.lock).catch(() => {});
  await rm(aside, { force: true });
  return left;
}

async function holderOf(lockFile: string): Promise<number | undefined> {
  try {
    const pid = Number(await readFile(lockFile, "utf8"));
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a process of this id exists, even one of another user. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return thrown instanceof Error && "code" in thrown && thrown.code === "EPERM";
  }
}
