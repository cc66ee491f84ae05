import { defineProtocol, message } from "@troupe/actor";
import { z } from "zod";

const run = z.number().int();

/** What the actor understands that drives the scheduler. */
export const conductorProtocol = defineProtocol("conductor", {
  begin: message(z.object({})),
  /** A run has ended; `ms` is how long it really took where it ran. */
  finished: message(z.object({ run, ms: z.number().min(0) })),
  /** A run is about to end. */
  ending: message(z.object({ run })),
  /** Something was learned, or a moment has come that the scheduler asked to be woken at. */
  decide: message(z.object({})),
});
