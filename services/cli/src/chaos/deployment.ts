import { mkdtempSync, rmSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLog } from "@troupe/actor";
import { type Engine, openEngine } from "@troupe/data";
import { GoalClient } from "@troupe/goals";
import { connect, ensureStreams, natsTransport } from "@troupe/nats";
import { defaultPrefix } from "../connection.ts";
import type { Io } from "../io.ts";
import type { Undo } from "../undo.ts";
import { unlessInterrupted } from "../waiting.ts";
import { MortalServer } from "./mortal-server.ts";
import { type FleetNews, NodeFleet } from "./node-fleet.ts";

/**
 * Lease and suspicion of the nodes, milliseconds: shorter than a deployment's own, so that a minute
 * holds many take-overs.
 */
export const leaseMs = 3000;
const suspectMs = 2000;
/** How long an answer is waited for before the question is put again, milliseconds. */
const answerMs = 3000;
/** A process that is being killed may write a last file meanwhile. */
const removal = { recursive: true, force: true, maxRetries: 10, retryDelay: 50 } as const;

export interface MortalDeploymentOptions {
  readonly nodes: number;
  readonly observe: (news: FleetNews) => void;
}

/** A whole deployment made to be hurt: all of it is processes and files of its own. */
export interface MortalDeployment {
  readonly server: MortalServer;
  readonly fleet: NodeFleet;
  readonly client: GoalClient;
  /** Everything it stores is below. */
  readonly directory: string;
  /** Folder that goals may read. */
  readonly inbox: string;
  /** Folder of all datasets. */
  readonly datasets: string;
  /** Reads what is published. */
  readonly engine: Engine;
}

/**
 * Starts a server on a free loopback port and nodes, over a temporary data folder, and waits until
 * the nodes take goals.
 *
 * @param undo is told how to end it all; nothing is left then, also when a start failed midway
 * @throws InterruptedError on Ctrl-C; what a server or a node that does not start throws
 */
export async function startMortal(
  io: Io,
  options: MortalDeploymentOptions,
  undo: Undo,
): Promise<MortalDeployment> {
  const { clock, random } = io;
  const directory = mkdtempSync(join(tmpdir(), "troupe-chaos-"));
  const remove = (): void => rmSync(directory, removal);
  undo.push(remove, remove);
  const data = join(directory, "data");
  const inbox = join(directory, "inbox");
  const datasets = join(data, "datasets");
  await mkdir(inbox);
  await mkdir(datasets, { recursive: true });

  const starting = MortalServer.start(clock, join(directory, "nats"));
  let started: MortalServer | undefined;
  undo.push(
    // Also when interrupted while it starts: then it is stopped as soon as it has.
    async () => (await starting.catch(() => undefined))?.stop(),
    () => started?.endNow(),
  );
  const server = await unlessInterrupted(io, starting);
  started = server;
  const engine = await openEngine({ readable: [datasets], workspace: join(directory, "engine") });
  undo.push(() => engine.close());
  const connection = await connect({ url: server.url, name: "troupe chaos", log: silentLog });
  undo.push(() => connection.close());
  await unlessInterrupted(io, ensureStreams(connection, { prefix: defaultPrefix }));

  const environment = {
    ...io.environment,
    TROUPE_LEASE_MS: String(leaseMs),
    TROUPE_SUSPECT_MS: String(suspectMs),
  };
  const names = Array.from({ length: options.nodes }, (_, index) => `node-${index + 1}`);
  const fleet = new NodeFleet({
    clock,
    observe: options.observe,
    nodes: names.map((name) => ({
      name,
      natsUrl: server.url,
      prefix: defaultPrefix,
      data,
      sources: [inbox],
      environment,
      log: join(directory, "logs", `${name}.log`),
    })),
  });
  undo.push(
    () => fleet.stop(),
    () => fleet.endNow(),
  );
  await unlessInterrupted(io, fleet.start());
  const transport = natsTransport(connection);
  const client = new GoalClient({
    ports: { transport, clock, random },
    prefix: defaultPrefix,
    waitMs: answerMs,
  });
  return { server, fleet, client, directory, inbox, datasets, engine };
}
