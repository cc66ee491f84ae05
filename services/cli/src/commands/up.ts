import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Transport } from "@troupe/actor";
import { subjectsOf } from "@troupe/goals";
import { ensureStreams } from "@troupe/nats";
import { type Deployment, dataFolder, defaultPrefix, openDeployment } from "../connection.ts";
import { exitCodes, NodeStartError, UsageError } from "../errors.ts";
import { exitCodeOfGoal } from "../goal-end.ts";
import type { Io } from "../io.ts";
import { endingAll, type Undo } from "../undo.ts";
import { liarsOf } from "../up/liars.ts";
import { withOwnMetricsPort } from "../up/metrics-port.ts";
import { NodePool } from "../up/node-pool.ts";
import { listenToGoals } from "../up/other-goals.ts";
import { publishCommand, serverWord } from "../up/publish-command.ts";
import { Reporter } from "../up/reporter.ts";
import { type SampleName, sampleDirectory, sampleGoal } from "../up/sample.ts";
import { startServer } from "../up/server.ts";
import { readUpState, removeUpState, urlFileIn, writeUpState } from "../up/state-file.ts";
import { unlessInterrupted } from "../waiting.ts";
import { watchGoal } from "../watch-goal.ts";

export interface UpOptions {
  readonly nodes: number;
  /** End after the sample, with its outcome as exit code. */
  readonly once: boolean;
  /** `false` to publish nothing. */
  readonly sample: SampleName | false;
  readonly data?: string;
  readonly port?: number;
  readonly server?: string;
  readonly prefix?: string;
  readonly sources?: readonly string[];
  /** For demonstrations and tests: analysts that lie, as `node-1/analyst-sample`, or how many. Default none. */
  readonly liars?: string;
  readonly json: boolean;
  /** Longest time for the sample, seconds. */
  readonly timeout: number;
}

/**
 * `troupe up`: a whole deployment on this machine, a goal to see it work, and then it stays up until
 * it is interrupted. Whatever it started is stopped in any case.
 */
export async function up(io: Io, options: UpOptions): Promise<number> {
  if (options.once && options.sample === false) {
    throw new UsageError("--once ends after the sample, and --no-sample leaves it out: choose one");
  }
  const reporter = new Reporter(io, options.json);
  try {
    return await endingAll(io, (undo) =>
      run(io, options, reporter, undo).finally(() => reporter.tell({ type: "stopping" })),
    );
  } finally {
    reporter.tell({ type: "stopped" });
  }
}

async function run(io: Io, options: UpOptions, reporter: Reporter, undo: Undo): Promise<number> {
  const data = dataFolder(io, options.data);
  const logs = join(data, "logs");
  await mkdir(logs, { recursive: true });
  const prefix = options.prefix ?? io.environment["TROUPE_PREFIX"] ?? defaultPrefix;
  const sources = sourcesOf(io, options);

  const { url, own } = await startServer(io, { ...options, data }, reporter, undo);
  let isReady = false;
  const deployment = await unlessInterrupted(
    io,
    openDeployment(io, { url, prefix, from: "troupe up" }, (level, message) => {
      // What is said of the server before the streams stand, its version above all, the doctor tells.
      if (isReady && level !== "debug") {
        reporter.tell({ type: "connection", isWell: level === "info", message });
      }
    }),
  );
  undo.push(() => deployment.connection.close());
  await unlessInterrupted(io, ensureStreams(deployment.connection, { prefix }));
  isReady = true;
  reporter.tell({ type: "streams", prefix });

  const stem = own ? "node" : `node-${process.pid}`;
  const names = Array.from({ length: options.nodes }, (_, index) => `${stem}-${index + 1}`);
  const liars = liarsOf(options.liars ?? "0", names);
  const nodes = names.map((name, index) => {
    const log = join(logs, `${name}.log`);
    const lying = liars.get(name);
    const environment = {
      ...withOwnMetricsPort(io.environment, index),
      ...(lying === undefined ? {} : { TROUPE_LIARS: lying.join(",") }),
    };
    return { name, natsUrl: url, prefix, data, sources, environment, log };
  });
  const pool = new NodePool({
    clock: io.clock,
    nodes,
    observe: (news) => reporter.tell({ type: "node", ...news }),
  });
  undo.push(
    () => pool.stop(),
    () => pool.kill(),
  );
  await unlessInterrupted(io, pool.start());

  // A deployment that runs here already stays the one that other commands find.
  if (readUpState(data) === undefined) {
    writeUpState(data, { url, prefix, pid: process.pid });
  }
  undo.push(() => removeUpState(data, process.pid));
  reporter.endStart();
  const server = serverWord(url, urlFileIn(data));
  if (options.sample !== false) {
    const exitCode = await runSample(io, options, options.sample, deployment, server, reporter);
    if (options.once) return exitCode;
  }
  const example = JSON.stringify({ kind: "clean", source: "/path/to/file.csv" });
  reporter.tell({
    type: "up",
    url: deployment.connection.url,
    prefix,
    nodes: names,
    data,
    sources,
    logs,
    publish: publishCommand(server, subjectsOf(prefix).goals, example),
  });
  return stayUp(io, deployment.transport, prefix, pool, reporter);
}

/** Goals may read what `--sources` names, else this directory; and the sample, when it is run. */
function sourcesOf(io: Io, options: UpOptions): readonly string[] {
  const named = options.sources ?? ["."];
  return [
    ...named.map((path) => resolve(io.directory, path)),
    ...(options.sample === false ? [] : [sampleDirectory()]),
  ];
}

/** Publishes the sample exactly as the printed command line would, and follows it. */
async function runSample(
  io: Io,
  options: UpOptions,
  sample: SampleName,
  deployment: Deployment,
  server: string,
  reporter: Reporter,
): Promise<number> {
  const { transport, target } = deployment;
  const goal = sampleGoal(sample, io.random);
  const payload = JSON.stringify(goal);
  const subject = subjectsOf(target.prefix).goals;
  const command = publishCommand(server, subject, payload);
  transport.publish(subject, new TextEncoder().encode(payload));
  await unlessInterrupted(io, transport.flush());
  reporter.tell({ type: "published", goal: goal.id, subject, payload, command });
  const view = await watchGoal(io, {
    deployment,
    goal: goal.id,
    json: options.json,
    limitMs: options.timeout * 1000,
    notices: reporter.notices,
  });
  return exitCodeOfGoal(view);
}

/** Shows what goes on until somebody interrupts, or until no node is left. */
async function stayUp(
  io: Io,
  transport: Transport,
  prefix: string,
  pool: NodePool,
  reporter: Reporter,
): Promise<number> {
  const listening = listenToGoals(transport, prefix, (seen) =>
    reporter.tell({ type: "decision", ...seen }),
  );
  try {
    await unlessInterrupted(io, pool.allLost);
    throw new NodeStartError("all", "every node died too often", "in the logs folder");
  } catch (error) {
    if (io.interrupted.aborted) return exitCodes.interrupted;
    throw error;
  } finally {
    listening.unsubscribe();
  }
}
