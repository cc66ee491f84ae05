import { defineAgent, defineCapability } from "@troupe/agents";
import { z } from "zod";
import { tools } from "./tool.ts";

/** An agent that reasons with the node's model, within limits, and answers in a given shape. */
export const agents = [
  defineAgent({
    name: "treasurer",
    reasoner: "model",
    tools,
    limits: { maxSteps: 6, maxTokens: 50_000 },
    capabilities: {
      "price-in-euros": defineCapability({
        purpose: "says what an offer costs in euros",
        instructions: "Find the amount and its currency in the offer, and turn it into euros.",
        input: z.strictObject({
          offer: z.string().max(2000),
          rates: z.record(z.string(), z.number()),
        }),
        output: z.strictObject({ euros: z.number() }),
      }),
    },
  }),
];
