import {
  agentLimitsSchema,
  defineTool,
  modelMind,
  NoMindError,
  rulesMind,
  runAgent,
  type Tool,
} from "@troupe/agents";
import { z } from "zod";
import type { Workshop } from "../../workshop/workshop.ts";
import { dataActions } from "./data-actions.ts";
import { evidenceRules } from "./evidence-rules.ts";

/** The agent's name in traces, trails and errors. */
const name = "agent";

const instructions =
  "You are an agent that works on data for whoever published a goal. `task` holds what is wanted, in the publisher's words, and what else the goal gives you. Work only by your actions, and answer what was asked with what you have seen, never with what you suppose.";

/** What an agent's task takes, beside what the publisher wants to give it. */
function inputSchema(actions: readonly Tool[]) {
  const names = actions.map(({ type }) => type);
  return z.strictObject({
    /** What is wanted, in words. */
    task: z.string().min(1).max(20_000),
    /** A file that it is about. */
    path: z.string().min(1).max(4096).optional(),
    /** Results of other tasks, or whatever else it should know. */
    context: z.unknown().optional(),
    /** `model` asks the node's model; `rules` goes by the evidence in the file. Default `rules`. */
    reasoner: z.enum(["rules", "model"]).default("rules"),
    /** Actions that it may take, besides asking for approval and ending. Default those on data. */
    tools: z.array(z.enum(names)).default(dataNames),
    limits: agentLimitsSchema.default(agentLimitsSchema.parse({})),
  });
}

const dataNames = ["analyze_schema", "validate_data", "transform_data", "route_pipeline"];

/** The task type `agent`: an agent that reasons, with the actions that the goal allows it. */
export function agentTask(workshop: Workshop): Tool {
  const { world, plugins } = workshop;
  const actions = [...dataActions(workshop), ...plugins];
  return defineTool({
    type: name,
    purpose: "has an agent reach what is described, step by step, with the actions it is allowed",
    input: inputSchema(actions),
    run: async ({ reasoner, tools, limits, ...input }, job) => {
      if (reasoner === "model" && world.reasoner === undefined) throw new NoMindError(name);
      const mind =
        reasoner === "model" && world.reasoner !== undefined
          ? modelMind(world.reasoner)
          : rulesMind(evidenceRules);
      const allowed = actions.filter(({ type }) => tools.includes(type));
      return runAgent({ name, instructions, mind, tools: allowed, limits }, world, { job, input });
    },
  }) as Tool;
}
