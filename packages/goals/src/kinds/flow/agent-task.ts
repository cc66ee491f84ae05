import { extname } from "node:path";
import {
  agentLimitsSchema,
  defineTool,
  Learner,
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
    tools: z
      .array(z.enum(names, { error: ({ input }) => noAction(input, names) }))
      .default(dataNames),
    limits: agentLimitsSchema.default(agentLimitsSchema.parse({})),
  });
}

function noAction(given: unknown, names: readonly string[]): string {
  const list = names.map((known) => `'${known}'`).join(", ");
  return `${JSON.stringify(given)?.slice(0, 100)} is no action of this node: use ${list}, or name the plugin that has it in TROUPE_PLUGINS of the nodes`;
}

const dataNames = ["analyze_schema", "validate_data", "transform_data", "route_pipeline"];

/** Most characters of a file's extension by which tasks are told apart. */
const extensionLimit = 16;

/**
 * The task type `agent`: an agent that reasons, with the actions that the goal allows it. With a model it
 * learns, for each kind of file.
 */
export function agentTask(workshop: Workshop): Tool {
  const { world, plugins } = workshop;
  const actions = [...dataActions(workshop), ...plugins];
  const learner = new Learner({ ...world, agent: `${world.node}-generalist-${name}` });
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
      const kind = extname(input.path ?? "")
        .slice(0, extensionLimit)
        .toLowerCase();
      // The rules are one course through the evidence, which has no alternatives.
      const learned =
        reasoner === "model" ? { experience: learner.experience(`${name} ${kind}`.trim()) } : {};
      const spec = { name, instructions, mind, tools: allowed, limits, ...learned };
      return runAgent(spec, world, { job, input });
    },
  }) as Tool;
}
