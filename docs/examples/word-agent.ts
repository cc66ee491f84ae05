import { defineAgent, defineCapability } from "@troupe/agents";
import { z } from "zod";

/** An agent in 20 lines: it bids for tasks of the type `find-words`, and does them. */
export const agents = [
  defineAgent({
    name: "librarian",
    profile: { cost: 0.8, quality: 0.9 },
    capabilities: {
      "find-words": defineCapability({
        purpose: "finds the longest words of a text",
        input: z.strictObject({ text: z.string(), most: z.number().int().min(1).default(3) }),
        output: z.array(z.string()),
        run: async ({ text, most }) => {
          const words = new Set(text.toLowerCase().match(/\p{L}+/gu) ?? []);
          return [...words].sort((a, b) => b.length - a.length || (a < b ? -1 : 1)).slice(0, most);
        },
      }),
    },
  }),
];
