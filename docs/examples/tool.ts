import { defineTool } from "@troupe/agents";
import { z } from "zod";

/** A tool: a task type of flows, and an action that agents can be allowed. */
export const tools = [
  defineTool({
    type: "exchange",
    purpose: "turns an amount of money into euros, at a rate that was given",
    input: z.strictObject({ amount: z.number(), rate: z.number().positive() }),
    cache: { version: "1" },
    run: async ({ amount, rate }) => ({ euros: Math.round((amount / rate) * 100) / 100 }),
  }),
];
