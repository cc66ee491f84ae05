import type { Subscription, Transport } from "@troupe/actor";
import { decodeJson, type GoalRecord, goalRecordSchema, subjectsOf } from "@troupe/goals";

/** A decision about some goal, as it was published. */
export interface SeenDecision {
  readonly goal: string;
  readonly record: GoalRecord;
}

/** Tells `observe` each decision about any goal from now on. */
export function listenToGoals(
  transport: Transport,
  prefix: string,
  observe: (seen: SeenDecision) => void,
): Subscription {
  return transport.subscribe(subjectsOf(prefix).allEvents, ({ subject, payload }) => {
    const goal = subject.split(".").at(-1) ?? "";
    const record = recordIn(payload);
    if (record !== undefined) observe({ goal, record });
  });
}

function recordIn(payload: Uint8Array): GoalRecord | undefined {
  try {
    const stored = decodeJson(payload);
    if (typeof stored !== "object" || stored === null || !("record" in stored)) return undefined;
    return goalRecordSchema.safeParse(stored.record).data;
  } catch {
    return undefined;
  }
}

/** What is worth a line while others' goals go by; `undefined` for all that lies between. */
export function decisionLine({ goal, record }: SeenDecision): string | undefined {
  switch (record.type) {
    case "accepted":
      return `goal ${goal} (${record.goal.kind}) accepted by ${record.node}; follow it: troupe goal watch ${goal}`;
    case "resumed":
      return `goal ${goal} resumed by ${record.node}`;
    case "finished":
      return `goal ${goal} succeeded; see it: troupe goal show ${goal}`;
    case "failed":
      return `goal ${goal} failed: ${record.error.message}`;
    case "cancelled":
      return `goal ${goal} cancelled: ${record.reason}`;
    default:
      return undefined;
  }
}
