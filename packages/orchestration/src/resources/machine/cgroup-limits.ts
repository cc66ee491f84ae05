import type { CgroupFolders, Controller } from "./cgroup-folders.ts";
import type { MachineFiles } from "./machine-files.ts";

/** A limit, and the file that says so. */
export interface CgroupLimit {
  readonly amount: number;
  readonly path: string;
}

type ReadLimits = (files: MachineFiles, folder: string) => readonly CgroupLimit[];

const readers: Record<`${Controller}${CgroupFolders["version"]}`, ReadLimits> = {
  cpu1: cpuQuota,
  cpu2: cpuMax,
  memory1: (files, folder) => bytes(files, `${folder}/memory.limit_in_bytes`),
  memory2: (files, folder) => [
    ...bytes(files, `${folder}/memory.max`),
    ...bytes(files, `${folder}/memory.high`),
  ],
};

/**
 * All limits along the path of a group: processor time in millicores, memory in bytes. What is beyond
 * `memory.high` is throttled and reclaimed, which is no room to work in, so that it counts as a limit.
 */
export function cgroupLimits(
  files: MachineFiles,
  controller: Controller,
  { version, folders }: CgroupFolders,
): readonly CgroupLimit[] {
  return folders.flatMap((folder) => readers[`${controller}${version}`](files, folder));
}

/** `cpu.max`: microseconds in each period, both in one line; `max` for no limit. */
function cpuMax(files: MachineFiles, folder: string): readonly CgroupLimit[] {
  const path = `${folder}/cpu.max`;
  const text = files.text(path);
  if (text === undefined) return [];
  const [, quota, period] = /^(max|\d+) (\d+)$/.exec(text) ?? [];
  if (quota === "max") return [];
  return millicores(files, path, text, Number(quota), Number(period));
}

/** Version 1 has a file for each number, and -1 for no limit. */
function cpuQuota(files: MachineFiles, folder: string): readonly CgroupLimit[] {
  const path = `${folder}/cpu.cfs_quota_us`;
  const quota = files.text(path);
  if (quota === undefined || quota === "-1") return [];
  const period = files.text(`${folder}/cpu.cfs_period_us`) ?? "no period";
  return millicores(files, path, `${quota} of ${period}`, wholeNumber(quota), wholeNumber(period));
}

function millicores(
  files: MachineFiles,
  path: string,
  text: string,
  quota: number,
  period: number,
): readonly CgroupLimit[] {
  if (quota > 0 && period > 0) {
    return [{ amount: Math.max(1, Math.floor((1000 * quota) / period)), path }];
  }
  files.complain(path, `'${text}' is no quota and period`);
  return [];
}

function bytes(files: MachineFiles, path: string): readonly CgroupLimit[] {
  const text = files.text(path);
  if (text === undefined || text === "max" || text === "-1") return [];
  const amount = wholeNumber(text);
  if (Number.isFinite(amount)) return [{ amount, path }];
  files.complain(path, `'${text}' is no number of bytes`);
  return [];
}

const wholeNumber = (text: string): number => (/^\d+$/.test(text) ? Number(text) : Number.NaN);
