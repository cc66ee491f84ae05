import { z } from "zod";
import { defineActor, defineProtocol, message, query } from "../index.ts";

export const counterProtocol = defineProtocol("counter", {
  increment: message(z.object({ by: z.number() })),
  total: query(z.object({}), z.number()),
  crash: message(z.object({})),
});

/** An actor whose state is seen, and that fails when it is asked to. */
export const counter = defineActor(counterProtocol, () => {
  let total = 0;
  return {
    increment: ({ by }) => {
      total += by;
    },
    total: () => total,
    crash: () => {
      throw new Error("asked to");
    },
  };
});

/** Of every ask here. */
export const within = { withinMs: 1000 };
