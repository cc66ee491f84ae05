import { expect, test } from "vitest";
import { capacityOfMachine } from "./capacity-of-machine.ts";
import { capacityOfThisMachine } from "./this-machine.ts";

const gib = 1024 ** 3;
const machine = { processors: 8, memory: 16 * gib };

const unifiedMount = "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate";

/** Files by path: an `Error` is thrown, any other file is not there. */
function reading(files: Record<string, string | Error>) {
  return (path: string): string => {
    const text = files[path];
    if (typeof text === "string") return `${text}\n`;
    throw text ?? Object.assign(new Error(`ENOENT: ${path}`), { code: "ENOENT" });
  };
}

function unified(path: string, files: Record<string, string | Error>) {
  return reading({
    "/proc/self/cgroup": `0::${path}`,
    "/proc/self/mountinfo": unifiedMount,
    ...files,
  });
}

test("a container is given its quota, not the machine it runs on", () => {
  const read = unified("/", {
    "/sys/fs/cgroup/cpu.max": "150000 100000",
    "/sys/fs/cgroup/memory.max": `${2 * gib}`,
    "/sys/fs/cgroup/memory.high": "max",
  });
  expect(capacityOfMachine(read, machine)).toEqual({
    capacity: { cpu: 1500, memory: 2 * gib },
    from: { cpu: "/sys/fs/cgroup/cpu.max", memory: "/sys/fs/cgroup/memory.max" },
    problems: [],
  });
});

test("the smallest limit along the path of nested groups counts, whichever group has it", () => {
  const read = unified("/kube/pod/main", {
    "/sys/fs/cgroup/kube/cpu.max": "400000 100000",
    "/sys/fs/cgroup/kube/pod/cpu.max": "50000 200000",
    "/sys/fs/cgroup/kube/pod/main/cpu.max": "max 100000",
    "/sys/fs/cgroup/kube/memory.max": `${4 * gib}`,
    "/sys/fs/cgroup/kube/pod/memory.max": `${8 * gib}`,
    "/sys/fs/cgroup/kube/pod/main/memory.max": "max",
  });
  const { capacity, from } = capacityOfMachine(read, machine);
  expect(capacity).toEqual({ cpu: 250, memory: 4 * gib });
  expect(from).toEqual({
    cpu: "/sys/fs/cgroup/kube/pod/cpu.max",
    memory: "/sys/fs/cgroup/kube/memory.max",
  });
});

test("memory that is throttled is not offered", () => {
  const read = unified("/", {
    "/sys/fs/cgroup/memory.max": `${4 * gib}`,
    "/sys/fs/cgroup/memory.high": `${3 * gib}`,
  });
  expect(capacityOfMachine(read, machine).capacity.memory).toBe(3 * gib);
});

test("without limits, or with larger ones than there is, the machine's own figures hold", () => {
  const own = { cpu: 8000, memory: 16 * gib };
  const unlimited = unified("/", {
    "/sys/fs/cgroup/cpu.max": "max 100000",
    "/sys/fs/cgroup/memory.max": "max",
  });
  const generous = unified("/", {
    "/sys/fs/cgroup/cpu.max": "9900000 100000",
    "/sys/fs/cgroup/memory.max": "9223372036854771712",
  });
  for (const read of [unlimited, generous, reading({})]) {
    expect(capacityOfMachine(read, machine)).toEqual({
      capacity: own,
      from: { cpu: "machine", memory: "machine" },
      problems: [],
    });
  }
});

test("groups of version 1 are read where they are mounted, also mixed with version 2", () => {
  const read = reading({
    "/proc/self/cgroup": "4:memory:/jobs/a\n2:cpuacct,cpu:/jobs\n1:name=systemd:/\n0::/jobs/b",
    "/proc/self/mountinfo": [
      "32 31 0:29 / /sys/fs/cgroup/cpu\\040time rw - cgroup cgroup rw,cpuacct,cpu",
      "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory",
      "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw",
    ].join("\n"),
    "/sys/fs/cgroup/cpu time/cpu.cfs_quota_us": "-1",
    "/sys/fs/cgroup/cpu time/jobs/cpu.cfs_quota_us": "250000",
    "/sys/fs/cgroup/cpu time/jobs/cpu.cfs_period_us": "100000",
    "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712",
    "/sys/fs/cgroup/memory/jobs/a/memory.limit_in_bytes": `${gib}`,
    "/sys/fs/cgroup/unified/jobs/b/memory.max": "1",
  });
  const { capacity, problems } = capacityOfMachine(read, machine);
  expect(capacity).toEqual({ cpu: 2500, memory: gib });
  expect(problems).toEqual([]);
});

test("a container that is told its path on the host finds its limits at the mount point", () => {
  const mount = (controller: string): string =>
    `35 31 0:32 /docker/4f /sys/fs/cgroup/${controller} ro - cgroup cgroup rw,${controller}`;
  const files = {
    "/proc/self/cgroup": "4:memory:/docker/4f/inner\n2:cpu:/docker/4f",
    "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "100000",
    "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000",
    "/sys/fs/cgroup/memory/memory.limit_in_bytes": `${4 * gib}`,
    "/sys/fs/cgroup/memory/inner/memory.limit_in_bytes": `${2 * gib}`,
  };
  const mountinfo = [mount("cpu"), mount("memory")].join("\n");
  const read = reading({ ...files, "/proc/self/mountinfo": mountinfo });
  expect(capacityOfMachine(read, machine).capacity).toEqual({ cpu: 1000, memory: 2 * gib });
  const outside = reading({
    "/proc/self/cgroup": "0::/../other",
    "/proc/self/mountinfo": unifiedMount,
    "/sys/fs/cgroup/cpu.max": "200000 100000",
  });
  expect(capacityOfMachine(outside, machine).capacity.cpu).toBe(2000);
});

test("where mounts are not told, the usual places are tried", () => {
  const two = reading({
    "/proc/self/cgroup": "0::/a",
    "/sys/fs/cgroup/a/cpu.max": "100000 100000",
  });
  const one = reading({
    "/proc/self/cgroup": "3:memory:/a",
    "/sys/fs/cgroup/memory/a/memory.limit_in_bytes": `${gib}`,
  });
  expect(capacityOfMachine(two, machine).capacity.cpu).toBe(1000);
  expect(capacityOfMachine(one, machine).capacity.memory).toBe(gib);
});

test("what can't be read or understood is told, and the other limits hold", () => {
  const read = unified("/pod", {
    "/sys/fs/cgroup/cpu.max": "400000 100000",
    "/sys/fs/cgroup/pod/cpu.max": "lots",
    "/sys/fs/cgroup/memory.max": Object.assign(new Error("EACCES: not for you"), {
      code: "EACCES",
    }),
    "/sys/fs/cgroup/pod/memory.max": "-5 bytes",
  });
  expect(capacityOfMachine(read, machine)).toEqual({
    capacity: { cpu: 4000, memory: 16 * gib },
    from: { cpu: "/sys/fs/cgroup/cpu.max", memory: "machine" },
    problems: [
      { path: "/sys/fs/cgroup/pod/cpu.max", reason: "'lots' is no quota and period" },
      { path: "/sys/fs/cgroup/memory.max", reason: "could not be read: EACCES: not for you" },
      { path: "/sys/fs/cgroup/pod/memory.max", reason: "'-5 bytes' is no number of bytes" },
    ],
  });
  for (const quota of ["0 100000", "100000 0", "1e5 100000", "100000", ""]) {
    const odd = unified("/", { "/sys/fs/cgroup/cpu.max": quota });
    expect(capacityOfMachine(odd, machine)).toMatchObject({
      capacity: { cpu: 8000 },
      problems: [{ path: "/sys/fs/cgroup/cpu.max" }],
    });
  }
});

test("named units are added as they are, unless they are no amounts or measured anyway", () => {
  const { capacity } = capacityOfMachine(reading({}), machine, { gpu: 2, duckdb: 1 });
  expect(capacity).toEqual({ cpu: 8000, memory: 16 * gib, gpu: 2, duckdb: 1 });
  for (const units of [{ gpu: 0.5 }, { gpu: -1 }, { cpu: 4000 }, { memory: gib }]) {
    const wrong = () => capacityOfMachine(reading({}), machine, units);
    expect(wrong).toThrow(expect.objectContaining({ code: "invalid-value", place: "machine" }));
  }
});

test("the machine at hand has some of both, and no more than its operating system says", () => {
  const { capacity, from } = capacityOfThisMachine({ lock: 1 });
  expect(capacity.cpu).toBeGreaterThanOrEqual(1);
  expect(capacity.memory).toBeGreaterThan(0);
  expect(capacity["lock"]).toBe(1);
  expect(from.cpu === "machine" || from.cpu.startsWith("/")).toBe(true);
});
