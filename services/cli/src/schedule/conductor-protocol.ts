import { defineProtocol, message } from "@troupe/actor";
import { z } from "zod";

/** What the actor understands that drives the scheduler. */
export const conductorProtocol = defineProtocol("conductor", {
  begin: message(z.object({})),
  finished: message(z.object({ run: z.number().int() })),
  /** A moment has come that the scheduler asked to be woken at. */
  wake: message(z.object({})),
});
