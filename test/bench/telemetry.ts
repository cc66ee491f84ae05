/**
 * What traces, metrics, alerts and health cost: the same goals with none of it, with all of it as it is by
 * default, and with every goal traced, in turns, in one process and on one server. Throughput is the median over
 * neighbouring rounds; processor time that of the best tenth of the rounds, which others on the machine disturbed
 * least. For goals that clean a real file, and for flows of tasks that do nothing and come without a pause: what a
 * node may trace at once is used up by then.
 *
 *   node --conditions=troupe:source test/bench/telemetry.ts [rounds]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { passFlow } from "@troupe/cli/pass-flow";
import { startTestServer } from "@troupe/nats/testing";
import type { Rate } from "./meter.ts";
import { type BenchNode, startBenchNode } from "./telemetry/bench-node.ts";

const rounds = Number(process.argv[2] ?? 15);
/** Most that telemetry may cost by default, of the throughput of goals. */
const limit = 0.05;

const data = join(import.meta.dirname, "../../node_modules/vega-datasets/data");

interface Load {
  readonly what: string;
  /** Goals of one round; their ids are told apart by it. */
  readonly goals: (round: string) => readonly object[];
  /** Rounds that count; short ones need more. */
  readonly rounds: number;
  /** Rounds before them. */
  readonly warm: number;
}

const loads: readonly Load[] = [
  {
    what: "cleaning movies.json",
    goals: (round) =>
      Array.from({ length: 2 }, (_, index) => ({
        id: `${round}-c${index}`,
        kind: "clean",
        source: join(data, "movies.json"),
        output: `movies-${index}`,
      })),
    rounds,
    warm: 1,
  },
  {
    what: "flows of 20 tasks that do nothing",
    goals: (round) => Array.from({ length: 24 }, (_, index) => passFlow(`${round}-f${index}`, 20)),
    rounds: rounds * 4,
    // By then 240 goals have begun: more than a node traces at once.
    warm: 10,
  },
];

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[values.length >> 1] ?? Number.NaN;
}

/** The processor time of the rounds that others on the machine disturbed least. */
function leastCpu(rates: readonly Rate[]): number {
  const sorted = rates.map(({ cpuMicros }) => cpuMicros).sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 10)] ?? Number.NaN;
}

/** What a node with telemetry costs more than one without. */
interface Cost {
  readonly perSecond: number;
  /** Processor time of a goal, milliseconds. */
  readonly cpuMs: number;
  readonly throughput: number;
  readonly processor: number;
  /** Share of the goals that were traced. */
  readonly traced: number;
}

async function costsOf(load: Load, nodes: readonly BenchNode[]): Promise<readonly Cost[]> {
  for (let round = 0; round < load.warm; round += 1) {
    for (const node of nodes) await node.round(load.goals(`warm${round}`));
  }
  const before = nodes.map((node) => node.untraced());
  const rates: Rate[][] = nodes.map(() => []);
  let goals = 0;
  for (let round = 0; round < load.rounds; round += 1) {
    const some = load.goals(`r${round}`);
    goals += some.length;
    // Whoever goes first pays for what the process was at.
    for (let turn = 0; turn < nodes.length; turn += 1) {
      const index = (round + turn) % nodes.length;
      const rate = await nodes[index]?.round(some);
      if (rate !== undefined) rates[index]?.push(rate);
    }
  }
  const [without = []] = rates;
  return nodes.map((node, index) => {
    const pairs = (rates[index] ?? []).flatMap((rate, round) => {
      const bare = without[round];
      return bare === undefined ? [] : { rate, bare };
    });
    return {
      perSecond: median(pairs.map(({ rate }) => rate.perSecond)),
      throughput: median(pairs.map(({ rate, bare }) => 1 - rate.perSecond / bare.perSecond)),
      cpuMs: leastCpu(rates[index] ?? []) / 1000,
      processor: leastCpu(rates[index] ?? []) / leastCpu(without) - 1,
      traced: 1 - (node.untraced() - (before[index] ?? 0)) / goals,
    };
  });
}

const server = await startTestServer();
const directory = mkdtempSync(join(tmpdir(), "troupe-bench-"));
/** Nodes of a load are its own: what one load leaves in a process is not in the other's figures. */
async function startNodes(load: string): Promise<readonly BenchNode[]> {
  const at = { url: server.url, directory, readable: [data] };
  return [
    await startBenchNode({ ...at, prefix: `none${load}` }, "nothing"),
    await startBenchNode({ ...at, prefix: `usual${load}` }, "default"),
    await startBenchNode({ ...at, prefix: `all${load}` }, "everything"),
  ];
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
console.log(
  "| goals | telemetry | traced | goals/s | processor ms/goal | throughput lost | processor time more | wanted | met |",
);
console.log("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
for (const [place, load] of loads.entries()) {
  const nodes = await startNodes(String(place));
  const [none, usual, all] = await costsOf(load, nodes);
  for (const node of nodes) await node.stop();
  if (none === undefined || usual === undefined || all === undefined) continue;
  console.log(
    `| ${load.what} | none | | ${none.perSecond.toFixed(1)} | ${none.cpuMs.toFixed(2)} | | | | |`,
  );
  for (const [telemetry, cost, bound] of [
    ["as by default", usual, true],
    ["every goal traced", all, false],
  ] as const) {
    const met = cost.throughput <= limit;
    const verdict = bound ? [`at most ${percent(limit)}`, met ? "yes" : "NO"] : ["", ""];
    const shares = [percent(cost.throughput), percent(cost.processor)];
    const rates = [cost.perSecond.toFixed(1), cost.cpuMs.toFixed(2)];
    const figures = [percent(cost.traced), ...rates, ...shares];
    console.log(`| ${[load.what, telemetry, ...figures, ...verdict].join(" | ")} |`);
    if (bound && !met) process.exitCode = 1;
  }
}
await server.stop();
rmSync(directory, { recursive: true, force: true });
