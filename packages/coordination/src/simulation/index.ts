import { allocationAuction } from "../allocation/simulation/allocation-scenario.ts";
import { allocationBundles } from "../allocation/simulation/bundle-scenario.ts";
import { auctionScenarios } from "../auction/simulation/scenario.ts";
import { agreementScenarios } from "../byzantine/simulation/scenario.ts";
import { conversationScenario } from "../conversation/simulation/scenario.ts";
import { decisionLogScenarios } from "../decision-log/simulation/scenarios.ts";
import { hierarchyScenario } from "../hierarchy/simulation/scenario.ts";
import { voteScenarios } from "../vote/simulation/scenario.ts";
import type { SimulatedScenario } from "./world.ts";

export { between, happens, pick } from "./chance.ts";
export { type HeldPlay, heldScenario, passingFaults } from "./held-scenario.ts";
export type { CallerContext, Holdings } from "./holdings.ts";
export type {
  SimulatedCourse,
  SimulatedNode,
  SimulatedScenario,
  SimulatedWorld,
} from "./world.ts";

/** The scenarios of all protocols of this package, in the order in which they are run. */
export const coordinationScenarios: readonly SimulatedScenario[] = [
  ...voteScenarios,
  ...auctionScenarios,
  allocationAuction,
  allocationBundles,
  hierarchyScenario,
  conversationScenario,
  ...agreementScenarios,
  ...decisionLogScenarios,
];
