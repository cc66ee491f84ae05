import type { z } from "zod";
import { NoMindError } from "../errors.ts";
import type { AgentExperience, AgentPorts } from "../react/agent-spec.ts";
import { modelMind } from "../react/model-mind.ts";
import { runAgent } from "../react/run-agent.ts";
import type { Reasoner } from "../reasoner/reasoner.ts";
import { Learner } from "../reflection/learner.ts";
import { defineTool, type Tool } from "../tool.ts";
import { byMethods } from "./by-methods.ts";
import type { AgentDefinition, Capability } from "./define-agent.ts";

/** What agents on a node are run with. */
export interface AgentWorld extends AgentPorts {
  /** Name of the node, under which what its agents learn is kept. */
  readonly node: string;
  /** The node's model. Default: agents that need one fail when they are asked. */
  readonly reasoner?: Reasoner;
}

/** The capabilities of an agent as tools of a worker, one for each. */
export function agentTools(agent: AgentDefinition, world: AgentWorld): readonly Tool[] {
  const { node, journal, clock, log } = world;
  const learner = new Learner({
    journal,
    clock,
    agent: `${node}-${agent.name}`,
    ...(log === undefined ? {} : { log }),
  });
  return [...agent.capabilities].map(([type, capability]) => {
    const { purpose, input } = capability;
    const { methods, situation = () => "" } = capability;
    const kindOf = (given: unknown) => `${type} ${situation(given)}`.trim();
    const ways =
      methods === undefined
        ? reasoning(agent, capability, world, (given) => learner.experience(kindOf(given)))
        : byMethods({ methods, situation: kindOf, learner, clock });
    const run = capability.run ?? ways;
    return defineTool({
      type,
      purpose,
      input,
      run: async (given, job) => {
        const result = await run(given, job);
        return capability.output === undefined ? result : capability.output.parse(result);
      },
    });
  });
}

function reasoning(
  agent: AgentDefinition,
  { instructions = "", output }: Capability,
  world: AgentWorld,
  experience: (input: unknown) => AgentExperience,
): Tool["run"] {
  return async (input, job) => {
    const spec = {
      name: agent.name,
      instructions,
      mind: mindOf(agent, world),
      tools: agent.tools,
      limits: agent.limits,
      experience: experience(input),
      ...outputOf(output),
    };
    const { result } = await runAgent(spec, world, { job, input });
    return result;
  };
}

function outputOf(output: z.ZodType | undefined) {
  return output === undefined ? {} : { output };
}

/** @throws NoMindError */
function mindOf({ name, mind }: AgentDefinition, { reasoner }: AgentWorld) {
  if (mind !== "model") return mind;
  if (reasoner === undefined) throw new NoMindError(name);
  return modelMind(reasoner);
}
