import { createActorSystem, type Ports, systemClock, systemRandom } from "@troupe/actor";
import { keepHouse, nodeAgents, subjectsOf } from "@troupe/goals";
import { connect, ensureStreams, natsPulse, natsResultStore, natsTransport } from "@troupe/nats";
import { ResultCache } from "@troupe/orchestration";
import { consoleLog } from "@troupe/telemetry";
import type { NodeConfig } from "./config.ts";
import { logEvent } from "./event-log.ts";
import { openFiles } from "./files.ts";
import { serveGoals } from "./goals.ts";
import { choresOf } from "./housekeeping.ts";
import { alertingOf, startObservation } from "./observation.ts";
import { loadPlugins } from "./plugins.ts";
import { nodeTelemetry } from "./telemetry.ts";
import { workshopOf } from "./workshop.ts";

/** Longest a node takes to stop when it is asked to, milliseconds. */
export const drainMs = 10_000;

export interface RunningNode {
  readonly name: string;
  /** Leaves the cluster and stops. Goals under way are taken over by other nodes. */
  stop(): Promise<void>;
}

export interface NodeOptions {
  /** Told when the node's own health asks that it end and be started anew. Default: it only stops. */
  readonly drain?: (why: string) => void;
}

/**
 * Starts one actor node: its agents, its share of the goals, and its answers to clients.
 *
 * @throws InvalidAlertingError when the file of alert rules cannot be used; ListenError when metrics cannot
 *   be served; NatsUnreachableError when NATS can't be reached; UnsafeReplicationError when the server
 *   would lose the fences that Troupe depends on
 */
export async function startNode(
  config: NodeConfig,
  { drain }: NodeOptions = {},
): Promise<RunningNode> {
  const { node, prefix } = config;
  const log = consoleLog({ level: config.logLevel, node });
  const plugins = await loadPlugins(config.plugins);
  const alerting = await alertingOf(config);
  const connection = await connect({ url: config.natsUrl, name: `troupe ${node}`, log });
  await ensureStreams(connection, { prefix });
  const transport = natsTransport(connection);
  const { telemetry, metrics, journal, unmeasured } = nodeTelemetry(config, connection, log);
  const ports: Ports = {
    transport,
    clock: systemClock,
    random: systemRandom,
    tracer: telemetry.tracer,
    log,
    meter: metrics.meter,
    pulse: natsPulse({ url: config.natsUrl, name: `troupe ${node}`, log }),
  };
  const files = await openFiles(config, log);
  const system = createActorSystem({
    prefix,
    node,
    ports,
    membership: { suspectMs: config.suspectMs },
  });
  system.observe((event) => logEvent(log, event));
  const cache = new ResultCache({
    store: natsResultStore(connection, { prefix }),
    clock: systemClock,
    random: systemRandom,
    log,
    notices: { transport, subject: subjectsOf(prefix).cacheNotices },
  });
  const workshop = workshopOf({ config, system, ports, journal, files, cache, plugins });
  for (const { name, actor, capabilities } of nodeAgents(workshop)) {
    system.spawn(actor, { name, capabilities });
  }
  const goals = await serveGoals({ config, connection, system, ports, journal, workshop, cache });
  const observation = await startObservation(
    {
      config,
      system,
      connection,
      transport,
      journal: unmeasured,
      telemetry,
      metrics,
      log,
      intake: goals.intake,
      drain: drain ?? (() => void stop()),
    },
    alerting,
  );
  const stopHousekeeping = keepHouse(choresOf(config, files.workspace, journal, ports), ports);
  log("info", "node takes goals", { node, prefix });

  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= (async () => {
      observation.leaving();
      await Promise.all([goals.stop(), stopHousekeeping()]);
      await system.stop();
      await observation.stop();
      cache.close();
      await Promise.all([telemetry.shutdown(), metrics.shutdown()]);
      await files.engine.close();
      await transport.close();
      await connection.close();
    })();
    return stopping;
  };
  return { name: node, stop };
}
