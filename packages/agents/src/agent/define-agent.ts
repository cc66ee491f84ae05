import { z } from "zod";
import { InvalidAgentError } from "../errors.ts";
import { type AgentLimits, agentLimitsSchema } from "../limits/agent-limits.ts";
import type { Mind } from "../react/mind.ts";
import { type Rule, rulesMind } from "../react/rules-mind.ts";
import type { Job, Tool } from "../tool.ts";

/** What an agent is like before anything is known of it. */
export interface AgentProfile {
  /** What it asks for its time, beside others: bids are multiplied by it. Default 1. */
  readonly cost?: number;
  /** How likely it does a task well before it has done any, above 0 and below 1. Default 0.5. */
  readonly quality?: number;
}

/** One way of doing a task. As a tool's, it may run more than once. */
export type Method<Input = unknown, Output = unknown> = (input: Input, job: Job) => Promise<Output>;

/** Something that an agent can be asked for: a task type of flows. */
export interface Capability<Input = unknown, Output = unknown> {
  /** One sentence for people and models. */
  readonly purpose: string;
  readonly input: z.ZodType<Input>;
  /** What every result is checked against. Default anything. */
  readonly output?: z.ZodType<Output>;
  /** What the agent is to reach by reasoning, step by step. One of this, `run` and `methods`. */
  readonly instructions?: string;
  /** Does it without reasoning. As a tool's, it may run more than once. */
  run?(input: Input, job: Job): Promise<Output>;
  /** Ways of doing it, by name: tried in order until one succeeds; what comes first is learned. */
  readonly methods?: Readonly<Record<string, Method<Input, Output>>>;
  /** With `methods` or `instructions`: names what kind of work an input is; each is learned apart. Default: all one. */
  situation?(input: Input): string;
}

/** What an agent is: its name, what it expects of its work, and what it can do. */
export interface AgentOptions {
  /** Unique on its node; 1 to 64 letters, digits, '-' and '_'. */
  readonly name: string;
  /** By task type. */
  readonly capabilities: Readonly<Record<string, Capability>>;
  /** Actions it may take when it reasons. Default none but those that every agent has. */
  readonly tools?: readonly Tool[];
  /** What it is like before anything is known of it; what is left out has its default. */
  readonly profile?: AgentProfile;
  /** What decides its steps: rules, `"model"` (the node's), or a mind of your own. Default `"model"`. */
  readonly reasoner?: "model" | readonly Rule[] | Mind;
  /** What one task may take; what is left out has its default. */
  readonly limits?: z.input<typeof agentLimitsSchema>;
}

/** An agent as a node takes it. */
export interface AgentDefinition {
  readonly name: string;
  readonly capabilities: ReadonlyMap<string, Capability>;
  readonly tools: readonly Tool[];
  readonly profile: Required<AgentProfile>;
  readonly mind: "model" | Mind;
  readonly limits: AgentLimits;
}

const namePattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** Declares a capability; the types of its input and output follow from its schemas. */
export function defineCapability<Input, Output>(capability: Capability<Input, Output>): Capability {
  return capability as unknown as Capability;
}

/**
 * Declares an agent. A node spawns it with its capabilities, it bids for tasks of their types from its
 * profile and what it has learned of itself, and does what it wins, by its own code or by reasoning.
 *
 * @throws InvalidAgentError naming what is missing or contradicts itself
 */
export function defineAgent(options: AgentOptions): AgentDefinition {
  const { name, tools = [], reasoner = "model" } = options;
  const refuse = (why: string): never => {
    throw new InvalidAgentError(name, why);
  };
  const capabilities = new Map(Object.entries(options.capabilities));
  if (!namePattern.test(name)) refuse("its name must be 1 to 64 letters, digits, '-' and '_'");
  if (capabilities.size === 0) refuse("it has no capabilities: give it one");
  for (const [type, { run, instructions, methods }] of capabilities) {
    if (!namePattern.test(type)) refuse(`'${type}' must be 1 to 64 letters, digits, '-' and '_'`);
    if ([run, instructions, methods].filter((way) => way !== undefined).length !== 1) {
      refuse(`'${type}' must have one of 'run', 'methods' and 'instructions'`);
    }
    if (methods !== undefined && Object.keys(methods).length === 0) {
      refuse(`'${type}' has no methods: give it one`);
    }
  }
  const taken = tools.find(
    (tool, index) => tools.findIndex(({ type }) => type === tool.type) < index,
  );
  if (taken !== undefined) refuse(`it has two tools '${taken.type}': rename one`);
  const limits = agentLimitsSchema.safeParse(options.limits ?? {});
  if (!limits.success) return refuse(z.prettifyError(limits.error));
  const { cost = 1, quality = 0.5 } = options.profile ?? {};
  if (!(cost > 0)) refuse(`profile.cost is ${cost}: it must be above 0`);
  if (!(quality > 0 && quality < 1))
    refuse(`profile.quality is ${quality}: it must be between 0 and 1`);
  const mind = isRules(reasoner) ? rulesMind(reasoner) : reasoner;
  return { name, capabilities, tools, profile: { cost, quality }, mind, limits: limits.data };
}

function isRules(reasoner: NonNullable<AgentOptions["reasoner"]>): reasoner is readonly Rule[] {
  return Array.isArray(reasoner);
}
