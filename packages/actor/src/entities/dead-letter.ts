import type { SystemEvent } from "../system-api.ts";
import type { Addressed, Outcome } from "./region-protocol.ts";

/** The event for a told message that was given up. What failed in its handler is in quarantine instead. */
export function deadLetter(
  kind: string,
  { key, type }: Addressed,
  outcome: Outcome,
): SystemEvent | undefined {
  if (outcome.ok || (outcome.stage === "handler" && outcome.reason === undefined)) return undefined;
  return {
    kind: "dead-letter",
    reason: reasonOf(outcome),
    type,
    sender: undefined,
    receiver: `entity:${kind}/${key}`,
    detail: outcome.detail,
  };
}

function reasonOf({ stage, reason }: Extract<Outcome, { ok: false }>) {
  if (reason === "full") return "mailbox-full";
  if (reason === "malformed") return "malformed";
  return stage === "reply" ? "stopped" : "no-actor";
}
