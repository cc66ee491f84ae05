import { defineProtocol, message, query } from "@troupe/actor";
import { z } from "zod";
import { alertOrderedSchema, alertOrderSchema } from "./orders.ts";
import { severitySchema } from "./rule.ts";

export const alertSchema = z.object({
  id: z.string(),
  rule: z.string(),
  node: z.string(),
  state: z.enum(["pending", "firing", "resolved"]),
  severity: severitySchema,
  labels: z.record(z.string(), z.string()),
  value: z.number(),
  summary: z.string(),
  runbook: z.string().optional(),
  since: z.number(),
  firedAt: z.number().optional(),
  resolvedAt: z.number().optional(),
  silenced: z.boolean(),
  acknowledged: z.object({ at: z.number(), by: z.string(), reason: z.string() }).optional(),
  escalations: z.number(),
});

export const alertChangeSchema = z.object({
  at: z.number(),
  change: z.enum(["fired", "escalated", "acknowledged", "resolved"]),
  id: z.string(),
  rule: z.string(),
  severity: severitySchema,
  value: z.number(),
  /** Who, when people did it. */
  by: z.string().optional(),
});

/** What the actor that watches a node's alerts understands. */
export const alertProtocol = defineProtocol("alerts", {
  /** The actor's own: time to look at the rules again. */
  look: message(z.object({})),
  /** What fires or is about to, worst first. */
  list: query(z.object({}), z.array(alertSchema)),
  /** Changes remembered, oldest first. */
  history: query(z.object({}), z.array(alertChangeSchema)),
  /** What people ask. It is stored before it is answered, and has been looked at again by then. */
  order: query(alertOrderSchema, alertOrderedSchema),
});
export type AlertMessages = typeof alertProtocol.messages;
