import { defineActor, defineProtocol } from "@troupe/actor";
import { happens, pick } from "../../faults/chance.ts";
import type { SimulatedNode } from "../node.ts";
import type { Course, Scenario } from "../scenario.ts";
import type { World } from "../world.ts";
import { delayMs, drift } from "./registry/bounds.ts";
import { capability, Sightings } from "./registry/sightings.ts";

const worker = defineActor(defineProtocol("worker", {}), () => ({}));
/** When, after the faults, all nodes have heard of each other. */
const recoveredMs = 5000;
const turnMs = 500;
/** Longer than a message takes on a sound link, shorter than a heartbeat's period. */
const toldMs = 100;
const turns = 8;

/** Actors advertised by nodes that come and go, whose heartbeats are lost and overtake each other. */
export const registry: Scenario = {
  name: "registry",
  protocol: "actor",
  description: "every node finds the actors that are there, and for long no other",
  nodes: ["a", "b", "c", "d"],
  faults: {
    partition: { times: 2, forMs: [500, 14_000] },
    oneWay: { times: 4, forMs: [500, 14_000] },
    links: { times: 14, forMs: [1000, 8000], drop: 0.2, duplicate: 0.2, reorder: 0.5, delayMs },
    pause: { times: 4, forMs: [100, 12_000] },
    crash: { times: 8, forMs: [20, 3000] },
    leave: { times: 4, forMs: [50, 6000] },
    clocks: { skewMs: 5000, drift },
  },
  faultyMs: 40_000,
  calmMs: 15_000,
  actions: 80,
  begin: (world) => new RegistryCourse(world),
};

class RegistryCourse implements Course {
  readonly #world: World;
  readonly #sightings: Sightings;
  #workers = 0;

  constructor(world: World) {
    this.#world = world;
    this.#sightings = new Sightings(world);
  }

  boot(node: SimulatedNode): void {
    this.#sightings.begins(node);
    this.#spawn(node);
  }

  act(): void {
    const { random, up } = this.#world;
    if (up.length > 0) this.#change(pick(random, up));
  }

  afterStep(): void {
    this.#sightings.look();
  }

  calm(): void {
    const { clock, random, nodes } = this.#world;
    clock.schedule(recoveredMs, () => {
      this.#sightings.requireAgreement("without faults all nodes find the same actors");
    });
    for (let turn = 0; turn < turns; turn += 1) {
      clock.schedule(recoveredMs + turn * turnMs, () => this.#change(pick(random, nodes)));
      clock.schedule(recoveredMs + turn * turnMs + toldMs, () => {
        this.#sightings.requireAgreement("without faults a change is seen at once");
      });
    }
  }

  end(): void {
    this.#sightings.requireAgreement("without faults all nodes find the same actors");
    this.#sightings.end();
  }

  /** Starts an actor on the node, or stops one. */
  #change(node: SimulatedNode): void {
    const { random } = this.#world;
    const { life } = node;
    const stops = happens(random, 0.5);
    life.process.run(() => {
      if (node.isLeaving) return;
      const own = this.#sightings.liveOf(node);
      if (!stops || own.length === 0) this.#spawn(node);
      else void life.system.stopActor({ address: pick(random, own) });
    });
  }

  #spawn(node: SimulatedNode): void {
    this.#workers += 1;
    const options = { name: `w${this.#workers}`, capabilities: [capability] };
    this.#sightings.started(node.life.system.spawn(worker, options).address, node);
  }
}
