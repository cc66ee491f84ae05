import {
  type ActorSystem,
  hostEntities,
  type Journal,
  type Ports,
  systemClock,
  systemRandom,
} from "@troupe/actor";
import { modelConfig, modelReasoner, type Reasoner, type ResourceDesk } from "@troupe/agents";
import {
  clusterTeam,
  clusterUnits,
  nodeResourceDesk,
  pieceWorker,
  resourceRoster,
  resultDesk,
  type Workshop,
} from "@troupe/goals";
import {
  capacityOfThisMachine,
  ResourcePool,
  type ResultCache,
  unitAllocator,
} from "@troupe/orchestration";
import type { NodeConfig } from "./config.ts";
import type { NodeFiles } from "./files.ts";
import type { Plugins } from "./plugins.ts";

/** Shortest lease of units of the cluster, and how many times as long it is as a node may be silent. */
const unitsLeaseMs = 30_000;
const silencesInLease = 4;

/** What the workshop of a node is made of. */
export interface WorkshopParts {
  readonly config: NodeConfig;
  readonly system: ActorSystem;
  readonly ports: Ports;
  readonly journal: Journal;
  readonly files: NodeFiles;
  readonly cache: ResultCache;
  readonly plugins: Plugins;
}

/** What the agents of a node work with. They have a model when the environment names one. */
export function workshopOf(parts: WorkshopParts): Workshop {
  const { config, system, ports, journal, files, cache, plugins } = parts;
  const { node } = config;
  const { log, tracer } = ports;
  if (config.liars.length > 0) {
    log("warn", "analysts of this node lie, as TROUPE_LIARS asks", { liars: config.liars });
  }
  const reasoner = reasonerOf(ports);
  return {
    node,
    liars: config.liars,
    ...files,
    rulesOff: config.rulesOff,
    team: clusterTeam(system, {
      perform: pieceWorker({ engine: files.engine, workspace: files.workspace, node }),
      hands: config.threads,
    }),
    clock: systemClock,
    seed: seedOf(node),
    concurrency: config.concurrency,
    resources: resourcesOf(config, system, journal),
    results: resultDesk(cache),
    plugins: plugins.tools,
    agents: plugins.agents,
    world: {
      node,
      journal,
      clock: systemClock,
      tracer,
      log,
      ...(reasoner === undefined ? {} : { reasoner }),
    },
  };
}

/** Undefined without a model in the environment: agents then reason by rules. */
function reasonerOf({ clock, random, tracer, meter }: Ports): Reasoner | undefined {
  const config = modelConfig(process.env);
  if (config === undefined) return undefined;
  return modelReasoner({
    config,
    clock,
    random,
    tracer,
    ...(meter === undefined ? {} : { meter }),
  });
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

/** A number of the node's own, the same at each start: decides which rows its analysts sample. */
function seedOf(name: string): number {
  return [...name].reduce((seed, letter) => (seed * 31 + letter.charCodeAt(0)) % 1_000_003, 7);
}
