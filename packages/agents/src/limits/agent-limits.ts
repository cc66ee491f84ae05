import { z } from "zod";

/** What one run of an agent may take, agents it gives work to included where it says so. */
export const agentLimitsSchema = z.strictObject({
  /** Steps of one agent. Default 8. */
  maxSteps: z.number().int().min(1).max(1000).default(8),
  /** At work, on whatever nodes; what passes while people are asked does not count. Milliseconds. Default ten minutes. */
  maxMs: z.number().int().min(1).max(86_400_000).default(600_000),
  /** Calls to models, delegates included. Default 32. */
  maxCalls: z.number().int().min(0).max(10_000).default(32),
  /** Tokens read and written, delegates included. Default 200 000. */
  maxTokens: z.number().int().min(0).default(200_000),
  /** Money by the configured prices, delegates included. Default: not limited. */
  maxCost: z.number().min(0).optional(),
  /** Levels of agents below this one that work may be given to. Default 0: none. */
  maxDepth: z.number().int().min(0).max(4).default(0),
  /** Agents that one step gives work to. Default 4. */
  maxFanOut: z.number().int().min(1).max(32).default(4),
  /** Tokens of one answer of a model. Default 2048. */
  maxOutputTokens: z.number().int().min(1).max(1_000_000).default(2048),
  /** One call to a model, milliseconds. Default one minute. */
  callTimeoutMs: z.number().int().min(1).max(3_600_000).default(60_000),
});
export type AgentLimits = z.output<typeof agentLimitsSchema>;
