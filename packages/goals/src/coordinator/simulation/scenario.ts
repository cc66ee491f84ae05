import type { SimulatedScenario } from "@troupe/coordination/simulation";
import { Pursuit } from "./pursuit.ts";

/**
 * How goals answer failures: random plans whose tasks fail of anything, two of them at the same time, pursued with the
 * functions that coordinators decide with, one decision after the other. Faults of messages and nodes have no part in
 * this; what they do to coordinators, other simulations show.
 */
export const replanning: SimulatedScenario = {
  name: "replanning",
  description:
    "failed tasks are retried, agreed on where that is due, answered by contingencies and repairs, and given up, within bounds",
  protocol: "replanning",
  nodes: [],
  faults: {},
  faultyMs: 0,
  calmMs: 0,
  actions: 0,
  begin: (world) => ({
    boot: () => {},
    act: () => {},
    calm: () => {},
    end: async () => new Pursuit(world).run(),
  }),
};
