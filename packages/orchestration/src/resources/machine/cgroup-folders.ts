import type { MachineFiles } from "./machine-files.ts";

/** What is limited by control groups, by the name of its controller. */
export type Controller = "cpu" | "memory";

/** The folders whose limits hold for this process, from the mount point down to its own group. */
export interface CgroupFolders {
  readonly version: 1 | 2;
  readonly folders: readonly string[];
}

const membership = "/proc/self/cgroup";
const mounts = "/proc/self/mountinfo";

/**
 * Where the limits of one controller are to be found (cgroups(7), proc_pid_mountinfo(5)). A controller
 * that is attached to a hierarchy of version 1 is read there, else in the unified one. In a container
 * the group's path may be that on the host, of which only the mounted part can be seen.
 *
 * @returns `undefined` when the process is in no group that is known of
 */
export function cgroupFolders(
  files: MachineFiles,
  controller: Controller,
): CgroupFolders | undefined {
  const group = groupOf(files.text(membership) ?? "", controller);
  if (group === undefined) return undefined;
  const { version, path } = group;
  const mount = mountOf(files.text(mounts) ?? "", version, controller, path);
  const within = pathWithin(path, mount.root) ?? "/";
  const steps = within.split("/").filter((step) => step !== "");
  const folders = [mount.point];
  for (const step of steps) folders.push(`${folders.at(-1)}/${step}`);
  return { version, folders };
}

interface Group {
  readonly version: 1 | 2;
  readonly path: string;
}

/** Lines are `number:controllers:path`; the unified hierarchy is `0::path`. */
function groupOf(text: string, controller: Controller): Group | undefined {
  let unified: Group | undefined;
  for (const line of text.split("\n")) {
    const [, number, controllers = "", path = "/"] = /^(\d+):([^:]*):(.*)$/.exec(line) ?? [];
    if (number === undefined) continue;
    if (controllers.split(",").includes(controller)) return { version: 1, path };
    if (number === "0" && controllers === "") unified = { version: 2, path };
  }
  return unified;
}

interface Mount {
  /** The group that is seen at `point`. */
  readonly root: string;
  readonly point: string;
}

function mountOf(text: string, version: 1 | 2, controller: Controller, path: string): Mount {
  const fitting = text.split("\n").flatMap((line): readonly Mount[] => {
    const [left = "", right = ""] = line.split(" - ");
    const [type, , options = ""] = right.split(" ");
    const [, , , root, point] = left.split(" ");
    if (root === undefined || point === undefined) return [];
    const isRight =
      version === 2
        ? type === "cgroup2"
        : type === "cgroup" && options.split(",").includes(controller);
    return isRight ? [{ root: unescaped(root), point: unescaped(point) }] : [];
  });
  const usual = version === 2 ? "/sys/fs/cgroup" : `/sys/fs/cgroup/${controller}`;
  return (
    fitting.find(({ root }) => pathWithin(path, root) !== undefined) ??
    fitting[0] ?? { root: "/", point: usual }
  );
}

/** The path as seen from a root above it; `undefined` when it is not below that root. */
function pathWithin(path: string, root: string): string | undefined {
  if (path.split("/").includes("..")) return undefined;
  if (root === "/") return path;
  if (path === root) return "/";
  return path.startsWith(`${root}/`) ? path.slice(root.length) : undefined;
}

/** Blanks and backslashes are written as octal numbers. */
function unescaped(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}
