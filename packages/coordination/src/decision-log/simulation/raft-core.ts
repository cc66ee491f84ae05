import type { SimulatedCourse, SimulatedScenario, SimulatedWorld } from "../../simulation/world.ts";
import { simulateRaft } from "./simulate-raft.ts";

/** The pure replicas alone, which need no nodes: the whole of it happens at the end of the run. */
export const raftCore: SimulatedScenario = {
  name: "raft-core",
  description: "replicas of a Raft group keep the five properties of the paper, whatever fails",
  protocol: "raft",
  nodes: [],
  faults: {},
  faultyMs: 0,
  calmMs: 0,
  actions: 0,
  begin: (world) => new RaftCoreCourse(world),
};

class RaftCoreCourse implements SimulatedCourse {
  readonly #world: SimulatedWorld;
  faults = 0;

  constructor(world: SimulatedWorld) {
    this.#world = world;
  }

  boot(): void {}

  act(): void {}

  calm(): void {}

  async end(): Promise<void> {
    this.faults = simulateRaft(this.#world.random, this.#world).faults;
  }
}
