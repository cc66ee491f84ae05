import { pause, systemClock } from "@troupe/actor";
import { defineAgent, defineCapability } from "@troupe/agents";
import { z } from "zod";

/** An agent with two ways of reading a date, which learns which one to begin with for whose dates. */
export const agents = [
  defineAgent({
    name: "calendarist",
    capabilities: {
      "read-date": defineCapability({
        purpose: "reads a date, however it is written",
        input: z.strictObject({ from: z.string(), text: z.string() }),
        situation: ({ from }) => from,
        methods: {
          standard: async ({ text }, { signal }) => {
            await pause(systemClock, 300, signal);
            return z.iso.date().parse(text);
          },
          european: async ({ text }, { signal }) => {
            await pause(systemClock, 60, signal);
            const [, day, month, year] = /^(\d\d)\.(\d\d)\.(\d{4})$/.exec(text) ?? [];
            return z.iso.date().parse(`${year}-${month}-${day}`);
          },
        },
      }),
    },
  }),
];
