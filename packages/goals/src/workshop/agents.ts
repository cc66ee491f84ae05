import { type Actor, type Definitions, silentLog } from "@troupe/actor";
import {
  type AgentProfile,
  agentTools,
  analyst,
  journaledSkills,
  lyingAnalyst,
  type Perspective,
  type Tool,
  type WorkerOptions,
  worker,
} from "@troupe/agents";
import { TaskTypes } from "@troupe/orchestration";
import { UnknownAnalystError } from "../errors.ts";
import { falseField } from "../kinds/clean/false-field.ts";
import { cleanPerspectives } from "../kinds/clean/perspectives.ts";
import { cleanTools } from "../kinds/clean/tools/clean-tools.ts";
import { etlPerspectives } from "../kinds/etl/perspectives.ts";
import { etlTools } from "../kinds/etl/tools.ts";
import { agentTask } from "../kinds/flow/agent-task.ts";
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
  scout: ["profile", "recall", "draft-rules"],
  engineer: ["stage", "stage-sparing", "normalise", "deduplicate", "deduplicate-sparing"],
  inspector: ["check", "validate"],
  publisher: ["publish"],
};

/** Which agent of a node holds which of the tools that move data. */
const movers: Readonly<Record<string, readonly string[]>> = {
  architect: ["adapt-source", "design-pipeline", "relax-column"],
  mover: ["compute", "join-table", "split-table"],
  warden: ["check-source", "conform", "inspect", "remedy", "publish-output"],
};

/**
 * The agents of one node: workers that clean files, those that move data from files into others, one that writes reports, one for whatever flows
 * ask for, three analysts for each kind of goal that has something to agree on, and those that plugins declare.
 *
 * @throws DuplicateTaskTypeError when a plugin has the name of another task type; UnknownAnalystError when an analyst is to
 *   lie that is not there
 */
export function nodeAgents(workshop: Workshop): readonly AgentSpawn[] {
  const { engine, seed, concurrency, agents = [], world } = workshop;
  return [
    ...staff(cleaners, cleanTools(workshop), workshop),
    ...staff(movers, etlTools(workshop), workshop),
    agent("reporter", reportTools(workshop), workshop),
    agent(
      "generalist",
      [...basicTools(workshop.clock), ...workshop.plugins, agentTask(workshop)],
      workshop,
      concurrency,
    ),
    ...analysts(workshop, [
      { kind: "clean", called: "analyst", perspectives: cleanPerspectives(engine, seed) },
      { kind: "etl", called: "comparer", perspectives: etlPerspectives(engine, seed) },
    ]),
    ...agents.map((one) =>
      agent(one.name, agentTools(one, world), workshop, concurrency, one.profile),
    ),
  ];
}

function staff(
  holders: Readonly<Record<string, readonly string[]>>,
  tools: readonly Tool[],
  workshop: Workshop,
): readonly AgentSpawn[] {
  return Object.entries(holders).map(([name, types]) =>
    agent(
      name,
      tools.filter(({ type }) => types.includes(type)),
      workshop,
    ),
  );
}

/** Analysts that agree on what a kind of goal has to agree on. */
interface Team {
  readonly kind: string;
  readonly called: string;
  readonly perspectives: readonly Perspective[];
}

function analysts({ node, liars = [] }: Workshop, teams: readonly Team[]): readonly AgentSpawn[] {
  const nameOf = ({ called }: Team, perspective: Perspective): string =>
    `${called}-${perspective.name}`;
  const known = teams.flatMap((team) => team.perspectives.map((one) => nameOf(team, one)));
  const unknown = liars.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new UnknownAnalystError(unknown, known);
  return teams.flatMap((team) =>
    team.perspectives.map((perspective) => {
      const name = nameOf(team, perspective);
      const inNameOf = team.perspectives
        .filter((other) => other !== perspective)
        .map((other) => `${node}/${nameOf(team, other)}`);
      const actor = liars.includes(name)
        ? lyingAnalyst(perspective, { twist: falseField, inNameOf })
        : analyst(perspective);
      return {
        name,
        actor: actor as unknown as Actor<Definitions>,
        capabilities: [`analyse-${team.kind}`],
      };
    }),
  );
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
    agentTask(workshop),
    ...workshop.plugins,
    ...(workshop.agents ?? []).flatMap((one) => agentTools(one, workshop.world)),
  ]);
}

function agent(
  name: string,
  tools: readonly Tool[],
  { node, world, resources, results }: Workshop,
  concurrency?: number,
  profile?: AgentProfile,
): AgentSpawn {
  const options: WorkerOptions = {
    tools,
    skills: journaledSkills(world.journal, `${node}-${name}`, world.log ?? silentLog),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(profile === undefined ? {} : { profile }),
    ...(resources === undefined ? {} : { resources }),
    ...(results === undefined ? {} : { results }),
  };
  return {
    name,
    actor: worker(options) as unknown as Actor<Definitions>,
    capabilities: tools.map(({ type }) => type),
  };
}
