import { createHash } from "node:crypto";
import { readFile, readlink } from "node:fs/promises";
import { hostname } from "node:os";

/**
 * What tells one process from all others that there ever were, on this machine and on those that share a folder with
 * it. `machine`, `boot` and `space` are 8 hexadecimal digits, all 0 where they cannot be known.
 */
export interface ProcessMark {
  /** Its name and its id of systemd(1). */
  readonly machine: string;
  /** The run of the machine's kernel. */
  readonly boot: string;
  /** The namespace in which the process is numbered: containers have their own. */
  readonly space: string;
  readonly pid: number;
  /** When it began, in ticks since the boot: numbers of processes come again. */
  readonly start: number;
}

const unknown = "00000000";
const markPattern = /^([0-9a-f]{8})-([0-9a-f]{8})-([0-9a-f]{8})-(\d{1,10})-(\d{1,20})$/;

/** The mark of this process. */
export async function ownMark(): Promise<ProcessMark> {
  const [machine, boot, space] = await Promise.all([
    read("/etc/machine-id"),
    read("/proc/sys/kernel/random/boot_id"),
    readlink("/proc/self/ns/pid").catch(() => ""),
  ]);
  return {
    machine: machine === "" ? unknown : digest(`${machine} ${hostname()}`),
    boot: boot === "" ? unknown : digest(boot),
    space: space === "" ? unknown : digest(space),
    pid: process.pid,
    start: (await lookAt(process.pid)).start ?? 0,
  };
}

export function markText({ machine, boot, space, pid, start }: ProcessMark): string {
  return [machine, boot, space, pid, start].join("-");
}

export function parseMark(text: string): ProcessMark | undefined {
  const [, machine, boot, space, pid, start] = markPattern.exec(text) ?? [];
  if (machine === undefined || boot === undefined || space === undefined) return undefined;
  return { machine, boot, space, pid: Number(pid), start: Number(start) };
}

/**
 * Whether a process still runs, as far as `here` can tell: its own kernel knows the processes of its namespace, and a
 * machine that was started anew has none of before. Of others nothing is known.
 */
export async function fateOf(
  mark: ProcessMark,
  here: ProcessMark,
): Promise<"runs" | "dead" | "unknown"> {
  const known = (part: "machine" | "boot" | "space"): boolean =>
    here[part] !== unknown && mark[part] !== unknown;
  if (!known("boot") || !known("space")) return "unknown";
  if (mark.boot !== here.boot) {
    return known("machine") && mark.machine === here.machine ? "dead" : "unknown";
  }
  if (mark.space !== here.space) return "unknown";
  const { start, ended } = await lookAt(mark.pid);
  if (ended || (start !== undefined && start !== mark.start)) return "dead";
  return start === undefined ? "unknown" : "runs";
}

/** When a process began, if that can be seen, and whether there is none any more (proc(5)). */
async function lookAt(pid: number): Promise<{ readonly start?: number; readonly ended: boolean }> {
  const stat = await read(`/proc/${pid}/stat`);
  // Processes of other people may be hidden, and are there all the same.
  if (stat === "") return { ended: !exists(pid) };
  // The name of the program is in parentheses, and may have some of its own.
  const [state, ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  // What has ended stays listed until its parent asks how.
  return { start: Number(fields[18]), ended: state === "Z" || state === "X" };
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return !(thrown instanceof Error && "code" in thrown && thrown.code === "ESRCH");
  }
}

async function read(path: string): Promise<string> {
  return (await readFile(path, "utf8").catch(() => "")).trim();
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}
