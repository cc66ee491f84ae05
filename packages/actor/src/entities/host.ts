import { defineActor } from "../behaviour.ts";
import type { Journal } from "../ports/journal.ts";
import { pause } from "../ports/pause.ts";
import { type Definitions, defineProtocol } from "../protocol.ts";
import type { ActorSystem } from "../system-api.ts";
import type {
  DurableEntityDefinition,
  EntityDefinition,
  VolatileEntityDefinition,
} from "./definition.ts";
import { Hosts } from "./hosts.ts";
import { Placement } from "./placement.ts";
import { type Entities, entitiesFrom } from "./refs.ts";
import { Region } from "./region.ts";
import { hostCapability, regionName, regionProtocol } from "./region-protocol.ts";

/** How often residents are looked through, milliseconds. */
const sweepMs = 1000;
/** How long an emptied host goes on forwarding to what others sent before they knew, milliseconds. */
const lingerMs = 250;

/** Bounds of what a node hosts: messages that wait, and how long activating and handing over may take. */
export interface EntityHostOptions {
  /** Most messages that wait for one entity, for example while its journal is read. Default 1000. */
  readonly waitingLimit?: number;
  /** How long an activation may take before its messages are refused, milliseconds. Default 10 000. */
  readonly activateMs?: number;
  /** How many entities leave in one round, once a second, when hosts came or went. Default 100. */
  readonly relocationBatch?: number;
  /** How long a leave may take, milliseconds; what is not done by then is given up. Default 5000. */
  readonly drainMs?: number;
  /**
   * How long a node refuses its entities' messages when it sees fewer than half of the hosts it
   * knew, since it may be cut off from the others; then it takes them for dead. Milliseconds,
   * default 60 000; 0: it never refuses.
   */
  readonly minorityMs?: number;
}

/** This node as one of the hosts of a kind. */
export interface EntityHost<D extends Definitions> extends Entities<D> {
  /** Keys of the entities in this node's memory, sorted. */
  residents(): readonly string[];
  /**
   * Stops hosting: no entity is activated here any more, those in memory leave after the message at
   * work, and messages that still come are forwarded to the new owners. `system.stop` does this
   * first. Resolves when all have left, or after `drainMs`.
   */
  drain(): Promise<void>;
}

/**
 * Makes this node a host of a kind of entity: it runs those that rendezvous hashing gives it, as
 * children of the actor `entities-<kind>`, and advertises `entity.<kind>`.
 *
 * @param system the node's system
 * @param definition the kind; every host must have the same
 * @param options limits, and for a durable kind the `journal` that all hosts share
 * @returns typed references to all entities of the kind, and this host's own end
 * @throws InvalidNameError when this node hosts the kind already
 *
 * @example
 * const accounts = hostEntities(system, account, { journal });
 * await accounts.ref("42").ask("deposit", { cents: 500 }, { withinMs: 1000 });
 */
export function hostEntities<D extends Definitions>(
  system: ActorSystem,
  definition: DurableEntityDefinition<D>,
  options: EntityHostOptions & { readonly journal: Journal },
): EntityHost<D>;
export function hostEntities<D extends Definitions>(
  system: ActorSystem,
  definition: VolatileEntityDefinition<D>,
  options?: EntityHostOptions,
): EntityHost<D>;
export function hostEntities<D extends Definitions>(
  system: ActorSystem,
  definition: EntityDefinition<D>,
  options: EntityHostOptions & { readonly journal?: Journal } = {},
): EntityHost<D> {
  const { kind } = definition;
  const { minorityMs = 60_000, drainMs = 5000 } = options;
  let current:
    | { readonly region: Region; readonly wait: (ms: number) => Promise<void> }
    | undefined;
  let entities: Entities<D> | undefined;

  const regionActor = defineActor(
    regionProtocol,
    (context) => {
      const { node, random, clock, log } = context;
      const { cluster } = system;
      const { journal } = options;
      const hosts = new Hosts(cluster, kind, clock, minorityMs);
      const region = new Region(context, {
        definition: definition as unknown as EntityDefinition,
        journal,
        cluster,
        placement: new Placement({ kind, node, clock, log, hosts, journal }),
        waitingLimit: options.waitingLimit ?? 1000,
        activateMs: options.activateMs ?? 10_000,
        relocationBatch: options.relocationBatch ?? 100,
        report: (event) => system.report(event),
      });
      context.onStop(system.observe((event) => hosts.observe(event)));
      context.timers.every("sweep", sweepMs, "sweep", {});
      const wait = (ms: number) => pause(clock, ms);
      current = { region, wait };
      entities ??= entitiesFrom({ node, random, cluster, ref: system.ref }, definition);
      return region.handlers;
    },
    { interleave: "all" },
  );
  system.spawn(regionActor, { name: regionName(kind) });
  const sign = system.spawn(
    defineActor(defineProtocol("entity-host", {}), () => ({})),
    {
      name: `entity-host-${kind}`,
      capabilities: [hostCapability(kind)],
    },
  );

  const drain = async (): Promise<void> => {
    await system.stopActor(sign);
    if (current === undefined) return;
    const { region, wait } = current;
    await Promise.race([
      region.emptied().then(() => wait(Math.min(lingerMs, drainMs))),
      wait(drainMs),
    ]);
  };
  let drained: Promise<void> | undefined;
  const drainOnce = (): Promise<void> => {
    drained ??= drain();
    return drained;
  };
  system.beforeStop(drainOnce);

  return {
    kind,
    ref: (key) => (entities as Entities<D>).ref(key),
    residents: () => current?.region.keys() ?? [],
    drain: drainOnce,
  };
}
