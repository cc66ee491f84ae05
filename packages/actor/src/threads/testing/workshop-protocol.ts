import { z } from "zod";
import { defineProtocol, message, query } from "../../index.ts";

const nothing = z.object({});

/** What the actor that the tests run in a thread understands. */
export const workshopProtocol = defineProtocol("workshop", {
  note: message(z.object({ text: z.string() })),
  notes: query(nothing, z.array(z.string())),
  threadId: query(nothing, z.number()),
  slowly: query(z.object({ ms: z.number() }), z.string()),
  hang: message(nothing),
  hangAsked: query(z.object({ tell: z.string() }), z.string()),
  compute: query(z.object({ ms: z.number(), report: z.boolean() }), z.string()),
  crash: message(nothing),
  crashLater: message(nothing),
  exit: message(z.object({ code: z.number() })),
  eat: message(nothing),
  unclonable: query(nothing, z.unknown()),
  remind: message(z.object({ text: z.string(), ms: z.number() })),
  idle: message(z.object({ ms: z.number(), tell: z.string() })),
  report: message(z.object({ text: z.string(), tell: z.string() })),
  close: message(nothing),
  open: message(nothing),
  fetch: message(nothing),
  relay: query(z.object({ to: z.string() }), z.array(z.string())),
  watch: message(z.object({ of: z.string() })),
  cleanUp: message(z.object({ tell: z.string(), text: z.string(), ms: z.number() })),
  hire: query(z.object({ name: z.string() }), z.string()),
  hireHanging: message(nothing),
  traced: query(nothing, z.string()),
  leave: message(nothing),
});

/** Keeps what it is told, in the main thread or in another. */
export const clerkProtocol = defineProtocol("clerk", {
  note: message(z.object({ text: z.string() })),
  notes: query(nothing, z.array(z.string())),
  crash: message(nothing),
  hang: message(nothing),
});
