import type { SystemEvent } from "@troupe/actor";
import type { Life, SimulatedNode } from "../../node.ts";
import type { World } from "../../world.ts";
import { Lookups } from "./lookups.ts";

/** What actors advertise. */
export const capability = "work";

/** An advertised actor, by an address that no other ever has. */
interface Listed {
  /** The life of its node. */
  readonly life: Life;
  hasStopped: boolean;
}

/** What one life of a node has found. */
interface Looker {
  readonly node: SimulatedNode;
  readonly life: Life;
  /** Found at the last look. */
  found: ReadonlySet<string>;
  /** Found once, and missed after they had stopped. */
  readonly missed: Set<string>;
}

/** Which actors are there, and what every node finds of them. */
export class Sightings {
  readonly #world: World;
  readonly #listed = new Map<string, Listed>();
  readonly #lookers = new Map<string, Looker>();
  readonly #lookups: Lookups;

  constructor(world: World) {
    this.#world = world;
    this.#lookups = new Lookups(world);
  }

  /** A node begins another life. To be told before it has any actors. */
  begins(node: SimulatedNode): void {
    const { life } = node;
    const looker: Looker = { node, life, found: new Set(), missed: new Set() };
    this.#lookers.set(node.name, looker);
    this.#lookups.begins(node);
    life.system.observe((event) => this.#observe(looker, event));
    life.process.onKill(() => {
      for (const address of this.#live(life)) this.#stopped(address);
      this.#lookups.changes(node, { kind: "goes-down" });
    });
  }

  started(address: string, node: SimulatedNode): void {
    this.#world.trace.add("listed", address);
    this.#listed.set(address, { life: node.life, hasStopped: false });
    this.#lookups.changes(node, { kind: "lists", address });
  }

  /** Addresses of the actors that are on the node. */
  liveOf({ life }: SimulatedNode): readonly string[] {
    return this.#live(life);
  }

  /** Every node that is awake has a look. To be told after each step. */
  look(): void {
    this.#lookups.listen();
    for (const looker of this.#lookers.values()) {
      if (looker.life.process.state === "running" && !looker.node.isLeaving) this.#look(looker);
    }
  }

  /** Nothing has changed for a while: everybody finds all there are, and sees every node. */
  requireAgreement(why: string): void {
    const live = this.#live().join();
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

  /** Looks at all that was found. */
  end(): void {
    this.#lookups.end();
  }

  /** Addresses of the actors that are there, or on one life of a node, sorted. */
  #live(on?: Life): readonly string[] {
    return [...this.#listed]
      .filter(([, { life, hasStopped }]) => !hasStopped && (on === undefined || life === on))
      .map(([address]) => address)
      .sort();
  }

  #stopped(address: string): void {
    const listed = this.#listed.get(address);
    if (listed === undefined) return;
    this.#world.trace.add("unlisted", address);
    listed.hasStopped = true;
  }

  #look(looker: Looker): void {
    const { life, missed } = looker;
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
      if (listed?.hasStopped !== true) continue;
      const isBack = missed.has(address);
      this.#world.require(!isBack, "what was seen to stop does not come back", what(address));
    }
    for (const address of before) {
      if (found.has(address)) continue;
      const isOver = this.#isOver(address);
      this.#world.require(isOver, "what lives stays found while its node does", what(address));
      missed.add(address);
    }
    looker.found = found;
    this.#lookups.looks(looker.node, list);
  }

  #observe(looker: Looker, event: SystemEvent): void {
    if (event.kind === "stopped") {
      this.#stopped(event.actor);
      return this.#lookups.changes(looker.node, { kind: "unlists", address: event.actor });
    }
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
    return this.#listed.get(address)?.hasStopped === true;
  }
}

function addressesFound({ system }: Life): readonly string[] {
  return system.cluster.find(capability).map(({ address }) => address);
}
