import type { SimulatedScenario } from "@troupe/coordination/simulation";
import { replanning } from "./scenario.ts";

/** Scenarios of how goals answer failures, for the simulator of `@troupe/testkit`. */
export const replanningScenarios: readonly SimulatedScenario[] = [replanning];
