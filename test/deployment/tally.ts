import { defineEntity, defineProtocol, query } from "@troupe/actor";
import { z } from "zod";

const sumShape = z.object({ sum: z.number(), node: z.string() });

export const tallyProtocol = defineProtocol("tally", {
  /** Counts one, and answers with the sum after it and the node that counted. */
  add: query(z.object({ call: z.string() }), sumShape),
  total: query(z.object({}), sumShape),
});

/** The subjects of all tallies. */
export const tallySubjects = "journal.tally.*";

/** Every record names the call that led to it and the activation that wrote it. */
export const tallyRecord = z.object({ call: z.string(), activation: z.string() });

/** What the runtime writes when an activation begins. */
export const activatedRecord = z.object({
  $activated: z.object({ node: z.string(), activation: z.string() }),
});

/** A durable counter whose records tell who wrote them and for whom. */
export const tally = defineEntity(tallyProtocol, {
  kind: "tally",
  journal: {
    version: 1,
    record: tallyRecord,
    initial: 0,
    apply: (sum: number) => sum + 1,
  },
  read: "confirmed",
  setup: (_, { node, random }, state) => {
    const activation = `${node}-${random.hex(8)}`;
    return {
      add: async ({ call }) => ({ sum: await state.append({ call, activation }), node }),
      total: () => ({ sum: state.state, node }),
    };
  },
});
