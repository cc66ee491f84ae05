import { journalBackEnd, type LogScenario, logScenario, raftBackEnd } from "./log-scenario.ts";
import { raftCore } from "./raft-core.ts";

/** The scenarios of decision logs, in the order in which they are run. */
export const decisionLogScenarios: readonly LogScenario[] = [
  raftCore,
  logScenario(raftBackEnd),
  logScenario(journalBackEnd),
];
