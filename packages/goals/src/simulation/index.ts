import type { SimulatedScenario } from "@troupe/coordination/simulation";
import { deliberation, deliberationTwoLiars } from "./deliberation-scenario.ts";
import { goalScenario } from "./scenario.ts";

/** The scenarios of this package, in the order in which they are run. */
export const goalScenarios: readonly SimulatedScenario[] = [
  goalScenario,
  deliberation,
  deliberationTwoLiars,
];
