import { defineActor, defineProtocol, message } from "@troupe/actor";
import { z } from "zod";
import { conductorProtocol } from "./conductor-protocol.ts";

const run = z.number().int();

/** An actor that takes as long as it is told to. */
export const runnerProtocol = defineProtocol("runner", {
  work: message(z.object({ run, ms: z.number().min(0), conductor: z.string() })),
  done: message(z.object({ run, conductor: z.string() })),
});

/** One worker: busy for the time of one task, then reports its end. */
export const runner = defineActor(runnerProtocol, (context) => ({
  work: ({ run: number, ms, conductor }) => {
    context.timers.once("task", ms, "done", { run: number, conductor });
  },
  done: ({ run: number, conductor }) => {
    context.ref(conductorProtocol, conductor).tell("finished", { run: number });
  },
}));
