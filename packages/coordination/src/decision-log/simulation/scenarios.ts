import type { SimulatedScenario } from "../../simulation/world.ts";
import { journalBackEnd, logScenario, raftBackEnd, staleJournalLog } from "./log-scenario.ts";
import { raftCore } from "./raft-core.ts";

/** The scenarios of decision logs, in the order in which they are run. */
export const decisionLogScenarios: readonly SimulatedScenario[] = [
  raftCore,
  logScenario(raftBackEnd),
  logScenario(journalBackEnd),
  staleJournalLog,
];
