import type { Spread } from "../bench/spread.ts";
import type { Measurement } from "../commands/bench.ts";
import { bar } from "./bar.ts";
import { counted, formatCount } from "./quantity.ts";
import type { Screen } from "./screen.ts";
import { table } from "./table.ts";
import { printable } from "./text.ts";

/** Cells of the bar. */
const barCells = 24;
/** Goals that failed, by name. */
const namedFailures = 5;

/** How far a measurement is. */
export function progressLine(ended: number, goals: number): string {
  return `${bar(ended, goals, barCells).padEnd(barCells)} ${formatCount(ended)} of ${counted(goals, "goal")}`;
}

/** What was measured, and each time as so many round trips to the server. */
export function benchLines(measured: Measurement, { width, paint }: Screen): readonly string[] {
  const { goals, tasks, open, nodes, roundTrip, receipt, goal, failed } = measured;
  const { goalsPerSecond, tasksPerSecond } = measured;
  const rows = (
    [
      ["to the server and back", roundTrip],
      ["goal published to receipt", receipt],
      ["goal published to its end", goal],
    ] as const
  ).map(([what, spread]) => [what, ...times(spread), trips(spread, roundTrip)]);
  const right = { align: "right" } as const;
  const columns = [
    { title: "milliseconds", flexible: true },
    { title: "p50", ...right },
    { title: "p95", ...right },
    { title: "p99", ...right },
    { title: "most", ...right },
    { title: "p50 in round trips", ...right },
  ] as const;
  const some = failed.slice(0, namedFailures).map(printable).join(", ");
  return [
    `${counted(goals, "flow")} of ${counted(tasks, "task")} that ${tasks === 1 ? "does" : "do"} nothing, ${formatCount(open)} at a time, on ${counted(nodes, "node")}`,
    "",
    `${significant(goalsPerSecond)} goals/s, ${significant(tasksPerSecond)} tasks/s`,
    "",
    ...table(columns, rows, width, paint),
    ...(failed.length === 0
      ? []
      : ["", paint("red", `${counted(failed.length, "goal")} did not succeed: ${some}`)]),
  ];
}

function times({ p50, p95, p99, max }: Spread): readonly string[] {
  return [p50, p95, p99, max].map(significant);
}

function trips({ p50 }: Spread, roundTrip: Spread): string {
  return significant(p50 / roundTrip.p50);
}

/** Three digits at least: `0.312`, `4.10`, `1,234`. */
function significant(value: number): string {
  return value >= 100 ? formatCount(value) : value.toPrecision(3);
}
