import type { RemovedBidder } from "@troupe/coordination";
import { counted, formatCount, formatDuration } from "./quantity.ts";
import type { Screen } from "./screen.ts";
import { table } from "./table.ts";

/** What came of an assignment problem; agents and tasks are numbered from 0. */
export type AssignSummary = {
  readonly n: number;
  readonly bids: number;
  readonly rounds: number;
  readonly milliseconds: number;
  readonly bidders: number;
  /** Processes that hosted them; 0: the command's own did. */
  readonly nodes: number;
  readonly removed: readonly RemovedBidder[];
} & (
  | {
      readonly settled: true;
      readonly cost: number;
      readonly dualBound: number;
      readonly optimal: boolean;
      readonly undone: readonly number[];
      readonly taskOf: readonly (number | null)[];
    }
  | { readonly settled: false; readonly reason: string }
);

/** What came of a problem with capacities. */
export type CapacitySummary = {
  /** Place in the file, from 1. */
  readonly problem: number;
  readonly agents: number;
  readonly tasks: number;
  readonly bound: number;
  readonly rounds: number;
  readonly milliseconds: number;
} & (
  | {
      readonly feasible: true;
      readonly cost: number;
      readonly optimal: boolean;
      /** How far the cost can be from the best, as a part of the bound. */
      readonly gap: number;
      readonly agentOf: readonly number[];
    }
  | { readonly feasible: false; readonly proved: boolean }
);

export function assignLines(summary: AssignSummary, { paint }: Screen): readonly string[] {
  const { n, bids, rounds, milliseconds, bidders, nodes, removed } = summary;
  const place = nodes === 0 ? "one process" : counted(nodes, "process", "processes");
  const rows: (readonly [name: string, value: string])[] = summary.settled
    ? [
        ["cost", formatCount(summary.cost)],
        [
          "dual bound",
          `${formatCount(summary.dualBound)}${summary.optimal ? ", the optimum is proved" : ""}`,
        ],
      ]
    : [["not settled", summary.reason]];
  rows.push(
    ["bids", formatCount(bids)],
    ["rounds", formatCount(rounds)],
    ["time", formatDuration(milliseconds)],
  );
  if (summary.settled && summary.undone.length > 0) {
    rows.push(["undone", counted(summary.undone.length, "task")]);
  }
  for (const { member, agents, reason } of removed) {
    rows.push(["taken out", `${member} with ${counted(agents, "agent")}: ${reason}`]);
  }
  return [
    `${counted(n, "task")} to as many agents, ${counted(bidders, "bidder")} in ${place}`,
    ...rows.map(([name, value]) => `  ${paint("dim", name.padEnd(11))}  ${value}`),
  ];
}

export function capacityLines(
  summaries: readonly CapacitySummary[],
  { width, paint }: Screen,
): readonly string[] {
  const columns = [
    { title: "problem", align: "right" },
    { title: "agents", align: "right" },
    { title: "tasks", align: "right" },
    { title: "cost", align: "right" },
    { title: "bound", align: "right" },
    { title: "gap", align: "right" },
    { title: "time", align: "right" },
    { title: "result" },
  ] as const;
  const rows = summaries.map((one) => [
    String(one.problem),
    formatCount(one.agents),
    formatCount(one.tasks),
    one.feasible ? formatCount(one.cost) : "-",
    formatCount(one.bound),
    one.feasible ? `${(one.gap * 100).toFixed(2)}%` : "-",
    formatDuration(one.milliseconds),
    verdictOf(one),
  ]);
  return table(columns, rows, width, paint);
}

function verdictOf(one: CapacitySummary): string {
  if (one.feasible) return one.optimal ? "optimal" : "feasible";
  return one.proved ? "infeasible" : "none found";
}
