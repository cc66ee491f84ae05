import { defineProtocol, query } from "@troupe/actor";
import { z } from "zod";

/** Most names in one demand. */
const namesLimit = 100;

const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,127}$/);

/** Amounts by name, at least one: letters, digits and `._:/@-`, at most 128, beginning with a letter or digit. */
export const unitsShape = z
  .record(name, z.number().int().positive())
  .refine((units) => Object.keys(units).length >= 1, "needs at least one name")
  .refine((units) => Object.keys(units).length <= namesLimit, `has more than ${namesLimit} names`);

/** Who holds or waits; the same for every message about one demand. */
export const holderShape = z.string().min(1).max(256);

const refusals = z.discriminatedUnion("why", [
  z.object({
    why: z.literal("unsatisfiable"),
    name: z.string(),
    demand: z.number(),
    limit: z.number(),
  }),
  z.object({ why: z.literal("queue-full"), limit: z.number() }),
  z.object({ why: z.literal("conflict") }),
]);
export type Refusal = z.output<typeof refusals>;

const acquired = z.discriminatedUnion("status", [
  z.object({
    status: z.literal("held"),
    /** Higher than that of every earlier grant of the group. */
    token: z.number(),
    /** For so long after this was asked, unless it is renewed. */
    leaseMs: z.number(),
  }),
  z.object({
    status: z.literal("waiting"),
    /** Demands for some of the same names that come before. */
    ahead: z.number(),
    leaseMs: z.number(),
  }),
  z.object({ status: z.literal("refused"), refusal: refusals }),
]);

const shownLimit = 100;

/** What the allocator of a group of cluster-wide units understands. All of it may be repeated. */
export const unitsProtocol = defineProtocol("units", {
  /**
   * Asks for units, all of them or none. Who waits asks again, and so keeps its place; who holds them is
   * told so again, and has renewed them.
   */
  acquire: query(z.object({ holder: holderShape, units: unitsShape }), acquired),
  /** Holds what is held for another lease. */
  renew: query(z.object({ holder: holderShape }), z.object({ held: z.boolean() })),
  /** Gives back what is held, or the place in the queue. `released`: there was something. */
  release: query(z.object({ holder: holderShape }), z.object({ released: z.boolean() })),
  /** What is in use, by name, and the first holders and waiters. */
  usage: query(
    z.object({}),
    z.object({
      limits: z.record(z.string(), z.number()),
      inUse: z.record(z.string(), z.number()),
      holders: z.number(),
      waiters: z.number(),
      held: z
        .array(z.object({ holder: holderShape, units: unitsShape, token: z.number() }))
        .max(shownLimit),
      waiting: z.array(z.object({ holder: holderShape, units: unitsShape })).max(shownLimit),
    }),
  ),
});

/** The messages, as types of references name them. */
export type UnitsMessages = (typeof unitsProtocol)["messages"];

/** As much of a list as an answer shows. */
export function shown<T>(list: readonly T[]): T[] {
  return list.slice(0, shownLimit);
}
