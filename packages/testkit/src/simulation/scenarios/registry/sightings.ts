import type { SystemEvent } from "@troupe/actor";
import type { Life, SimulatedNode } from "../../node.ts";
import type { World } from "../../world.ts";

/** What actors advertise. */
export const capability = "work";
/** Links delay by 200 ms on average, by ten times as much at most. */
export const delayMs = 200;
const longestDelayMs = 10 * delayMs;
/** By default a node is lost when it was silent so long; it is looked at with every heartbeat. */
const suspectMs = 8000;
const heartbeatMs = 1000;
const driftAllowed = 0.03;
/** How long a stopped actor may be found by a node that is awake. */
const staleMs = (longestDelayMs + suspectMs + 2 * heartbeatMs) * (1 + driftAllowed);

/** An advertised actor, by an address that no other ever has. */
interface Listed {
  /** The life of its node. */
  readonly life: Life;
  /** Virtual time of its end. */
  stoppedAt: number | undefined;
}

/** What one life of a node has found. */
interface Looker {
  readonly node: SimulatedNode;
  readonly life: Life;
  /** Found at the last look. */
  found: ReadonlySet<string>;
  /** Found by now, though stopped: since when, in time this life was awake. */
  readonly stale: Map<string, number>;
  /** Found once, and missed after they had stopped. */
  readonly missed: Set<string>;
  /** By node, the latest of its lives of which an actor was found. */
  readonly lives: Map<string, number>;
}

/** Which actors are there, and what every node finds of them. */
export class Sightings {
  readonly #world: World;
  readonly #listed = new Map<string, Listed>();
  readonly #lookers = new Map<string, Looker>();

  constructor(world: World) {
    this.#world = world;
  }

  /** A node begins another life. To be told before it has any actors. */
  begins(node: SimulatedNode): void {
    const { life } = node;
    const looker: Looker = {
      node,
      life,
      found: new Set(),
      stale: new Map(),
      missed: new Set(),
      lives: new Map(),
    };
    this.#lookers.set(node.name, looker);
    life.system.observe((event) => this.#observe(looker, event));
    life.process.onKill(() => {
      for (const [address, listed] of this.#listed) {
        if (listed.life === life) this.stopped(address);
      }
    });
  }

  started(address: string, life: Life): void {
    this.#world.trace.add("listed", address);
    this.#listed.set(address, { life, stoppedAt: undefined });
  }

  stopped(address: string): void {
    const listed = this.#listed.get(address);
    if (listed === undefined || listed.stoppedAt !== undefined) return;
    this.#world.trace.add("unlisted", address);
    listed.stoppedAt = this.#world.clock.monotonic();
  }

  /** Addresses of the actors that are there, sorted. */
  live(): readonly string[] {
    const listed = [...this.#listed].filter(([, { stoppedAt }]) => stoppedAt === undefined);
    return listed.map(([address]) => address).sort();
  }

  /** Every node that is awake has a look. */
  look(): void {
    for (const looker of this.#lookers.values()) {
      if (looker.life.process.state === "running" && !looker.node.isLeaving) this.#look(looker);
    }
  }

  /** Nothing has changed for a while: everybody finds all there are, and sees every node. */
  requireAgreement(why: string): void {
    const live = this.live().join();
    const nodes = this.#world.nodes.map(({ name }) => name).join();
    for (const { life } of this.#lookers.values()) {
      const { cluster, node } = life.system;
      const found = addressesFound(life).join();
      this.#world.require(
        found === live && cluster.nodes().join() === nodes,
        why,
        () => `${node} sees ${cluster.nodes().join()} and finds ${found}, not ${live}`,
      );
    }
  }

  #look(looker: Looker): void {
    const { life, stale, missed } = looker;
    const before = looker.found;
    const list = addressesFound(life);
    const found = new Set(list);
    const what = (address: string) => (): string => `${life.system.node} and ${address}`;
    this.#world.require(
      found.size === list.length,
      "an actor is found once",
      () => `${life.system.node} finds ${list.join()}`,
    );
    for (const address of found) {
      const listed = this.#listed.get(address);
      this.#world.require(listed !== undefined, "what is found was there", what(address));
      this.#requireNoFormerLife(looker, address);
      if (listed?.stoppedAt === undefined) continue;
      const isBack = missed.has(address);
      this.#world.require(!isBack, "what was seen to stop does not come back", what(address));
      this.#requireFresh(looker, address, listed.stoppedAt);
    }
    for (const address of before) {
      if (found.has(address)) continue;
      const isOver = this.#isOver(address);
      this.#world.require(isOver, "what lives stays found while its node does", what(address));
      missed.add(address);
    }
    for (const address of stale.keys()) if (!found.has(address)) stale.delete(address);
    looker.found = found;
  }

  #requireNoFormerLife({ life, lives }: Looker, address: string): void {
    const { number = 0, system } = this.#listed.get(address)?.life ?? {};
    const node = system?.node ?? "";
    const latest = Math.max(number, lives.get(node) ?? 0);
    lives.set(node, latest);
    this.#world.require(
      number === latest,
      "a former life of a node does not come back",
      () => `${life.system.node} finds ${address} of life ${number}, after ${latest}`,
    );
  }

  #requireFresh({ life, stale }: Looker, address: string, stoppedAt: number): void {
    const awakeMs = this.#world.clock.monotonic() - life.process.pausedMs;
    const since = stale.get(address) ?? awakeMs;
    stale.set(address, since);
    this.#world.require(
      awakeMs - since <= staleMs,
      "a stopped actor is not found for long",
      () => `${life.system.node} finds ${address}, which stopped at ${stoppedAt}`,
    );
  }

  #observe(looker: Looker, event: SystemEvent): void {
    if (event.kind === "stopped") return this.stopped(event.actor);
    if (event.kind !== "node-left" && event.kind !== "node-lost") return;
    // Its actors may be found again: those that live, and after a loss what a late heartbeat names.
    const theirs = [...looker.found].filter((address) => this.#nodeOf(address) === event.node);
    looker.found = looker.found.difference(new Set(theirs));
    if (event.kind === "node-lost") return;
    for (const address of theirs) if (this.#isOver(address)) looker.missed.add(address);
  }

  #nodeOf(address: string): string | undefined {
    return this.#listed.get(address)?.life.system.node;
  }

  #isOver(address: string): boolean {
    return this.#listed.get(address)?.stoppedAt !== undefined;
  }
}

function addressesFound({ system }: Life): readonly string[] {
  return system.cluster.find(capability).map(({ address }) => address);
}
