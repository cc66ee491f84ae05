import type { Actor, Definitions } from "@troupe/actor";
import { analyst, type Tool, type WorkerOptions, worker } from "@troupe/agents";
import { TaskTypes } from "@troupe/orchestration";
import { cleanPerspectives } from "../kinds/clean/perspectives.ts";
import { cleanTools } from "../kinds/clean/tools.ts";
import { approvalTaskType, basicTools } from "../kinds/flow/basic-tools.ts";
import { reportTools } from "../kinds/report/tools.ts";
import type { Workshop } from "./workshop.ts";

/** An agent as it is to be spawned. */
export interface AgentSpawn {
  readonly name: string;
  readonly actor: Actor<Definitions>;
  readonly capabilities: readonly string[];
}

/** Which agent of a node holds which of the tools that clean files. */
const cleaners: Readonly<Record<string, readonly string[]>> = {
  scout: ["profile", "draft-rules"],
  engineer: ["stage", "normalise", "deduplicate"],
  inspector: ["check", "validate"],
  publisher: ["publish"],
};

/**
 * The agents of one node: workers that clean files, one that writes reports, one for whatever flows
 * ask for, and three analysts.
 *
 * @throws DuplicateTaskTypeError when a plugin has the name of another task type
 */
export function nodeAgents(workshop: Workshop): readonly AgentSpawn[] {
  const tools = cleanTools(workshop);
  const cleaning = Object.entries(cleaners).map(([name, types]) =>
    agent(
      name,
      tools.filter(({ type }) => types.includes(type)),
      workshop,
    ),
  );
  const analysts = cleanPerspectives(workshop.engine, workshop.seed).map(
    (perspective): AgentSpawn => ({
      name: `analyst-${perspective.name}`,
      actor: analyst(perspective) as unknown as Actor<Definitions>,
      capabilities: ["analyse-clean"],
    }),
  );
  const { concurrency } = workshop;
  return [
    ...cleaning,
    agent("reporter", reportTools(workshop), workshop),
    agent(
      "generalist",
      [...basicTools(workshop.clock), ...workshop.plugins],
      workshop,
      concurrency,
    ),
    ...analysts,
  ];
}

/**
 * What flows can ask nodes with this workshop for.
 *
 * @throws DuplicateTaskTypeError when a plugin has the name of another task type
 */
export function flowTaskTypes(workshop: Workshop): TaskTypes {
  return new TaskTypes([
    ...basicTools(workshop.clock),
    approvalTaskType,
    ...reportTools(workshop),
    ...workshop.plugins,
  ]);
}

function agent(
  name: string,
  tools: readonly Tool[],
  { resources, results }: Workshop,
  concurrency?: number,
): AgentSpawn {
  const options: WorkerOptions = {
    tools,
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(resources === undefined ? {} : { resources }),
    ...(results === undefined ? {} : { results }),
  };
  return {
    name,
    actor: worker(options) as unknown as Actor<Definitions>,
    capabilities: tools.map(({ type }) => type),
  };
}
