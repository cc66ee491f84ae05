import { InvalidValueError } from "../../errors.ts";
import type { Resources } from "../../scheduler/resources.ts";
import { checkResources } from "../../scheduler/value-checks.ts";
import { type Controller, cgroupFolders } from "./cgroup-folders.ts";
import { cgroupLimits } from "./cgroup-limits.ts";
import { type LimitProblem, MachineFiles, type ReadText } from "./machine-files.ts";

/** What the operating system says that there is. It does not know of a container's limits. */
export interface MachineFigures {
  /** Processors that this process may run on, as `os.availableParallelism()` counts them. */
  readonly processors: number;
  /** Bytes of memory, as `os.totalmem()` says. */
  readonly memory: number;
}

/** What a node has to share out. */
export interface MachineCapacity {
  /** `cpu` in millicores, `memory` in bytes, and the named units as they were given. */
  readonly capacity: Resources & { readonly cpu: number; readonly memory: number };
  /** Where each figure comes from: the file with the smallest limit, or `machine`. */
  readonly from: { readonly cpu: string; readonly memory: string };
  /** Files that could not be read or understood, so that the figures came from elsewhere. */
  readonly problems: readonly LimitProblem[];
}

/**
 * What this process may use: the smallest of the machine's own figures and of all limits along the
 * path of its control group, of version 2 (`cpu.max`, `memory.max`, `memory.high`) or 1
 * (`cpu.cfs_quota_us`, `memory.limit_in_bytes`). A container sees the processors and the memory of its
 * whole host, so that who trusts those is killed for using what it was never given.
 *
 * Never fails because of a file: what is not there sets no limit, what can't be read or understood
 * neither, and is told in `problems`.
 *
 * @param read how files are read; see {@link capacityOfThisMachine} for the real one
 * @param machine the figures that hold where nothing else is said
 * @param units amounts of named units that this node has besides, for example `{ gpu: 2, duckdb: 1 }`
 * @throws InvalidValueError for an amount that is no whole number from 0, or named `cpu` or `memory`
 */
export function capacityOfMachine(
  read: ReadText,
  machine: MachineFigures,
  units: Resources = {},
): MachineCapacity {
  checkResources("machine", "units", units);
  for (const measured of ["cpu", "memory"]) {
    if (Object.hasOwn(units, measured)) {
      const expected = "left out, since it is measured";
      throw new InvalidValueError("machine", `units.${measured}`, units[measured], expected);
    }
  }
  const files = new MachineFiles(read);
  const cpu = smallest(files, "cpu", Math.floor(1000 * machine.processors));
  const memory = smallest(files, "memory", machine.memory);
  return {
    capacity: { ...units, cpu: cpu.amount, memory: memory.amount },
    from: { cpu: cpu.path, memory: memory.path },
    problems: distinct(files.problems),
  };
}

function smallest(files: MachineFiles, controller: Controller, machine: number) {
  const folders = cgroupFolders(files, controller);
  const limits = folders === undefined ? [] : cgroupLimits(files, controller, folders);
  return limits.reduce((least, limit) => (limit.amount < least.amount ? limit : least), {
    amount: machine,
    path: "machine",
  });
}

/** Each file once, although both controllers look at some. */
function distinct(problems: readonly LimitProblem[]): readonly LimitProblem[] {
  return [...new Map(problems.map((problem) => [problem.path, problem])).values()];
}
