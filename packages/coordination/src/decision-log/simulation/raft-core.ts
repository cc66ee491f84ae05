import type { SimulatedScenario } from "../../simulation/world.ts";
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
  begin: (world) => ({
    boot: () => {},
    act: () => {},
    calm: () => {},
    end: async () => {
      simulateRaft(world.random, world);
    },
  }),
};
