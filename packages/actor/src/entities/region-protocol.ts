import { z } from "zod";
import { defineProtocol, message, query } from "../protocol.ts";

/** Regions a message may go through after the first. */
export const hopLimit = 3;

const addressedShape = z.object({
  /** Unique to the message, wherever it goes. */
  id: z.string(),
  /** The node that sent it here. */
  via: z.string(),
  /** How often it was forwarded. */
  hops: z.number(),
  key: z.string(),
  type: z.string(),
  body: z.unknown(),
});

const askedShape = addressedShape.extend({
  /** Time left, milliseconds. */
  withinMs: z.number(),
  /** Entities that wait for the answer, as `kind/key`, outermost first. */
  chain: z.array(z.string()),
});

const outcomeShape = z.discriminatedUnion("ok", [
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({
    ok: z.literal(false),
    stage: z.enum(["unreachable", "mailbox", "handler", "reply", "cycle"]),
    reason: z
      .enum([
        "no-host",
        "malformed",
        "cut-off",
        "forwarded",
        "activation",
        "journal",
        "full",
        "expired",
        "moved",
        "stopped",
      ])
      .optional(),
    detail: z.string(),
  }),
]);

/** Told or asked of an entity, on its way from region to region. */
export type Addressed = z.output<typeof addressedShape>;
export type AddressedAsk = z.output<typeof askedShape>;
/** How an ask to an entity ended, as the region tells it. */
export type Outcome = z.output<typeof outcomeShape>;
export type Failure = Extract<Outcome, { ok: false }>;

/** What the region of a kind understands: it takes messages for the entities that live in it. */
export const regionProtocol = defineProtocol("entities", {
  tell: message(addressedShape),
  ask: query(askedShape, outcomeShape),
  sweep: message(z.object({})),
});

export function regionName(kind: string): string {
  return `entities-${kind}`;
}

/** What every host of a kind advertises. */
export function hostCapability(kind: string): string {
  return `entity.${kind}`;
}
