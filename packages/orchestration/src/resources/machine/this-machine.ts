import { readFileSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import type { Resources } from "../../scheduler/resources.ts";
import { capacityOfMachine, type MachineCapacity } from "./capacity-of-machine.ts";

/**
 * What the process at hand may use, by its control group and its operating system.
 *
 * @param units amounts of named units that this node has besides `cpu` and `memory`
 * @throws InvalidValueError as {@link capacityOfMachine}
 */
export function capacityOfThisMachine(units: Resources = {}): MachineCapacity {
  const machine = { processors: availableParallelism(), memory: totalmem() };
  return capacityOfMachine((path) => readFileSync(path, "utf8"), machine, units);
}
