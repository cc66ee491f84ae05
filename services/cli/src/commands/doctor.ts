import { resolve } from "node:path";
import { nodeStatuses } from "@troupe/console/nodes";
import { type Connection, serverReport, streamMisfits } from "@troupe/nats";
import {
  type Deployment,
  dataFolder,
  nodeDoor,
  openDeployment,
  type Target,
  type TargetOptions,
  targetOf,
} from "../connection.ts";
import type { Check } from "../doctor/check.ts";
import { checkDataFolder, checkSource, judgeNodeVersion } from "../doctor/machine.ts";
import { judgeNodes } from "../doctor/nodes.ts";
import {
  judgeClock,
  judgeNoConnection,
  judgeNoReport,
  judgeServer,
  judgeStreamSettings,
} from "../doctor/server.ts";
import { checkSettings } from "../doctor/settings.ts";
import { exitCodes } from "../errors.ts";
import { type Io, screenOf } from "../io.ts";
import { doctorScreen } from "../output/doctor-screen.ts";
import { writeJson, writeLines } from "../output/write.ts";
import { unlessInterrupted } from "../waiting.ts";

export interface DoctorOptions extends TargetOptions {
  readonly data?: string;
  readonly sources?: readonly string[];
  readonly json: boolean;
}

/** `troupe doctor`: everything a deployment needs, with what to do where something is missing. */
export async function doctor(io: Io, options: DoctorOptions): Promise<number> {
  const sources = (options.sources ?? ["."]).map((path) => resolve(io.directory, path));
  const checks = [
    judgeNodeVersion(process.version),
    ...(await checkDataFolder(dataFolder(io, options.data))),
    ...(await Promise.all(sources.map(checkSource))),
    ...(await checkSettings(io.environment)),
    ...(await unlessInterrupted(io, checkDeployment(io, targetOf(options, io)))),
  ];
  const verdict = ["fail", "warn"].find((bad) => checks.some((check) => check.verdict === bad));
  if (options.json) writeJson(io.out, { verdict: verdict ?? "ok", checks });
  else writeLines(io.out, doctorScreen(checks, screenOf(io.out)));
  return verdict === "fail" ? exitCodes.failed : exitCodes.ok;
}

const origins: Readonly<Record<Target["from"], string>> = {
  "--server": "named with --server",
  NATS_URL: "from NATS_URL",
  "troupe up": "run by 'troupe up' here",
  default: "the default, as neither --server nor NATS_URL nor a running 'troupe up' names one",
};

async function checkDeployment(io: Io, target: Target): Promise<readonly Check[]> {
  const origin = origins[target.from];
  let deployment: Deployment;
  try {
    deployment = await openDeployment(io, target);
  } catch (thrown) {
    return [judgeNoConnection(thrown, origin)];
  }
  try {
    return [...(await checkServer(io, deployment, origin)), ...(await checkNodes(io, deployment))];
  } finally {
    await deployment.connection.close();
  }
}

async function checkServer(
  { clock }: Io,
  { connection, target: { prefix } }: Deployment,
  origin: string,
): Promise<readonly Check[]> {
  try {
    const report = await serverReport(connection);
    const judged = judgeServer(report, prefix, origin);
    if (!report.jetstream.enabled) return judged;
    return [
      ...judged,
      ...judgeStreamSettings(await streamMisfits(connection, { prefix })),
      judgeClock(clock.now(), await serverTime(connection, report.streams[0]?.name)),
    ];
  } catch (thrown) {
    return [judgeNoReport(thrown)];
  }
}

/** Newer servers stamp their answers about streams. */
async function serverTime(
  { manager }: Connection,
  stream: string | undefined,
): Promise<number | undefined> {
  if (stream === undefined) return undefined;
  const info = await manager.streams.info(stream);
  if (!("ts" in info) || typeof info.ts !== "string") return undefined;
  return Date.parse(info.ts);
}

async function checkNodes(io: Io, deployment: Deployment): Promise<readonly Check[]> {
  const from = io.clock.now();
  const statuses = await nodeStatuses(nodeDoor(io, deployment));
  return judgeNodes(statuses, deployment.target.prefix, { from, to: io.clock.now() });
}
