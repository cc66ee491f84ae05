import type { Clock, Entities, Random } from "@troupe/actor";
import type { HeldResources, ResourceDesk } from "@troupe/agents";
import {
  acquireUnits,
  type HeldUnits,
  type ResourcePool,
  type Resources,
  type UnitAllocatorOptions,
  type UnitsMessages,
  UnsatisfiableDemandError,
} from "@troupe/orchestration";
import { UnknownResourceError } from "../errors.ts";
import type { ResourceRoster } from "./resource-roster.ts";

/** The group of all units of the cluster: so a task can have any of them at once. */
const group = "cluster";
/** Longest wait for units of the cluster, milliseconds: a day, as the longest task. */
const unitsWaitMs = 86_400_000;
/** Most characters of a goal's and a task's name in that of a holder. */
const holderNameLength = 200;
const holderTokenBytes = 12;

/**
 * The allocator of a cluster's units, as `hostEntities` takes it; the same on all nodes.
 *
 * @param total amounts by name
 * @param leaseMs as of `unitAllocator`. Default 30 000
 */
export function clusterUnits(
  total: Resources,
  leaseMs?: number,
): UnitAllocatorOptions & { readonly groups: Readonly<Record<string, { units: Resources }>> } {
  return { groups: { [group]: { units: total } }, ...(leaseMs === undefined ? {} : { leaseMs }) };
}

/** What tasks on a node may hold: of the node, of the cluster, and what others have. */
export interface NodeResources {
  /** What the node has: `cpu` in millicores, `memory` in bytes, and units of its own. */
  readonly pool: Pick<ResourcePool, "acquire" | "usage">;
  /** What the cluster has: amounts by name, and who gives them out. */
  readonly units: { readonly total: Resources; readonly allocators: Entities<UnitsMessages> };
  /** What other nodes have. */
  readonly roster: ResourceRoster;
  readonly clock: Clock;
  /** For names of holders: no two attempts at a task may have the same. */
  readonly random: Random;
}

/**
 * Gives tasks what they name: units of the cluster first, all at once and under a lease, then what is
 * of the node. Whoever holds a part of a node never waits for the cluster, so nobody waits in a circle.
 * Both are given back in reverse; what a node held that is lost comes back with the lease.
 *
 * `acquire` rejects at once with an `UnknownResourceError` for a name that nobody has, with an
 * `UnsatisfiableDemandError` when there is less than that; with an `UnitsWaitError` after a day. A
 * task that loses its lease is stopped with an `UnitsLostError`, and may be tried again.
 */
export function nodeResourceDesk(resources: NodeResources): ResourceDesk {
  const { pool, units, roster, clock, random } = resources;
  const own = pool.usage().capacity;
  const isShared = (name: string): boolean => Object.hasOwn(units.total, name);
  const split = (demand: Resources) => {
    const needed = Object.entries(demand).filter(([, amount]) => amount > 0);
    return {
      shared: Object.fromEntries(needed.filter(([name]) => isShared(name))),
      local: Object.fromEntries(needed.filter(([name]) => !isShared(name))),
    };
  };
  const check = (task: string, demand: Resources): void => {
    const { shared, local } = split(demand);
    const nodes = [own, ...roster.others().values()];
    for (const name of Object.keys(local)) {
      if (nodes.some((node) => amountOf(node, name) > 0)) continue;
      const known = [units.total, ...nodes].flatMap((has) => Object.keys(has));
      throw new UnknownResourceError(task, name, [...new Set(known)].sort());
    }
    const short =
      firstExcess(shared, units.total) ??
      // More than any node has; else, what this one has too little of, since no other has all of it.
      firstExcess(local, mostOf(nodes)) ??
      firstExcess(local, own);
    if (short !== undefined) {
      throw new UnsatisfiableDemandError(task, short.name, short.amount, short.most);
    }
  };

  return {
    leaveToOthers: (demand) => {
      const { local } = split(demand);
      const short = firstExcess(local, own);
      if (short === undefined) return undefined;
      if (roster.isPartial()) return "what other nodes have is not known yet";
      const others = [...roster.others().values()];
      if (!others.some((has) => firstExcess(local, has) === undefined)) return undefined;
      return `this node has ${short.most} of '${short.name}', the task needs ${short.amount}`;
    },
    acquire: async ({ goal, task, resources: demand, priority }, { signal }) => {
      check(task, demand);
      const { shared, local } = split(demand);
      const held = isNothing(shared)
        ? undefined
        : await acquireUnits(units.allocators, {
            group,
            holder: `${`${goal}/${task}`.slice(0, holderNameLength)}/${random.hex(holderTokenBytes)}`,
            units: shared,
            waitMs: unitsWaitMs,
            signal,
            clock,
          });
      try {
        const until = held === undefined ? signal : AbortSignal.any([signal, held.signal]);
        const part = isNothing(local)
          ? undefined
          : await pool.acquire({ goal, task, resources: local, priority }, { signal: until });
        return heldResources(held, part);
      } catch (thrown) {
        void held?.release();
        throw thrown;
      }
    },
  };
}

function heldResources(
  held: HeldUnits | undefined,
  part: { release(): void } | undefined,
): HeldResources {
  return {
    release: () => {
      part?.release();
      // Never rejects; nobody waits for it, since the lease gives back what cannot be said.
      void held?.release();
    },
    ...(held === undefined ? {} : { lost: held.signal }),
  };
}

function isNothing(demand: Resources): boolean {
  return Object.keys(demand).length === 0;
}

function amountOf(has: Resources, name: string): number {
  return Object.hasOwn(has, name) ? (has[name] ?? 0) : 0;
}

function firstExcess(demand: Resources, has: Resources) {
  for (const [name, amount] of Object.entries(demand)) {
    const most = amountOf(has, name);
    if (amount > most) return { name, amount, most };
  }
  return undefined;
}

/** The most of each name that any node has. */
function mostOf(nodes: readonly Resources[]): Resources {
  const most: Record<string, number> = {};
  for (const node of nodes) {
    for (const [name, amount] of Object.entries(node)) {
      most[name] = Math.max(most[name] ?? 0, amount);
    }
  }
  return most;
}
