import { nodeStatuses } from "@troupe/console/nodes";
import { NoNodesError } from "@troupe/goals";
import { type Endured, endure } from "../bench/goals-under-load.ts";
import { passFlow } from "../bench/pass-flow.ts";
import { type Spread, spreadOf } from "../bench/spread.ts";
import { type Deployment, nodeDoor, type TargetOptions, withDeployment } from "../connection.ts";
import { exitCodes } from "../errors.ts";
import { type Io, screenOf } from "../io.ts";
import { benchLines, progressLine } from "../output/bench-lines.ts";
import { LiveRegion } from "../output/live-region.ts";
import { writeJson, writeLines } from "../output/write.ts";

/** Round trips to the server that its own part is taken from. */
const roundTrips = 200;

export interface BenchOptions extends TargetOptions {
  readonly json: boolean;
  readonly goals: number;
  readonly tasks: number;
  readonly open: number;
  readonly timeout: number;
}

/** What a deployment does with goals whose tasks do nothing. Times in milliseconds. */
export interface Measurement {
  readonly nodes: number;
  readonly goals: number;
  readonly tasks: number;
  readonly open: number;
  readonly tookMs: number;
  readonly goalsPerSecond: number;
  readonly tasksPerSecond: number;
  /** To the server and back, with nothing else under way: the bound for whatever needs its answer. */
  readonly roundTrip: Spread;
  /** From publishing a goal to its durable receipt. */
  readonly receipt: Spread;
  /** From publishing a goal to the news of its end. */
  readonly goal: Spread;
  /** Goals that did not succeed. */
  readonly failed: readonly string[];
}

/**
 * `troupe bench`: measures a running deployment with flows whose tasks do nothing.
 *
 * @throws NoNodesError when no node answers; BenchStalledError when goals do not end
 */
export async function bench(io: Io, options: BenchOptions): Promise<number> {
  const measured = await withDeployment(io, options, (deployment) =>
    measure(io, deployment, options),
  );
  if (options.json) writeJson(io.out, measured);
  else writeLines(io.out, benchLines(measured, screenOf(io.out)));
  return measured.failed.length === 0 ? exitCodes.ok : exitCodes.failed;
}

async function measure(
  io: Io,
  deployment: Deployment,
  { goals, tasks, open, timeout, json }: BenchOptions,
): Promise<Measurement> {
  const { client, transport, connection, target } = deployment;
  const { nodes } = await nodeStatuses(nodeDoor(io, deployment));
  if (nodes.length === 0) throw new NoNodesError("measuring");
  const roundTrip: number[] = [];
  for (let trip = 0; trip < roundTrips; trip += 1) {
    const begun = io.clock.monotonic();
    await connection.nats.flush();
    roundTrip.push(io.clock.monotonic() - begun);
  }
  let ended = 0;
  const live = io.out.live && !json;
  const region = live ? new LiveRegion(io, () => [progressLine(ended, goals)]) : undefined;
  const run = `bench-${io.random.hex(3)}`;
  let endured: Endured;
  try {
    endured = await endure({
      client,
      transport,
      clock: io.clock,
      prefix: target.prefix,
      goals,
      open,
      stallMs: timeout * 1000,
      goal: (index) => passFlow(`${run}-${index}`, tasks),
      progress: (count) => {
        ended = count;
      },
    });
  } finally {
    region?.end(false);
  }
  const { receipts, ends, failed, tookMs } = endured;
  const perSecond = (count: number): number => (count / tookMs) * 1000;
  return {
    nodes: nodes.length,
    goals,
    tasks,
    open,
    tookMs,
    goalsPerSecond: perSecond(goals),
    tasksPerSecond: perSecond(goals * tasks),
    roundTrip: spreadOf(roundTrip),
    receipt: spreadOf(receipts),
    goal: spreadOf(ends),
    failed,
  };
}
