import { defineProtocol, message, query } from "@troupe/actor";
import { z } from "zod";
import { severitySchema } from "./rule.ts";

/** Longest silence, seconds. */
const longestSilence = 30 * 86_400;

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
  escalations: z.number(),
});

export const alertChangeSchema = z.object({
  at: z.number(),
  change: z.enum(["fired", "escalated", "resolved"]),
  id: z.string(),
  rule: z.string(),
  severity: severitySchema,
  value: z.number(),
});

export const silenceSchema = z.object({
  id: z.string(),
  rule: z.string(),
  labels: z.record(z.string(), z.string()),
  until: z.number(),
  by: z.string(),
  reason: z.string(),
});

export const alertProtocol = defineProtocol("alerts", {
  /** The actor's own: time to look at the rules again. */
  look: message(z.object({})),
  /** What fires or is about to, worst first. */
  list: query(z.object({}), z.array(alertSchema)),
  /** Changes remembered, oldest first. */
  history: query(z.object({}), z.array(alertChangeSchema)),
  silences: query(z.object({}), z.array(silenceSchema)),
  /** Nobody is told of such alerts for so many seconds. Answers the silence's id, or why there is none. */
  silence: query(
    z.object({
      rule: z.string(),
      labels: z.record(z.string(), z.string()).default({}),
      seconds: z.number().min(1).max(longestSilence),
      by: z.string().max(200),
      reason: z.string().max(1000),
    }),
    z.object({ id: z.string().optional(), refused: z.string().optional() }),
  ),
  /** Ends a silence. False when there is none with that id. */
  unsilence: query(z.object({ id: z.string() }), z.boolean()),
});
export type AlertMessages = typeof alertProtocol.messages;
