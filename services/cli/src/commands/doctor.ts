import { resolve } from "node:path";
import { ensureError } from "@troupe/actor";
import { type Connection, serverReport } from "@troupe/nats";
import {
  type Deployment,
  dataFolder,
  openDeployment,
  type Target,
  type TargetOptions,
  targetOf,
} from "../connection.ts";
import { type Check, fail, ok } from "../doctor/check.ts";
import { checkDataFolder, checkSource, judgeNodeVersion } from "../doctor/machine.ts";
import { judgeClock, judgeServer } from "../doctor/server.ts";
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
    return [
      fail(
        "NATS server",
        `${ensureError(thrown).message} (${origin})`,
        "goals can't be published, and no node can work",
        "start one with 'troupe up', or name the right one with --server or NATS_URL",
      ),
    ];
  }
  try {
    const report = await serverReport(deployment.connection);
    return [
      ...judgeServer(report, target.prefix, origin),
      judgeClock(io.clock.now(), await serverTime(deployment.connection, report.streams[0]?.name)),
      await checkNodes(deployment),
    ];
  } finally {
    await deployment.connection.close();
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

async function checkNodes({ client, target }: Deployment): Promise<Check> {
  const name = "nodes";
  try {
    const goals = await client.list();
    return ok(name, `answer under the prefix '${target.prefix}', and know ${goals.length} goals`);
  } catch (thrown) {
    return fail(
      name,
      `none answers under the prefix '${target.prefix}': ${ensureError(thrown).message}`,
      "goals that are published wait until a node runs",
      "start one with 'troupe up' or 'troupe node', or correct --prefix",
    );
  }
}
