import type { Clock } from "@troupe/actor";
import type { AgentDefinition, AgentWorld, ResourceDesk, ResultDesk, Tool } from "@troupe/agents";
import type { Engine, InspectionRuleId } from "@troupe/data";
import { type ResultCache, resultKey } from "@troupe/orchestration";
import type { Team } from "../parts/team.ts";

/** What the agents of one node work with. */
export interface Workshop {
  /** Name of the node. */
  readonly node: string;
  readonly engine: Engine;
  /** Directories that goals may read. */
  readonly readable: readonly string[];
  /** Directory for intermediate files, shared by all nodes. */
  readonly workspace: string;
  /** Directory of published datasets and reports, shared by all nodes. */
  readonly datasets: string;
  /** Rules of the inspection that the node does not look for, whatever a goal says. Default none. */
  readonly rulesOff?: readonly InspectionRuleId[];
  /** Who does tasks on large files. Default: whoever has the task does all parts, one after the other. */
  readonly team?: Team;
  readonly clock: Clock;
  /** A number of the node's own, the same at each start: decides which rows its analysts sample. */
  readonly seed: number;
  /** Tasks of flows that the node does at the same time. */
  readonly concurrency: number;
  /** What the node's machine has. Default: tasks hold nothing. */
  readonly resources?: ResourceDesk;
  /** Results found before. Default: everything is done anew. */
  readonly results?: ResultDesk;
  /** For demonstrations and tests: names of analysts of this node that lie, as `analyst-sample`. Default none. */
  readonly liars?: readonly string[];
  /** Task types that the node offers besides those that come with it. */
  readonly plugins: readonly Tool[];
  /** Agents that the node has besides those that come with it. Default none. */
  readonly agents?: readonly AgentDefinition[];
  /** What agents that reason are run with: where their trails are kept, and the model. */
  readonly world: AgentWorld;
}

/** A cache of results as agents use it. */
export function resultDesk(cache: ResultCache): ResultDesk {
  return {
    getOrRun: (identity, run, { signal }) =>
      cache.getOrRun(resultKey(identity), run, { signal, tags: [identity.type] }),
  };
}
