import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { cleanResultSchema, type GoalEvent } from "@troupe/goals";
import { z } from "zod";
import { Deployment } from "../deployment/deployment.ts";
import { writeOrders } from "./large/generate.ts";

/** Rows of the file, and numbers of nodes that clean it. */
const rows = Number(process.argv[2] ?? 10_000_000);
const nodeCounts = (process.argv[3] ?? "1,2,3").split(",").map(Number);
/** Whether each node has a processor to itself, and one thread: what nodes on machines of their own are like. */
const isPinned = process.argv[4] === "cores";
/** Memory for DuckDB on each node and in the script. */
const memoryMb = 192;
/** Most memory that a node may take in all. */
const limitMb = 1024;
/** Most that the whole goal on one node may cost, times what the script costs. */
const overhead = 1.25;
const seed = 7;
const plainScript = join(import.meta.dirname, "large", "plain.ts");

interface Cost {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peaksMb: readonly number[];
}

const plainSchema = z.object({
  rows: cleanResultSchema.shape.rows,
  peakMb: z.number(),
  cpuSeconds: z.number(),
  timings: z.record(z.string(), z.number()),
});

/**
 * A large file through the whole cleaning goal on one node, on two, on three, and through one plain script that has the same
 * done by DuckDB: seconds, processor time of all processes, and the most memory that each had.
 */
async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "troupe-large-"));
  try {
    const file = join(directory, "orders.csv");
    await writeOrders(file, rows, seed);
    const megabytes = Math.round(statSync(file).size / 2 ** 20);
    console.log(`${rows} rows, ${megabytes} MiB; DuckDB has ${memoryMb} MB in each process`);
    if (isPinned) return await scale(file);
    const plain = runPlain(file, join(directory, "plain"));
    console.log(line("one script", plain));
    console.log(
      Object.entries(plain.timings)
        .map(([step, seconds]) => `${step} ${seconds} s`)
        .join(", "),
    );
    for (const nodes of nodeCounts) {
      const { cost, counts, delegated } = await runGoal(file, nodes);
      console.log(line(nodes === 1 ? "1 node" : `${nodes} nodes`, cost));
      console.log(delegated);
      const ratio = (of: (one: Cost) => number): string => (of(cost) / of(plain)).toFixed(2);
      const most = nodes === 1 ? `, at most ${overhead}` : "";
      console.log(
        `  of the script's: ${ratio((one) => one.seconds)} of its time, ${ratio((one) => one.cpuSeconds)} of its processor time${most}`,
      );
      if (JSON.stringify(counts) !== JSON.stringify(plain.counts)) {
        throw new Error(
          `the goal counts ${JSON.stringify(counts)}, the script ${JSON.stringify(plain.counts)}`,
        );
      }
      if (Math.max(...cost.peaksMb) > limitMb) {
        console.log(`  a node took more than ${limitMb} MB`);
        process.exitCode = 1;
      }
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The goal on several numbers of nodes, each on a processor of its own, and how much quicker more of them are. */
async function scale(file: string): Promise<void> {
  const cores = Array.from({ length: availableParallelism() }, (_, core) => core);
  const times = new Map<number, number[]>();
  const counted = new Set<string>();
  for (const nodes of nodeCounts) {
    if (nodes > cores.length) {
      throw new Error(`${nodes} nodes need as many processors, and there are ${cores.length}`);
    }
    const before = loadavg()[0] ?? 0;
    const { cost, counts, shares, steps } = await runGoal(file, nodes, cores.slice(0, nodes));
    const load = `load ${before.toFixed(1)} before, ${(loadavg()[0] ?? 0).toFixed(1)} after`;
    console.log(`${line(`${nodes} on ${nodes}`, cost)}; ${load}`);
    console.log(`  processor and waiting for it, by node: ${shares.join(", ")}`);
    console.log(`  ${steps.join(", ")}`);
    times.set(nodes, [...(times.get(nodes) ?? []), cost.seconds]);
    counted.add(JSON.stringify(counts));
  }
  if (counted.size > 1) throw new Error(`the counts differ: ${[...counted].join(" and ")}`);
  const [one, ...more] = [...times].map(([nodes, all]) => ({ nodes, seconds: median(all) }));
  if (one === undefined) return;
  for (const { nodes, seconds } of more) {
    const quicker = (one.seconds / seconds).toFixed(2);
    console.log(`${nodes} nodes are ${quicker} times as quick as ${one.nodes}`);
  }
}

function median(all: readonly number[]): number {
  return all.toSorted((a, b) => a - b)[all.length >> 1] ?? Number.NaN;
}

function line(name: string, { seconds, cpuSeconds, peaksMb }: Cost): string {
  const peaks = peaksMb.map((peak) => `${peak} MB`).join(", ");
  return `${name.padEnd(10)} ${seconds.toFixed(1)} s, processor ${cpuSeconds.toFixed(1)} s, most memory ${peaks}`;
}

function runPlain(file: string, directory: string) {
  mkdirSync(directory);
  const began = performance.now();
  const said = execFileSync(
    process.execPath,
    ["--conditions=troupe:source", plainScript, file, directory, String(memoryMb)],
    { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] },
  );
  const { rows: counts, peakMb, cpuSeconds, timings } = plainSchema.parse(JSON.parse(said));
  const seconds = (performance.now() - began) / 1000;
  rmSync(directory, { recursive: true, force: true });
  return { seconds, cpuSeconds, peaksMb: [peakMb], counts, timings };
}

async function runGoal(file: string, nodes: number, cores: readonly number[] = []) {
  const deployment = await Deployment.start({
    nodes,
    sources: [file],
    cores,
    environment: {
      TROUPE_MEMORY_MB: String(memoryMb),
      TROUPE_LEASE_MS: "15000",
      TROUPE_SUSPECT_MS: "8000",
      ...(cores.length === 0 ? {} : { TROUPE_THREADS: "1" }),
    },
  });
  try {
    const pids = [...deployment.nodes.values()].flatMap(({ pid }) => pid ?? []);
    const spent = (): number => pids.reduce((sum, pid) => sum + processorSeconds(pid), 0);
    const each = pids.map((pid) => ({
      pid,
      ran: processorSeconds(pid),
      waited: waitedSeconds(pid),
    }));
    const [began, before] = [performance.now(), spent()];
    await deployment.client.submit({ id: "large", kind: "clean", source: file, output: "orders" });
    const events = await deployment.follow("large");
    const last = events.at(-1)?.record;
    if (last?.type !== "finished") throw new Error(`the goal ended as ${JSON.stringify(last)}`);
    const cost = {
      seconds: (performance.now() - began) / 1000,
      cpuSeconds: spent() - before,
      peaksMb: pids.map(peakMb),
    };
    const { rows: counts, delegations = [] } = cleanResultSchema.parse(last.result);
    const delegated = delegations
      .map(({ task, pieces, nodes: on }) => `  ${task}: ${pieces} pieces on ${on.join(", ")}`)
      .join("\n");
    const shares = each.map(
      ({ pid, ran, waited }) =>
        `${(processorSeconds(pid) - ran).toFixed(1)} s and ${(waitedSeconds(pid) - waited).toFixed(1)} s`,
    );
    return { cost, counts, delegated, shares, steps: stepsOf(events) };
  } finally {
    await deployment.stop();
  }
}

/** How long each task took, and the agreement of the analysts, in the order in which they ended. */
function stepsOf(events: readonly GoalEvent[]): readonly string[] {
  let last = events[0]?.at ?? 0;
  return events.flatMap(({ at, record }) => {
    const told = (what: string, ms: number): string[] => [`${what} ${(ms / 1000).toFixed(1)} s`];
    if (record.type === "deliberated") return told("agreement", at - last);
    if (record.type !== "task-done") return [];
    last = at;
    return told(record.task, record.durationMs);
  });
}

/** Time that threads of a process could have run, and had no processor. */
function waitedSeconds(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const nanoseconds = threads.reduce((sum, thread) => {
    const [, waited = "0"] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(
      " ",
    );
    return sum + Number(waited);
  }, 0);
  return nanoseconds / 1e9;
}

/** Processor time that a process has had. */
function processorSeconds(pid: number): number {
  // The name of the program, in brackets, may hold spaces.
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  const ticksPerSecond = 100;
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Most memory that a process ever had. */
function peakMb(pid: number): number {
  const [, peak] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Math.round(Number(peak) / 1024);
}

await main();
