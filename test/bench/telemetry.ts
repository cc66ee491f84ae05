/**
 * What traces, metrics, alerts and health cost: the same goals with all of it, at the default sampling,
 * and with none, in turns, in one process and on one server. Prints medians over pairs of neighbouring
 * rounds, for goals that clean a real file and for flows of tasks that do nothing.
 *
 *   node --conditions=troupe:source test/bench/telemetry.ts [pairs]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { passFlow } from "@troupe/cli/pass-flow";
import { startTestServer } from "@troupe/nats/testing";
import { type BenchNode, startBenchNode } from "./telemetry/bench-node.ts";

const pairs = Number(process.argv[2] ?? 15);
/** Most that telemetry may cost: a share of the throughput of goals, and of the processor time of each. */
const limit = 0.05;

const data = join(import.meta.dirname, "../../node_modules/vega-datasets/data");

interface Load {
  readonly what: string;
  /** Goals of one round; their ids are told apart by it. */
  readonly goals: (round: string) => readonly object[];
  /** Whether the limit is for it. */
  readonly bound: boolean;
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
    bound: true,
  },
  {
    what: "flows of 20 tasks that do nothing",
    goals: (round) => Array.from({ length: 24 }, (_, index) => passFlow(`${round}-f${index}`, 20)),
    bound: false,
  },
];

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[values.length >> 1] ?? Number.NaN;
}

/** Medians over the pairs. */
interface Cost {
  readonly off: number;
  readonly on: number;
  readonly throughput: number;
  readonly processor: number;
}

async function costOf({ goals }: Load, off: BenchNode, on: BenchNode): Promise<Cost> {
  for (const node of [off, on]) await node.round(goals("warm"));
  const rates: { off: number[]; on: number[] } = { off: [], on: [] };
  const throughput: number[] = [];
  const processor: number[] = [];
  for (let pair = 0; pair < pairs; pair += 1) {
    const some = goals(`r${pair}`);
    // Whoever goes first pays for what the process was at.
    const first = pair % 2 === 0 ? off : on;
    const one = await first.round(some);
    const other = await (first === off ? on : off).round(some);
    const [without, with_] = first === off ? [one, other] : [other, one];
    throughput.push(1 - with_.perSecond / without.perSecond);
    processor.push(with_.cpuMicros / without.cpuMicros - 1);
    rates.off.push(without.perSecond);
    rates.on.push(with_.perSecond);
  }
  return {
    off: median(rates.off),
    on: median(rates.on),
    throughput: median(throughput),
    processor: median(processor),
  };
}

const server = await startTestServer();
const directory = mkdtempSync(join(tmpdir(), "troupe-bench-"));
const at = { url: server.url, directory, readable: [data] };
const off = await startBenchNode({ ...at, prefix: "off" }, false);
const on = await startBenchNode({ ...at, prefix: "on" }, true);
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
console.log(
  "| goals | goals/s without | with | throughput lost | processor time more | wanted | met |",
);
console.log("| --- | --- | --- | --- | --- | --- | --- |");
for (const load of loads) {
  const cost = await costOf(load, off, on);
  // On a busy machine either can be off by chance; what really costs shows in both.
  const met = Math.min(cost.throughput, cost.processor) <= limit;
  const verdict = load.bound ? [`at most ${percent(limit)}`, met ? "yes" : "NO"] : ["", ""];
  const figures = [cost.off.toFixed(1), cost.on.toFixed(1)];
  const shares = [percent(cost.throughput), percent(cost.processor)];
  console.log(`| ${[load.what, ...figures, ...shares, ...verdict].join(" | ")} |`);
  if (load.bound && !met) process.exitCode = 1;
}
for (const node of [off, on]) await node.stop();
await server.stop();
rmSync(directory, { recursive: true, force: true });
