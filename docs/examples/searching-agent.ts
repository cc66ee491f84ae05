import { pause, systemClock } from "@troupe/actor";
import { defineAgent, defineCapability, defineTool, type Tool } from "@troupe/agents";
import { z } from "zod";

const item = z.strictObject({ item: z.string() });
const prices = new Map([["nail", 2]]);

/** Two places to ask for a price: one that has lost it, after a while, and one that knows. */
const places = [
  defineTool({
    type: "ask_catalogue",
    purpose: "looks an item up in the catalogue",
    input: item,
    run: async (_input, { signal }) => {
      await pause(systemClock, 300, signal);
      throw new Error("the catalogue does not answer");
    },
  }),
  defineTool({
    type: "ask_supplier",
    purpose: "asks the supplier for the price of an item",
    input: item,
    run: async ({ item: name }, { signal }) => {
      await pause(systemClock, 60, signal);
      const price = prices.get(name);
      if (price === undefined) throw new Error("the supplier does not know it");
      return price;
    },
  }),
] as readonly Tool[];

/** An agent that reasons by rules, and learns for each shop which place not to begin with. */
export const agents = [
  defineAgent({
    name: "buyer",
    tools: places,
    reasoner: [
      ({ steps }) => {
        const found = steps.find(({ ok }) => ok);
        if (found === undefined) return undefined;
        const result = found.observation;
        return { thought: "that is the price", action: "final_result", input: { result } };
      },
      ({ input, steps, last }) => {
        const left = places.filter(({ type }) => steps.every(({ action }) => action !== type));
        const next = left.find(({ type }) => !last.has(type)) ?? left[0];
        if (next === undefined) return undefined;
        return { thought: "it may know", action: next.type, input: { item: itemOf(input) } };
      },
    ],
    capabilities: {
      "find-price": defineCapability({
        purpose: "finds what an item costs in a shop",
        instructions: "Find the price of the item.",
        input: z.strictObject({ shop: z.string(), item: z.string() }),
        output: z.number(),
        situation: ({ shop }) => shop,
      }),
    },
  }),
];

function itemOf(input: unknown): string {
  return z.object({ item: z.string() }).parse(input).item;
}
