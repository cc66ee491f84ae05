import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import {
  type ActorSystem,
  createActorSystem,
  hostEntities,
  type Journal,
  type Ports,
  systemClock,
  systemRandom,
} from "@troupe/actor";
import { modelConfig, modelReasoner, type ResourceDesk } from "@troupe/agents";
import { openEngine, removeDeadSpills } from "@troupe/data";
import {
  AnswerDesk,
  CacheDesk,
  type Chore,
  cleanKind,
  clusterTeam,
  clusterUnits,
  etlKind,
  flowKind,
  flowTaskTypes,
  Intake,
  keepHouse,
  nodeAgents,
  nodeResourceDesk,
  pieceWorker,
  ReceiptDesk,
  Retention,
  removeWorkFolder,
  reportKind,
  resourceRoster,
  resultDesk,
  sharedExperience,
  subjectsOf,
  WorkFolders,
  type Workshop,
} from "@troupe/goals";
import {
  connect,
  ensureStreams,
  natsJournal,
  natsPulse,
  natsResultStore,
  natsTransport,
  natsWorkQueue,
  streamName,
} from "@troupe/nats";
import {
  capacityOfThisMachine,
  ResourcePool,
  ResultCache,
  unitAllocator,
} from "@troupe/orchestration";
import {
  consoleLog,
  createMetrics,
  createTelemetry,
  encodeSpans,
  measuredJournal,
} from "@troupe/telemetry";
import type { NodeConfig } from "./config.ts";
import { logEvent } from "./event-log.ts";
import { alertingOf, startObservation } from "./observation.ts";
import { loadPlugins } from "./plugins.ts";
import { version } from "./version.ts";

/** Longest a node takes to stop when it is asked to, milliseconds. */
export const drainMs = 10_000;

const dayMs = 86_400_000;
/** Shortest lease of units of the cluster, and how many times as long it is as a node may be silent. */
const unitsLeaseMs = 30_000;
const silencesInLease = 4;

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
  const { node, prefix, dataDirectory } = config;
  const log = consoleLog({ level: config.logLevel, node });
  const plugins = await loadPlugins(config.plugins);
  const alerting = await alertingOf(config);
  const connection = await connect({ url: config.natsUrl, name: `troupe ${node}`, log });
  await ensureStreams(connection, { prefix });
  const transport = natsTransport(connection);
  const about = {
    service: "troupe",
    node,
    version,
    clock: systemClock,
    log,
  };
  const receiver = config.otlpEndpoint === undefined ? {} : { otlpEndpoint: config.otlpEndpoint };
  const metrics = createMetrics({
    ...about,
    ...(config.metricsExporter === "none" ? {} : receiver),
    exportEveryMs: config.metricsExportMs,
  });
  const { meter } = metrics;
  const unmeasured = natsJournal(connection, { prefix });
  const journal = measuredJournal(unmeasured, meter, systemClock);
  const telemetry = createTelemetry({
    ...about,
    ...receiver,
    random: systemRandom,
    tracesPerSecond: config.tracesPerSecond,
    store: async (traceId, spans) => {
      await journal.append(`spans.${traceId}`, encodeSpans(spans));
    },
  });
  const ports: Ports = {
    transport,
    clock: systemClock,
    random: systemRandom,
    tracer: telemetry.tracer,
    log,
    meter,
    pulse: natsPulse({ url: config.natsUrl, name: `troupe ${node}`, log }),
  };
  const workspace = join(dataDirectory, "work");
  const datasets = join(dataDirectory, "datasets");
  await mkdir(workspace, { recursive: true });
  await mkdir(datasets, { recursive: true });
  const readable = [...config.sources, datasets];
  const spill = config.spillDirectory ?? join(dataDirectory, "spill");
  const left = await removeDeadSpills(spill, node);
  if (left.length > 0) log("info", "removed what killed nodes had spilled", { folders: left });
  const engine = await openEngine({
    readable,
    workspace: dataDirectory,
    spill,
    owner: node,
    memoryLimitMb: config.memoryMb,
    spillLimitMb: config.spillMb,
    threads: config.threads,
  });

  const system = createActorSystem({
    prefix,
    node,
    ports,
    membership: { suspectMs: config.suspectMs },
  });
  system.observe((event) => logEvent(log, event));
  const subjects = subjectsOf(prefix);
  const cache = new ResultCache({
    store: natsResultStore(connection, { prefix }),
    clock: systemClock,
    random: systemRandom,
    log,
    notices: { transport, subject: subjects.cacheNotices },
  });
  if (config.liars.length > 0) {
    log("warn", "analysts of this node lie, as TROUPE_LIARS asks", { liars: config.liars });
  }
  const model = modelConfig(process.env);
  const reasoner =
    model === undefined
      ? {}
      : {
          reasoner: modelReasoner({
            config: model,
            clock: systemClock,
            random: systemRandom,
            tracer: telemetry.tracer,
            meter,
          }),
        };
  const workshop: Workshop = {
    node,
    liars: config.liars,
    engine,
    readable,
    workspace,
    datasets,
    rulesOff: config.rulesOff,
    team: clusterTeam(system, {
      perform: pieceWorker({ engine, workspace, node }),
      hands: config.threads,
    }),
    clock: systemClock,
    seed: seedOf(node),
    concurrency: config.concurrency,
    resources: resourcesOf(config, system, journal),
    results: resultDesk(cache),
    plugins: plugins.tools,
    agents: plugins.agents,
    world: { node, journal, clock: systemClock, tracer: telemetry.tracer, log, ...reasoner },
  };
  for (const { name, actor, capabilities } of nodeAgents(workshop)) {
    system.spawn(actor, { name, capabilities });
  }
  const kinds = [
    cleanKind,
    etlKind,
    reportKind,
    flowKind({ types: flowTaskTypes(workshop), ...reasoner }),
  ];
  const receipts = new ReceiptDesk({
    ports,
    journal,
    subjects,
    kinds,
    stream: streamName(prefix, "goals"),
  });
  const answers = new AnswerDesk({ system, ports, journal, subjects });
  const cacheDesk = new CacheDesk({ node, cache, transport, log, subjects });
  const queue = natsWorkQueue(connection, { prefix, leaseMs: config.leaseMs });
  const intake = new Intake({
    system,
    ports,
    journal,
    queue,
    subjects,
    kinds,
    keepAliveMs: Math.floor(config.leaseMs / 4),
    archive: { archiveEvery: config.archiveEvery },
    experience: sharedExperience({ journal, clock: systemClock, random: systemRandom, log }),
    ...(config.keepWork ? {} : { goalEnded: (goal: string) => removeWorkFolder(workspace, goal) }),
  });
  await transport.flush();
  await intake.start();
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
      intake,
      drain: drain ?? (() => void stop()),
    },
    alerting,
  );
  const stopHousekeeping = keepHouse(choresOf(config, workspace, journal, ports), ports);
  log("info", "node takes goals", { node, prefix });

  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= (async () => {
      observation.leaving();
      await Promise.all([intake.close(), stopHousekeeping()]);
      receipts.close();
      answers.close();
      cacheDesk.close();
      await system.stop();
      await observation.stop();
      cache.close();
      await Promise.all([telemetry.shutdown(), metrics.shutdown()]);
      await engine.close();
      await transport.close();
      await connection.close();
    })();
    return stopping;
  };
  return { name: node, stop };
}

/** What tasks may hold: of this node, and of the cluster. */
function resourcesOf(config: NodeConfig, system: ActorSystem, journal: Journal): ResourceDesk {
  const { capacity } = capacityOfThisMachine(config.resources);
  const leaseMs = Math.max(unitsLeaseMs, silencesInLease * config.suspectMs);
  const allocator = unitAllocator(clusterUnits(config.units, leaseMs));
  return nodeResourceDesk({
    pool: new ResourcePool({ capacity, clock: systemClock }),
    units: {
      total: config.units,
      // Who is cut off from the others is cut off from the journal too, and can grant nothing.
      allocators: hostEntities(system, allocator, { journal, minorityMs: 0 }),
    },
    roster: resourceRoster(system, { node: capacity, cluster: config.units }),
    clock: systemClock,
    random: systemRandom,
  });
}

/** What is to be tidied up now and then. */
function choresOf(
  { keepWork, retentionDays }: NodeConfig,
  workspace: string,
  journal: Journal,
  { clock, log }: Ports,
): readonly Chore[] {
  const chores: Chore[] = [];
  if (!keepWork) {
    const folders = new WorkFolders({ workspace, journal, clock, log });
    chores.push(async (signal) => {
      await folders.sweep(signal);
      return false;
    });
  }
  if (retentionDays > 0) {
    const retention = new Retention({ journal, clock, log, keepMs: retentionDays * dayMs });
    chores.push(async (signal) => (await retention.sweep(signal)).isPartial);
  }
  return chores;
}

/** A number of the node's own, the same at each start: decides which rows its analysts sample. */
function seedOf(name: string): number {
  return [...name].reduce((seed, letter) => (seed * 31 + letter.charCodeAt(0)) % 1_000_003, 7);
}
