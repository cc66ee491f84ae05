import { resolve } from "node:path";
import { type Journal, type Log, silentLog, type Transport } from "@troupe/actor";
import type { NodeDoor } from "@troupe/console/nodes";
import { GoalClient } from "@troupe/goals";
import { type Connection, connect, natsJournal, natsTransport } from "@troupe/nats";
import type { Io } from "./io.ts";
import { defaultDataFolder, readUpState, type UpState } from "./up/state-file.ts";
import { unlessInterrupted } from "./waiting.ts";

/** How the user says which deployment is meant. */
export interface TargetOptions {
  readonly server?: string;
  readonly prefix?: string;
}

/** Which deployment a command talks to. */
export interface Target {
  readonly url: string;
  readonly prefix: string;
  /** Where the address came from, for messages. */
  readonly from: "--server" | "NATS_URL" | "troupe up" | "default";
}

const defaultUrl = "nats://127.0.0.1:4222";
export const defaultPrefix = "troupe";

/** The data folder of this directory, as `troupe up` uses it. */
export function dataFolder(io: Io, given?: string): string {
  return resolve(io.directory, given ?? io.environment["TROUPE_DATA"] ?? defaultDataFolder);
}

/** The deployment that is meant: `--server`, else `NATS_URL`, else the one running here, else the local default. */
export function targetOf(options: TargetOptions, io: Io): Target {
  return chooseTarget(options, io.environment, readUpState(dataFolder(io)));
}

/** The decision behind {@link targetOf}. */
export function chooseTarget(
  options: TargetOptions,
  environment: Io["environment"],
  up: UpState | undefined,
): Target {
  const named = options.prefix ?? environment["TROUPE_PREFIX"];
  const prefix = named ?? defaultPrefix;
  if (options.server !== undefined) return { url: options.server, prefix, from: "--server" };
  const url = environment["NATS_URL"];
  if (url !== undefined && url !== "") return { url, prefix, from: "NATS_URL" };
  if (up !== undefined) return { url: up.url, prefix: named ?? up.prefix, from: "troupe up" };
  return { url: defaultUrl, prefix, from: "default" };
}

/** An open line to a deployment. */
export interface Deployment {
  readonly target: Target;
  readonly connection: Connection;
  readonly transport: Transport;
  readonly journal: Journal;
  readonly client: GoalClient;
}

/**
 * @param log is told what becomes of the connection. Default: nobody is
 * @throws NatsUnreachableError when no server answers
 */
export async function openDeployment(
  io: Io,
  target: Target,
  log: Log = silentLog,
): Promise<Deployment> {
  const connection = await connect({ url: target.url, name: "troupe cli", log });
  const transport = natsTransport(connection);
  const { prefix } = target;
  return {
    target,
    connection,
    transport,
    journal: natsJournal(connection, { prefix }),
    client: new GoalClient({
      ports: { transport, clock: io.clock, random: io.random },
      prefix,
      inboxes: connection.inboxes,
    }),
  };
}

/**
 * Connects, does something, and closes the connection in any case.
 *
 * @throws NatsUnreachableError when no server answers; InterruptedError on Ctrl-C
 */
export async function withDeployment<T>(
  io: Io,
  options: TargetOptions,
  use: (deployment: Deployment) => Promise<T>,
): Promise<T> {
  const deployment = await unlessInterrupted(io, openDeployment(io, targetOf(options, io)));
  try {
    return await unlessInterrupted(io, use(deployment));
  } finally {
    await deployment.connection.close();
  }
}

/** How the nodes of a deployment are reached. */
export function nodeDoor(
  { clock, random }: Pick<Io, "clock" | "random">,
  { transport, target: { prefix }, connection: { inboxes } }: Deployment,
): NodeDoor {
  return { ports: { transport, clock, random }, prefix, inboxes };
}
